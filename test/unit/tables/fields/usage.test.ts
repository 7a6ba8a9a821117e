import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StepUsage } from '../../../../src/model/steprecord.ts';
import { cpuText, fineCpuText, sizeText, usageTexts } from '../../../../src/tables/fields/usage.ts';

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

  it('tells of GPUs where their driver told', () => {
    const usage = { tasks: 2, aveCpuMs: 1000, aveRssKb: 10, maxRssKb: 20, maxVmKb: 30 };
    const gpus = { maxGpuMemoryMb: 2048, aveGpuMemoryMb: 1025, maxGpuPercent: 97, aveGpuPercent: 50 };
    const shown = (name: string, of: StepUsage): string => usageTexts[name]?.(of) ?? '';
    assert.equal(shown('TRESUsageInMax', usage), 'cpu=00:00:01,mem=20K,vmem=30K');
    const both = { ...usage, ...gpus };
    assert.match(shown('TRESUsageInMax', both), /vmem=30K,gres\/gpumem=2G,gres\/gpuutil=97$/);
    assert.match(shown('TRESUsageInTot', both), /,gres\/gpumem=2050M,gres\/gpuutil=100$/);
  });
});
