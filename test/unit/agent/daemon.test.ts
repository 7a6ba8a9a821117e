import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serve } from '../../../src/agent/daemon.ts';
import { decodeText, encodeText } from '../../../src/store/put.ts';
import { fault } from '../../fakes/tree.ts';
import { alice, presence, registered } from '../core/world.ts';
import { journalOf, type OneDisk, oneDisk, raisedTo, root } from '../store/onedisk.ts';
import { bootId, fakeAgent, furnishLocal, localDir } from './agents.ts';

const plain = { mode: 0o600, sync: true };
const stamp = `${localDir}/lease.LEASE-0001/stamp`;

/** A cluster of two nodes, of which the first was stopped: its lease rests. */
async function resting(): Promise<OneDisk> {
  const disk = await oneDisk();
  const { store } = await disk.open();
  const journal = await journalOf(store);
  const own = {
    ...registered('node1'),
    record: { ...registered('node1').record, bootId, leaseSeconds: 240 },
  };
  await journal.commit(() => [...raisedTo(2), own, registered('node2')]);
  await journal.commit(() => [presence('node1', 'stopped', own.record.incarnation)]);
  await furnishLocal(disk);
  const files = disk.disk.actor({ uid: alice });
  await files.create(`${localDir}/boot`, encodeText(`${bootId}\n`), plain);
  await files.makeDir(`${localDir}/lease.LEASE-0001`, 0o700);
  await files.create(stamp, encodeText('forever\n'), plain);
  return disk;
}

async function stampOn({ disk }: OneDisk): Promise<string> {
  const content = await disk.actor({ uid: alice }).read(stamp, 100);
  return content === undefined ? '' : decodeText(content.bytes);
}

describe('a daemon that starts where a lease rests', () => {
  it('leaves it so while the spool takes no new file, and waits', async () => {
    const disk = await resting();
    const { agent, launched, logged, waits } = await fakeAgent(disk, (files) => ({
      ...files,
      async create(path, content, options) {
        if (path.startsWith(`${root}/`)) throw fault('ENOSPC', path);
        return files.create(path, content, options);
      },
    }));
    assert.equal(await serve(agent, { isAsked: () => waits() >= 3 }), 'stopped');
    assert.equal(await stampOn(disk), 'forever\n');
    assert.deepEqual(launched, [], 'no guard');
    assert.equal(waits(), 3);
    assert.match(logged[0] ?? '', /^will try again: .*ENOSPC/);
    assert.equal(agent.journal.cluster().nodes.get('node1')?.presence, 'stopped');
  });

  it('takes it up when the spool takes one', async () => {
    const disk = await resting();
    const { agent, launched, waits } = await fakeAgent(disk);
    assert.equal(await serve(agent, { isAsked: () => waits() >= 1 }), 'stopped');
    assert.deepEqual(launched, ['guard']);
    // It was stopped as it should be, and rests again.
    assert.equal(await stampOn(disk), 'forever\n');
    assert.ok(waits() >= 1);
  });

  it('tries the spool with a file that is gone afterwards', async () => {
    const disk = await resting();
    const { agent, waits } = await fakeAgent(disk);
    await serve(agent, { isAsked: () => waits() >= 1 });
    const names = await disk.disk.actor({ uid: alice }).list(`${root}/log`);
    assert.deepEqual(
      names?.filter((name) => name.startsWith('.')),
      [],
    );
  });
});
