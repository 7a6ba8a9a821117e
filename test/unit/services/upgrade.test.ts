import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { upgrade } from '../../../src/services/upgrade.ts';
import { openJournal } from '../../../src/store/journal.ts';
import { fileLog } from '../../../src/store/log.ts';
import { initSpool, openSpool, type Store } from '../../../src/store/spool.ts';
import { fakeClock, fakeIds } from '../../fakes/clock.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';
import { presence, registered } from '../core/world.ts';

/** A spool of format 1 with such nodes: the formats that their daemons know, and whether they are up. */
async function spoolOf(
  nodes: readonly (readonly [format: number | undefined, isUp: boolean])[],
): Promise<Store> {
  const ports = { files: memoryDisk().actor(), clock: fakeClock(), ids: fakeIds(1) };
  const { store } = await initSpool(ports, '/spool', { clusterName: 'lab', durable: true, format: 1 });
  const journal = await openJournal(fileLog(store, 'node0'), store);
  for (const [index, [format, isUp]] of nodes.entries()) {
    await journal.commit(() => [
      registered(`node${index}`, format === undefined ? {} : { format }),
      presence(`node${index}`, isUp ? 'up' : 'stopped'),
    ]);
  }
  return store;
}

async function formatOf(store: Store): Promise<number> {
  return (await openSpool(store, store.layout.root)).spool.format;
}

describe('upgrade', () => {
  it('raises the format when all who are up know it, and tells of the others', async () => {
    const store = await spoolOf([
      [3, true],
      [undefined, false],
      [1, false],
    ]);
    assert.deepEqual(await upgrade(store), { from: 1, to: 3, older: ['node1', 'node2'] });
    assert.equal(await formatOf(store), 3);
  });

  it('leaves it when one who is up does not, and names it', async () => {
    const store = await spoolOf([
      [3, true],
      [undefined, true],
      [1, true],
    ]);
    await assert.rejects(upgrade(store), { code: 'OLD_DAEMONS', message: /know format 3: node1, node2$/ });
    assert.equal(await formatOf(store), 1);
  });

  it('does nothing to a spool that has it, and keeps what it does not know', async () => {
    const store = await spoolOf([]);
    await upgrade(store);
    const again = await openSpool(store, store.layout.root);
    assert.deepEqual(await upgrade(again), { from: 3, to: 3, older: [] });
    assert.deepEqual({ ...again.spool, format: 1 }, store.spool);
  });
});
