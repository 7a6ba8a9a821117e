import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lookAtSpool } from '../../../../src/store/fsck.ts';
import { commands, live } from '../../core/commands.ts';
import { oneDisk } from '../onedisk.ts';
import { flawsOf, inspectionOf, livedSpool, spoolOf } from './lived.ts';

describe('fsck: what is sound', () => {
  it('a new spool', async () => {
    assert.deepEqual(await flawsOf(await oneDisk()), []);
  });

  it('one that has lived, all of whose files were looked at', async () => {
    const disk = await livedSpool();
    assert.deepEqual(await flawsOf(disk), []);
    const { store } = await disk.open();
    const inspection = inspectionOf(store);
    assert.equal((await lookAtSpool(inspection)).seq, 12);
    assert.ok(inspection.tally.files > 40, `${inspection.tally.files} files`);
  });

  it('whatever a cluster lived through, and wherever its checkpoints lie', async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.uniqueArray(fc.integer({ min: 1, max: 40 })), async (all, after) => {
        const disk = await spoolOf(live(all), new Set(after));
        assert.deepEqual(await flawsOf(disk), []);
      }),
      { numRuns: 40 },
    );
  });
});
