/** What a text from outside may hold before it is parsed, for what is parsed takes many times its bytes. */
export interface JsonBounds {
  readonly depthMax: number;
  readonly valuesMax: number;
}

/** Why bytes are not parsed, or cannot be. */
export class JsonFault extends Error {}

/**
 * Parses JSON of somebody who may mean harm. Its depth and the number of its values are counted first, at the
 * cost of one look at each byte: `[[[[...` and `{},{},...` of some megabytes would take gigabytes.
 */
export function parseBounded(bytes: Uint8Array, bounds: JsonBounds): unknown {
  refuseLarge(bytes, bounds);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new JsonFault('it is no JSON', { cause });
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
/** `[` and `{` differ in one bit, as do `]` and `}`. */
const opening = 0x5b;
const closing = 0x5d;
const bracketMask = 0xdf;

function refuseLarge(bytes: Uint8Array, { depthMax, valuesMax }: JsonBounds): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === quote) at = endOfString(bytes, at);
    else if (byte === comma) values += 1;
    else if ((byte & bracketMask) === opening) {
      depth += 1;
      values += 1;
      if (depth > depthMax) throw new JsonFault('it is nested too deeply');
    } else if ((byte & bracketMask) === closing) depth -= 1;
    if (values > valuesMax) throw new JsonFault(`it has more than ${valuesMax} values`);
  }
}

/** Where the string ends that begins at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}
