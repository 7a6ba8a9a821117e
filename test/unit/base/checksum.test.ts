import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checksum } from '../../../src/base/checksum.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test('known sums', () => {
  const known: readonly (readonly [string, string])[] = [
    ['', '00000000'],
    ['a', 'e8b7be43'],
    ['abc', '352441c2'],
    ['123456789', 'cbf43926'],
    ['The quick brown fox jumps over the lazy dog', '414fa339'],
  ];
  for (const [text, sum] of known) assert.equal(checksum(bytesOf(text)), sum, text);
});

test('every length around the four bytes that are taken at a time', () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, index) => (index * 37) & 0xff);
  for (let length = 0; length <= bytes.length; length += 1) {
    const part = bytes.subarray(0, length);
    assert.equal(checksum(part), slow(part), `length ${length}`);
    const rest = bytes.subarray(length);
    assert.equal(checksum(rest), slow(rest), `from ${length} on`);
  }
});

test('law: agrees with the definition, bit by bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(checksum(bytes), slow(bytes));
    }),
  );
});

test('law: one changed byte changes the sum', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, at, by) => {
        const changed = bytes.slice();
        const index = at % bytes.length;
        changed[index] = (changed[index] ?? 0) ^ by;
        assert.notEqual(checksum(changed), checksum(bytes));
      },
    ),
  );
});

function slow(bytes: Uint8Array): string {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}
