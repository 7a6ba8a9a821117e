import type { ClusterEvent } from '../../src/model/event.ts';
import type { Node } from '../../src/model/node.ts';
import type { Files } from '../../src/ports/files.ts';
import { openPresent } from '../../src/services/present.ts';
import type { Session } from '../../src/services/session.ts';
import { openJournal } from '../../src/store/journal.ts';
import { fileLog } from '../../src/store/log.ts';
import { initSpool, openSpool } from '../../src/store/spool.ts';
import { type FakeClock, fakeClock, fakeIds } from '../fakes/clock.ts';
import { type ActorOptions, type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import { now } from './builders.ts';

/** A cluster on a disk in memory. */
export interface FakeCluster {
  readonly disk: MemoryDisk;
  readonly clock: FakeClock;
  readonly root: string;
  readonly files: Files;
  /** What a daemon would commit. */
  commit(events: readonly ClusterEvent[]): Promise<void>;
  /** The cluster as another process opens it. */
  open(options?: ActorOptions): Promise<Session>;
}

let seed = 0;

export async function fakeCluster(nodes: readonly Node[] = []): Promise<FakeCluster> {
  const disk = memoryDisk();
  const clock = fakeClock(now);
  const root = '/spool';
  const files = disk.actor({ uid: 2001 });
  seed += 1;
  const ports = { files, clock, ids: fakeIds(seed) };
  const { store } = await initSpool(ports, root, { clusterName: 'lab', durable: true });
  const commit = async (events: readonly ClusterEvent[]): Promise<void> => {
    const journal = await openJournal(fileLog(store, 'test'), ports);
    await journal.commit(() => events);
  };
  if (nodes.length > 0) {
    await commit(nodes.map(({ record }) => ({ name: 'nodeRegistered', time: now, record })));
  }
  return {
    disk,
    clock,
    root,
    files,
    commit,
    async open(options = { uid: 2001 }) {
      seed += 1;
      const other = await openSpool({ files: disk.actor(options), clock, ids: fakeIds(seed) }, root);
      return { store: other, present: await openPresent(other) };
    },
  };
}
