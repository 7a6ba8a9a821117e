import assert from 'node:assert/strict';
import { it } from 'node:test';
import { checksum } from '../../../src/base/checksum.ts';
import { systemChecksum } from '../../../src/system/checksum.ts';

it('is the sum of the plain way, however many bytes there are', () => {
  const bytes = new Uint8Array(600_000);
  for (let at = 0, value = 1; at < bytes.length; at += 1) {
    value = (value * 48_271) % 2_147_483_647;
    bytes[at] = value;
  }
  for (const length of [0, 1, 1000, 262_143, 262_144, 262_145, bytes.length]) {
    for (const start of [0, 1]) {
      const part = bytes.subarray(start, length);
      assert.equal(systemChecksum(part), checksum(part), `${start} to ${length}`);
    }
  }
  // A sum that begins with zeros keeps them.
  const zeros = new Uint8Array(300_000);
  for (let at = 0; at < 4096; at += 1) {
    zeros[at] = 1;
    const sum = systemChecksum(zeros);
    assert.equal(sum.length, 8);
    if (sum.startsWith('0')) return assert.equal(sum, checksum(zeros));
  }
  assert.fail('none of the sums begins with a zero');
});
