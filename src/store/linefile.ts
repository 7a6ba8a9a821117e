import { type Checksum, checksum } from '../base/checksum.ts';
import { MgpuError } from '../base/error.ts';
import { checked, type Infer, int, object, pattern, type Schema } from '../base/schema.ts';
import { refuseNewer } from '../model/version.ts';

/*
 * Commits and checkpoints are lines of JSON: a head, one line for each thing, and a foot with the CRC-32 of
 * all bytes before it. `jq` and `cat` read them; a cut or changed file is found and named, never skipped.
 */

const footSchema = object({ lines: int(0), crc32: pattern(/^[0-9a-f]{8}$/, 'eight hexadecimal digits') });

/**
 * Throws `TOO_LARGE` for more bytes than readers take, and `SCHEMA` for what could be read and not written.
 */
export function encodeLines(
  head: { readonly mgpu: string; readonly [fact: string]: unknown },
  lines: readonly object[],
  bytesMax: number,
): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const encoded = (text: string): Uint8Array => {
    const part = encoder.encode(text);
    bytes += part.length;
    if (bytes > bytesMax) throw new MgpuError('TOO_LARGE', `a ${head.mgpu} of more than ${bytesMax} bytes`);
    return part;
  };
  let text = lineOf(head);
  for (const line of lines) {
    if (text.length > pieceLength) {
      parts.push(encoded(text));
      text = '';
    }
    text += lineOf(line);
  }
  const body = joined([...parts, encoded(text)]);
  const foot = `${JSON.stringify({ lines: lines.length, crc32: checksum(body) })}\n`;
  return joined([body, encoded(foot)]);
}

/** Long files are written and read in pieces of about so many characters: no text has to hold them whole. */
const pieceLength = 2 ** 20;

/** The parts one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function lineOf(line: object): string {
  try {
    return `${JSON.stringify(line)}\n`;
  } catch (cause) {
    // Parsing goes deeper than printing, and what was read may hold fields that nobody knows.
    if (!(cause instanceof RangeError)) throw cause;
    throw new MgpuError('SCHEMA', 'a line for the log, not written: it is nested too deeply', { cause });
  }
}

/** Takes the lines of a file one after the other, without its head and its foot. */
export interface LineReader {
  /** A line; `origin` names its place. */
  line(value: unknown, origin: string): void;
  /**
   * Takes the line that begins at `start` of a text, if it is of a kind that can be told from its characters.
   * Gives where the next begins; undefined leaves it to `line`.
   */
  quick?(text: string, start: number): number | undefined;
}

/** What a file holds, and its name. */
interface LineFile {
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly sum?: Checksum;
}

/** Gives the head. Throws `DAMAGED`, `SCHEMA` or `NEWER_FORMAT`, each naming the file. */
export function decodeLines<H extends { readonly format: number }>(
  { bytes, path, sum = checksum }: LineFile,
  headSchema: Schema<H>,
  reader: LineReader,
): H {
  const footStart = bytes.subarray(0, -1).lastIndexOf(0x0a) + 1;
  const damaged: Damaged = (what, cause) =>
    new MgpuError('DAMAGED', `${path}: ${what}`, {
      hint: 'the file was changed or cut short; keep a copy of the spool, then see docs/format.md, "Damage"',
      cause,
    });
  if (bytes.at(-1) !== 0x0a || footStart === 0) throw damaged('it does not end with a whole line');
  const foot = footOf(bytes.subarray(footStart), damaged);
  const body = bytes.subarray(0, footStart);
  if (sum(body) !== foot.crc32) throw damaged('its content does not agree with its checksum');
  let head: H | undefined;
  const lines = readLines(body, damaged, {
    quick: (text, start) => (head === undefined ? undefined : reader.quick?.(text, start)),
    line(value, number) {
      if (head !== undefined) return reader.line(value, `${path}: line ${number}`);
      refuseNewer(value, path);
      head = checked(headSchema, value, `${path}: line 1`);
    },
  });
  if (head === undefined || lines - 1 !== foot.lines) {
    throw damaged(`it has ${Math.max(0, lines - 1)} lines instead of ${foot.lines}`);
  }
  return head;
}

type Damaged = (what: string, cause?: unknown) => MgpuError;

function footOf(bytes: Uint8Array, damaged: Damaged): Infer<typeof footSchema> {
  try {
    return checked(footSchema, parseJson(decoded(bytes, damaged), damaged), 'last line');
  } catch (cause) {
    if (cause instanceof MgpuError && cause.code === 'SCHEMA')
      throw damaged('its last line is no foot', cause);
    throw cause;
  }
}

function decoded(bytes: Uint8Array, damaged: Damaged): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw damaged('it is no UTF-8', cause);
  }
}

interface NumberedReader {
  line(value: unknown, number: number): void;
  quick(text: string, start: number): number | undefined;
}

/** Gives how many lines there are. Within JSON a line end is escaped: those here only part the lines. */
function readLines(bytes: Uint8Array, damaged: Damaged, reader: NumberedReader): number {
  let lines = 0;
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    end = bytes.indexOf(0x0a, Math.min(start + pieceLength, bytes.length - 1)) + 1;
    const text = decoded(bytes.subarray(start, end), damaged);
    for (let at = 0; at < text.length; lines += 1) {
      const next = reader.quick(text, at);
      if (next !== undefined) {
        at = next;
        continue;
      }
      const lineEnd = text.indexOf('\n', at);
      reader.line(parseJson(text.slice(at, lineEnd), damaged), lines + 1);
      at = lineEnd + 1;
    }
  }
  return lines;
}

function parseJson(line: string, damaged: Damaged): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw damaged('a line in it is no JSON', cause);
  }
}
