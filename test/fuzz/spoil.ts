import fc from 'fast-check';
import { checksum } from '../../src/base/checksum.ts';

/*
 * Good files made bad: cut, overwritten, with values of other kinds in them. What a file of lines says of
 * itself (count and checksum) is made right again half of the time, or nothing behind it would be reached.
 */

/** A value that is written into JSON as it is: what no value of ours prints as. */
const raw = (text: string): string => `raw:${text}:raw`;

const numbers = ['-0', '1e999', '-1', '0.5', '9007199254740993', '1e21', '99999999999999999999', '00', 'NaN'];
const rawTexts = [...numbers, '"\\ud800"', '"\\u0000"', '{"a":1,"a":2}', 'undefined', "'x'", '"', '[', ''];
const deep = (depth: number): string => raw(`${'['.repeat(depth)}${']'.repeat(depth)}`);

/** What may stand where something else should. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...rawTexts).map(raw),
  fc.constantFrom<unknown>(null, true, false, '', [], {}, 0, 1, 2 ** 53, -1, 0.5, 4_294_967_292, 67_043_328),
  fc.constantFrom<unknown>([[0, 4_294_967_292]], [[1, 2]], 'PENDING', 'gpu01', 'UNLIMITED'),
  fc.constantFrom('../../../etc/passwd', '/', '.', '%A'.repeat(2000), '\u001b[2J\u202e\u0000', '__proto__'),
  fc.integer({ min: 1, max: 100_000 }).map((length) => 'x'.repeat(length)),
  fc.constantFrom(31, 33, 5000).map(deep),
  fc.json().map(raw),
);

const keys = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'format', 'name', 'state', 'id', 'tasks', 'array'),
  fc.constantFrom('hold', 'gpuIds', 'nodes', 'gpus', 'signals', 'specOf', 'a\u0000b', ''),
  fc.string({ maxLength: 10 }),
);

interface Change {
  /** Which value of the document, counted in order. */
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add' | 'swap';
  readonly key: string;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(400),
  how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'swap'),
  key: keys,
  value: junk,
});

interface Slot {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** All places of a document that hold a value. */
function slotsOf(value: unknown): readonly Slot[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...slotsOf(holder[key])]);
}

function changed(value: unknown, changes: readonly Change[]): unknown {
  const root: Record<string, unknown> = { document: structuredClone(value) };
  for (const { at, how, key, value: other } of changes) {
    const slots = slotsOf(root);
    const slot = slots[at % slots.length] ?? { holder: root, key: 'document' };
    const old = slot.holder[slot.key];
    const target = typeof old === 'object' && old !== null ? (old as Record<string, unknown>) : slot.holder;
    if (how === 'replace') slot.holder[slot.key] = structuredClone(other);
    else if (how === 'remove') delete slot.holder[slot.key];
    else if (how === 'swap') slot.holder[slot.key] = structuredClone(valueAt(slots, at * 7));
    else if (Array.isArray(target)) target.push(structuredClone(other));
    else define(target, key, structuredClone(other));
  }
  return root['document'];
}

function valueAt(slots: readonly Slot[], at: number): unknown {
  const slot = slots[at % slots.length];
  return slot?.holder[slot.key];
}

/** A field of the object itself, also where its name means something to JavaScript. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function jsonOf(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.replace(/"raw:(.*?):raw"/gs, (_, inside: string) => JSON.parse(`"${inside}"`));
}

/** Changes of bytes, whatever they mean. */
const byteChange = fc.record({
  at: fc.nat(100_000),
  how: fc.constantFrom('cut', 'flip', 'insert', 'zero', 'repeat', 'drop'),
  bytes: fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.constantFrom(Uint8Array.of(0xff), Uint8Array.of(0x0a))),
});
type ByteChange = typeof byteChange extends fc.Arbitrary<infer T> ? T : never;

function withBytes(content: Uint8Array, changes: readonly ByteChange[]): Uint8Array {
  let bytes = Buffer.from(content);
  for (const { at, how, bytes: more } of changes) {
    const place = bytes.length === 0 ? 0 : at % bytes.length;
    const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place)];
    if (how === 'cut') bytes = Buffer.from(head);
    else if (how === 'drop') bytes = Buffer.from(tail);
    else if (how === 'insert') bytes = Buffer.concat([head, more, tail]);
    else if (how === 'zero') bytes = Buffer.concat([head, Buffer.alloc(tail.length)]);
    else if (how === 'repeat') bytes = Buffer.concat([bytes, head]);
    else if (bytes.length > 0) bytes[place] = (bytes[place] ?? 0) ^ (1 << (at & 7));
  }
  return bytes;
}

function linesOf(content: Uint8Array): readonly unknown[] | undefined {
  try {
    const lines = new TextDecoder().decode(content).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as unknown);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function sealedText(lines: readonly unknown[]): string {
  const body = lines.map((line) => `${jsonOf(line)}\n`).join('');
  const crc32 = checksum(new TextEncoder().encode(body));
  return `${body}${JSON.stringify({ lines: lines.length - 1, crc32 })}\n`;
}

function spoilt(content: Uint8Array, { changes, isSealed }: Structural): Uint8Array {
  const lines = linesOf(content);
  if (lines === undefined) {
    const text = new TextDecoder().decode(content);
    return new TextEncoder().encode(text + changes.map(({ value }) => jsonOf(value)).join('\n'));
  }
  const isFooted = lines.length > 1 && Object.hasOwn(Object(lines.at(-1)), 'crc32');
  const body = changed(isFooted ? lines.slice(0, -1) : lines, changes);
  const all = Array.isArray(body) ? body : [body];
  const text = isFooted && isSealed ? sealedText(all) : all.map((line) => `${jsonOf(line)}\n`).join('');
  return new TextEncoder().encode(text);
}

interface Structural {
  readonly changes: readonly Change[];
  readonly isSealed: boolean;
}

/** A way to spoil any content. */
export type Spoil = (content: Uint8Array) => Uint8Array;

const byBytes = fc.array(byteChange, { minLength: 1, maxLength: 3 });
const byValues: fc.Arbitrary<Structural> = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 4 }),
  isSealed: fc.boolean().map((isBroken) => !isBroken),
});

export const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  byBytes.map(
    (changes): Spoil =>
      (content) =>
        withBytes(content, changes),
  ),
  {
    arbitrary: byValues.map(
      (how): Spoil =>
        (content) =>
          spoilt(content, how),
    ),
    weight: 3,
  },
);
