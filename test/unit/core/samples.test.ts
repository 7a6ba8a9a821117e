import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addSample, type ProcessSample, sampledUsage } from '../../../src/core/samples.ts';

function sample(given: Partial<ProcessSample>): ProcessSample {
  const nothing = { userMs: 0, systemMs: 0, rssKb: 0, vmKb: 0, pages: 0, readBytes: 0, writeBytes: 0 };
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
  });
});
