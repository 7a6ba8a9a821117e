import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPresent } from '../../../src/services/present.ts';
import { testedStart } from '../../../src/services/testonly.ts';
import { spec } from '../builders.ts';
import { alice, registered, submitted } from '../core/world.ts';
import { journalOf, oneDisk } from '../store/onedisk.ts';

describe('testonly', () => {
  it('tells when and where a job would start, and submits nothing', async () => {
    const { store } = await (await oneDisk()).open({ uid: alice });
    await (await journalOf(store)).commit(() => [registered('node1'), submitted(7, { cpusPerTask: 8 })]);
    const present = await openPresent(store);
    const { time, ...start } = await testedStart(store, present, {
      spec: spec({ partition: '', cpusPerTask: 2 }),
    });
    assert.deepEqual(start, { jobId: 8, cpus: 2, nodes: ['node1'], partition: 'main' });
    assert.equal(time, store.clock.now());
    assert.deepEqual([...(await present.view()).cluster.jobs.keys()], [7]);
  });

  it('refuses as a submission is refused, without what no node has line by line', async () => {
    const { store } = await (await oneDisk()).open({ uid: alice });
    await (await journalOf(store)).commit(() => [registered('node1')]);
    const present = await openPresent(store);
    const refusal = (given: Parameters<typeof spec>[0]) => testedStart(store, present, { spec: spec(given) });
    const prefix = 'Batch job submission failed: ';
    const message = `${prefix}Requested node configuration is not available`;
    await assert.rejects(refusal({ memoryPerNodeMb: 10 ** 6 }), { code: 'REFUSED', message, before: [] });
    await assert.rejects(refusal({ ntasks: 100 }), { code: 'REFUSED', message });
    await assert.rejects(refusal({ partition: 'nosuch' }), {
      message: `${prefix}Invalid partition name specified`,
      before: ['invalid partition specified: nosuch'],
    });
  });
});
