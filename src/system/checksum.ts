import { checksum } from '../base/checksum.ts';

/** To load the library that has the system's own costs about as much as this many bytes by ours. */
const nativeBytesMin = 256 * 1024;

/** The sum of `checksum`, of many bytes in a small part of the time. */
export function systemChecksum(bytes: Uint8Array): string {
  // Not every Node.js from 20.19 on has both.
  const crc32 = bytes.length < nativeBytesMin ? undefined : process.getBuiltinModule?.('node:zlib').crc32;
  return crc32 === undefined ? checksum(bytes) : crc32(bytes).toString(16).padStart(8, '0');
}
