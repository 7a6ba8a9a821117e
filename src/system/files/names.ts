/*
 * A file's name is bytes, and a user's file need not have one in UTF-8. Such a byte stands in our texts as
 * half a surrogate pair, from U+DC80 to U+DCFF, which no UTF-8 holds; so a folder with such a name in it can
 * be listed, and what it names be moved away or removed. `printable` shows them as escapes.
 */

const firstHalf = 0xdc00;
const oddByte = /[\udc80-\udcff]/u;

/** What Node puts in the place of bytes that are no UTF-8. */
const replaced = '\ufffd';

/** True for a text in which bytes may have been lost. */
export function mayBeOdd(name: string): boolean {
  return name.includes(replaced);
}

/** The path as the system wants it. */
export function systemPath(path: string): string | Buffer {
  if (!oddByte.test(path)) return path;
  const parts = [...path].map((sign) =>
    oddByte.test(sign) ? Buffer.of(sign.charCodeAt(0) - firstHalf) : Buffer.from(sign),
  );
  return Buffer.concat(parts);
}

/** The text that stands for a name. */
export function nameText(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at);
    const sign = bytes.subarray(at, at + Math.max(1, length));
    text += length === 0 ? String.fromCharCode(firstHalf + (bytes[at] as number)) : sign.toString();
    at += sign.length;
  }
  return text;
}

/** How many bytes the character at `at` has; 0 where there is none. */
function lengthAt(bytes: Buffer, at: number): number {
  for (const length of [1, 2, 3, 4]) {
    const sign = bytes.subarray(at, at + length);
    if (sign.length === length && Buffer.from(sign.toString()).equals(sign)) return length;
  }
  return 0;
}
