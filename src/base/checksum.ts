/**
 * CRC-32 (the one of zlib and Ethernet) in plain code: it finds damage, it does not guard against malice.
 * Own code because loading Node's crypto costs every command some 4 ms; slicing by four keeps it quick.
 */
const tables = makeTables();

/** Something that makes the sum of `checksum`. */
export type Checksum = (bytes: Uint8Array) => string;

/** CRC-32 of the bytes, as eight hexadecimal digits. */
export function checksum(bytes: Uint8Array): string {
  let crc = 0xffffffff;
  const [t0, t1, t2, t3] = tables;
  const words = wordsOf(bytes);
  // No functions here: most commands end before the loop is compiled.
  for (let index = 0; index < words.length; index += 1) {
    crc ^= words[index] as number;
    crc =
      (t3[crc & 0xff] as number) ^
      (t2[(crc >>> 8) & 0xff] as number) ^
      (t1[(crc >>> 16) & 0xff] as number) ^
      (t0[crc >>> 24] as number);
  }
  for (let at = words.length * 4; at < bytes.length; at += 1) {
    crc = (t0[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The bytes by fours, the first of them the lowest; none where that would take a copy. */
function wordsOf({ buffer, byteOffset, length }: Uint8Array): Int32Array {
  const isReadable = isLittleEndian && byteOffset % 4 === 0;
  return isReadable ? new Int32Array(buffer, byteOffset, length >>> 2) : new Int32Array(0);
}

function makeTables(): readonly [Int32Array, Int32Array, Int32Array, Int32Array] {
  const first = new Int32Array(256);
  for (let n = 0; n < 256; n += 1) {
    let value = n;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    first[n] = value;
  }
  const next = (table: Int32Array): Int32Array =>
    table.map((value) => (first[value & 0xff] as number) ^ (value >>> 8));
  const second = next(first);
  const third = next(second);
  return [first, second, third, next(third)];
}
