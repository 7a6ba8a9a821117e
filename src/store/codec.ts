import { assert } from '../base/assert.ts';
import { checksum } from '../base/checksum.ts';
import { MgpuError } from '../base/error.ts';
import { IdMap } from '../base/idmap.ts';
import {
  checked,
  type Infer,
  int,
  list,
  object,
  oneOf,
  pair,
  pattern,
  type Schema,
  text,
} from '../base/schema.ts';
import type { Cluster } from '../model/cluster.ts';
import { clusterConfigSchema, partitionConfigSchema, partitionStateSchema } from '../model/config.ts';
import { type ClusterEvent, eventSchema, formatOfEvent } from '../model/event.ts';
import { nodeNameSchema, nonceSchema, secondsSchema } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { nodeAdminSchema, nodeSchema } from '../model/node.ts';
import { jobIdRangesSchema } from '../model/ranges.ts';
import { reservationSchema } from '../model/reservation.ts';
import { refuseNewer } from '../model/version.ts';
import { isJobLine, jobLineReader, jobLines } from './joblines.ts';

/*
 * Commits and checkpoints are lines of JSON: a head, one line for each thing, and a foot with the CRC-32 of
 * all bytes before it. `jq` and `cat` read them; a cut or changed file is found and named, never skipped.
 */

const commitHead = object({
  mgpu: oneOf('commit'),
  format: int(1),
  seq: int(1),
  time: secondsSchema,
  writer: text(256),
  /** Drawn for each try, so that a writer knows its own entry again. */
  nonce: nonceSchema,
});
const checkpointHead = object(
  {
    mgpu: oneOf('checkpoint'),
    format: int(1),
    seq: int(0),
    time: secondsSchema,
    closed: jobIdRangesSchema,
    segment: int(0),
    handled: list(nonceSchema, limits.handledRequests),
  },
  {
    /** Since format 3, and only where there is any. */
    config: clusterConfigSchema,
    partitionStates: list(pair(text(limits.nameLength), partitionStateSchema), 100_000),
    partitionConfigs: list(partitionConfigSchema, 100_000),
    partitionsDeleted: list(text(limits.nameLength), 100_000),
    reservations: list(reservationSchema, 100_000),
    absentNodes: list(pair(nodeNameSchema, nodeAdminSchema), 100_000),
  },
);
const segmentHead = object({ mgpu: oneOf('segment'), format: int(1), segment: int(1), time: secondsSchema });
const footSchema = object({ lines: int(0), crc32: pattern(/^[0-9a-f]{8}$/, 'eight hexadecimal digits') });

export type CommitHead = Infer<typeof commitHead>;
export interface Commit {
  readonly head: CommitHead;
  readonly events: readonly ClusterEvent[];
}

const nodeLine = object({ node: nodeSchema });

/**
 * Throws `SCHEMA` or `TOO_LARGE` for what a reader would refuse: such an entry would stop every daemon of the
 * cluster for good.
 */
export function encodeCommit(head: Omit<CommitHead, 'mgpu'>, events: readonly ClusterEvent[]): Uint8Array {
  for (const event of events) {
    checked(eventSchema, event, `commit ${head.seq}, not written: ${event.name}`);
    assert(formatOfEvent(event) <= head.format, `${event.name} is not of format ${head.format}`);
  }
  return encodeLines({ mgpu: 'commit', ...head }, events, limits.commitBytes);
}

/** Throws `DAMAGED`, `SCHEMA` or `NEWER_FORMAT`, each naming the file. */
export function decodeCommit(bytes: Uint8Array, path: string): Commit {
  const [head, lines] = decodeLines(bytes, path, commitHead);
  return {
    head,
    events: lines.map((line, index) => checked(eventSchema, line, `${path}: line ${index + 2}`)),
  };
}

/** Throws `TOO_LARGE` for one that readers would refuse. */
export function encodeCheckpoint(cluster: Cluster, time: number): Uint8Array {
  const { seq, format, closed, segment, handled } = cluster;
  const nodes = [...cluster.nodes.values()].map((node) => ({ node }));
  const { config, partitionStates, partitionConfigs, partitionsDeleted, reservations, absentNodes } = cluster;
  const settings = {
    ...(config && { config }),
    ...(partitionStates.size > 0 && { partitionStates: [...partitionStates] }),
    ...(partitionConfigs.size > 0 && { partitionConfigs: [...partitionConfigs.values()] }),
    ...(partitionsDeleted.size > 0 && { partitionsDeleted: [...partitionsDeleted] }),
    ...(reservations.size > 0 && { reservations: [...reservations.values()] }),
    ...(absentNodes.size > 0 && { absentNodes: [...absentNodes] }),
  };
  const head = { mgpu: 'checkpoint', format, seq, time, closed, segment, handled: [...handled], ...settings };
  const jobs = jobLines(cluster.jobs.values(), format >= 3);
  return encodeLines(head, [...nodes, ...jobs], limits.checkpointBytes);
}

export function decodeCheckpoint(bytes: Uint8Array, path: string): Cluster {
  const [head, lines] = decodeLines(bytes, path, checkpointHead);
  const nodes: Infer<typeof nodeLine>['node'][] = [];
  const jobs: (readonly [number, Job])[] = [];
  const readJob = jobLineReader();
  lines.forEach((line, index) => {
    const origin = `${path}: line ${index + 2}`;
    if (isJobLine(line)) {
      const job = readJob(line, origin);
      jobs.push([job.id, job]);
    } else nodes.push(checked(nodeLine, line, origin).node);
  });
  return {
    seq: head.seq,
    format: head.format,
    closed: head.closed,
    segment: head.segment,
    handled: new Set(head.handled),
    config: head.config,
    partitionStates: new Map(head.partitionStates),
    partitionConfigs: new Map(head.partitionConfigs?.map((one) => [one.name, one])),
    partitionsDeleted: new Set(head.partitionsDeleted),
    reservations: new Map(head.reservations?.map((one) => [one.name, one])),
    absentNodes: new Map(head.absentNodes),
    nodes: new Map(nodes.map((node) => [node.record.name, node])),
    jobs: IdMap.of(jobs),
  };
}

/** A segment of accounting: ended jobs, one a line. Throws `TOO_LARGE` where they are too many for one. */
export function encodeSegment(segment: number, time: number, jobs: readonly Job[]): Uint8Array {
  return encodeLines({ mgpu: 'segment', format: 1, segment, time }, jobLines(jobs), limits.filedBytes);
}

export function decodeSegment(bytes: Uint8Array, path: string): readonly Job[] {
  const [, lines] = decodeLines(bytes, path, segmentHead);
  const readJob = jobLineReader();
  return lines.map((line, index) => readJob(line, `${path}: line ${index + 2}`));
}

function encodeLines(
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

function decodeLines<H extends { readonly format: number }>(
  bytes: Uint8Array,
  path: string,
  headSchema: Schema<H>,
): [H, readonly unknown[]] {
  const footStart = bytes.subarray(0, -1).lastIndexOf(0x0a) + 1;
  const damaged: Damaged = (what, cause) =>
    new MgpuError('DAMAGED', `${path}: ${what}`, {
      hint: 'the file was changed or cut short; keep a copy of the spool, then see docs/format.md, "Damage"',
      cause,
    });
  if (bytes.at(-1) !== 0x0a || footStart === 0) throw damaged('it does not end with a whole line');
  const foot = footOf(bytes.subarray(footStart), damaged);
  const body = bytes.subarray(0, footStart);
  if (checksum(body) !== foot.crc32) throw damaged('its content does not agree with its checksum');
  const lines = parseLines(body, damaged);
  const first = lines.shift();
  if (lines.length !== foot.lines) throw damaged(`it has ${lines.length} lines instead of ${foot.lines}`);
  refuseNewer(first, path);
  return [checked(headSchema, first, `${path}: line 1`), lines];
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

/** Many lines at once: within JSON a line end is always escaped, so that those here only part the lines. */
function parseLines(bytes: Uint8Array, damaged: Damaged): unknown[] {
  const lines: unknown[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    end = bytes.indexOf(0x0a, Math.min(start + pieceLength, bytes.length - 1)) + 1;
    const text = decoded(bytes.subarray(start, end), damaged);
    const piece = parseJson(`[${text.trimEnd().replaceAll('\n', ',')}]`, damaged) as readonly unknown[];
    for (const line of piece) lines.push(line);
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
