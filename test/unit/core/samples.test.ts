import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addSample, gpuUseOf, noGpu, type ProcessSample, sampledUsage } from '../../../src/core/samples.ts';
import type { GpuProcess } from '../../../src/model/gpu.ts';

function sample(given: Partial<ProcessSample>): ProcessSample {
  const nothing = {
    userMs: 0,
    systemMs: 0,
    rssKb: 0,
    vmKb: 0,
    pages: 0,
    readBytes: 0,
    writeBytes: 0,
    ...noGpu,
  };
  return { pid: 1, step: undefined, task: 0, ...nothing, ...given };
}

describe('samples', () => {
  it('add up the processes of a task and keep the highest that was seen', () => {
    const first = addSample(new Map(), [
      sample({ step: 0, task: 0, rssKb: 100, userMs: 10 }),
      sample({ step: 0, task: 0, rssKb: 50, userMs: 20 }),
      sample({ step: 0, task: 1, rssKb: 400, userMs: 10 }),
      sample({ rssKb: 7 }),
    ]);
    const second = addSample(first, [sample({ step: 0, task: 0, rssKb: 120, userMs: 60 })]);
    const { main, steps } = sampledUsage(second, 'gpu01');
    assert.equal(main?.maxRssKb, 7);
    const [step] = steps;
    assert.equal(step?.step, 0);
    assert.deepEqual(
      [step?.usage.maxRssKb, step?.usage.maxRssTask, step?.usage.aveRssKb, step?.usage.tasks],
      [400, 1, 275, 2],
    );
    assert.deepEqual([step?.usage.minCpuMs, step?.usage.minCpuTask, step?.usage.userMs], [10, 1, 70]);
    // Nobody told of a GPU.
    assert.equal(step?.usage.maxGpuMemoryMb, undefined);
  });

  it('add up what a task has of GPUs', () => {
    const process = (pid: number, memoryMb?: number): GpuProcess => ({
      ...{ pid, name: 'python' },
      ...(memoryMb !== undefined && { memoryMb }),
    });
    const use = gpuUseOf([
      { index: 0, health: 'ok', processes: [process(7, 100), process(8)], utilizationPercent: 40 },
      { index: 1, health: 'ok', processes: [process(7, 50)], utilizationPercent: 60 },
      { index: 2, health: 'ok', processes: 'unknown', utilizationPercent: 90 },
      { index: 3, health: 'ok', processes: [process(9, 5)] },
    ]);
    assert.deepEqual(
      [...use],
      [
        [7, { gpuMemoryMb: 150, gpuPercent: 100 }],
        [8, { gpuMemoryMb: 0, gpuPercent: 40 }],
        [9, { gpuMemoryMb: 5, gpuPercent: 0 }],
      ],
    );
    const samples = addSample(
      new Map(),
      [7, 8, 9].map((pid) => sample({ pid, step: 0, task: pid === 9 ? 1 : 0, ...use.get(pid) })),
    );
    const [step] = sampledUsage(samples, 'gpu01').steps;
    const { maxGpuMemoryMb, aveGpuMemoryMb, maxGpuPercent, aveGpuPercent } = step?.usage ?? {};
    assert.deepEqual([maxGpuMemoryMb, aveGpuMemoryMb, maxGpuPercent, aveGpuPercent], [150, 78, 140, 70]);
  });
});
