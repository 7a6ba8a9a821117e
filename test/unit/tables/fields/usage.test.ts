import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cpuText, fineCpuText, sizeText } from '../../../../src/tables/fields/usage.ts';

describe('what was used', () => {
  it('is printed as the accounting of Slurm has it', () => {
    assert.deepEqual(
      [undefined, 0, 1234, 2048, 1536].map((kb) => sizeText(kb)),
      ['', '0', '1234K', '2M', '1536K'],
    );
    assert.deepEqual(
      [sizeText(1536, 'M'), sizeText(1024, 'G'), sizeText(2048, 'K')],
      ['1.50M', '0.00G', '2048K'],
    );
    assert.deepEqual(
      [undefined, 0, 61_500, 90_061_000].map((ms) => cpuText(ms)),
      ['', '00:00:00', '00:01:01', '1-01:01:01'],
    );
    assert.deepEqual([0, 61_500, 3_600_500].map(fineCpuText), ['00:00:00', '01:01.500', '01:00:00']);
  });
});
