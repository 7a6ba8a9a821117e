import { checksum } from '../../../src/base/checksum.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { filed } from '../../../src/store/filed.ts';
import { type Journal, openJournal } from '../../../src/store/journal.ts';
import { fileLog } from '../../../src/store/log.ts';
import { initSpool, openSpool, type Store } from '../../../src/store/spool.ts';
import { fakeClock, fakeIds } from '../../fakes/clock.ts';
import {
  type Actor,
  type ActorOptions,
  CrashError,
  type Fault,
  type MemoryDisk,
  memoryDisk,
} from '../../fakes/memory-disk.ts';
import { alice, cancelled, registered, submitted } from '../core/world.ts';

export const root = '/spool';

/** A store and the actor that it works through. */
export interface OpenStore {
  readonly store: Store;
  readonly actor: Actor;
}

/** One spool on one disk, for many actors. */
export interface OneDisk {
  readonly disk: MemoryDisk;
  /** Opens the spool as a process of its own, alice's unless it is said. */
  open(options?: ActorOptions): Promise<OpenStore>;
}

let actors = 1;

export async function oneDisk(durable = true): Promise<OneDisk> {
  const disk = memoryDisk();
  const files = disk.actor({ uid: alice });
  await initSpool({ files, clock: fakeClock(), ids: fakeIds(1) }, root, { clusterName: 'test', durable });
  return diskOf(disk);
}

/** The same for a disk that has a spool already. */
export function diskOf(disk: MemoryDisk): OneDisk {
  return {
    disk,
    async open(options = {}) {
      actors += 1;
      const actor = disk.actor({ uid: alice, ...options });
      const clock = fakeClock(undefined, options.turn);
      return { store: await openSpool({ files: actor, clock, ids: fakeIds(actors) }, root), actor };
    },
  };
}

export function journalOf(store: Store, writer = 'writer'): Promise<Journal> {
  return openJournal(fileLog(store, writer), store);
}

/** A journal opened anew: the state as everybody else sees it. */
export async function present(disk: OneDisk): Promise<Cluster> {
  return (await journalOf((await disk.open()).store)).cluster();
}

/** The state as a value that can be compared. */
export function shown(cluster: Cluster): Record<string, unknown> {
  const { config, partitionStates, partitionConfigs, reservations, absentNodes, ...others } = cluster;
  const { partitionsDeleted, ...rest } = others;
  return {
    ...rest,
    jobs: [...cluster.jobs.values()],
    nodes: [...cluster.nodes],
    handled: [...cluster.handled],
    ...(config && { config }),
    ...(partitionStates.size > 0 && { partitionStates: [...partitionStates] }),
    ...(partitionConfigs.size > 0 && { partitionConfigs: [...partitionConfigs] }),
    ...(partitionsDeleted.size > 0 && { partitionsDeleted: [...partitionsDeleted] }),
    ...(reservations.size > 0 && { reservations: [...reservations] }),
    ...(absentNodes.size > 0 && { absentNodes: [...absentNodes] }),
  };
}

/** The numbers of what is filed below a folder, oldest first. */
export async function filedSeqs(store: Store, folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const { seq } of filed(store, folder, 'oldest first')) found.push(seq);
  return found;
}

/** The event that brings the log to a format; none where it begins. */
export function raisedTo(format: number): readonly ClusterEvent[] {
  return format === 1 ? [] : [{ name: 'formatRaised', time: 1, format }];
}

/** Commits that many jobs, one a commit. */
export async function commitJobs(journal: Journal, count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    await journal.commit((cluster) => [submitted(cluster.seq + 1)]);
  }
}

/** Events that are a few commits' worth of a small cluster. */
export const someEvents: readonly (readonly ClusterEvent[])[] = [
  [registered('node1')],
  [submitted(1), submitted(2)],
  [cancelled(2)],
];

/** Lines as a file of the store, its checksum right. */
export function sealed(lines: readonly unknown[]): Uint8Array {
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const crc32 = checksum(new TextEncoder().encode(body));
  return new TextEncoder().encode(`${body}${JSON.stringify({ lines: lines.length - 1, crc32 })}\n`);
}

/** What a step came to: its value, the error it threw, or nothing since the process died. */
export type Outcome<T> =
  | { readonly is: 'done'; readonly value: T }
  | { readonly is: 'failed'; readonly error: unknown }
  | { readonly is: 'crashed' };

export async function outcomeOf<T>(step: Promise<T>): Promise<Outcome<T>> {
  try {
    return { is: 'done', value: await step };
  } catch (error) {
    return error instanceof CrashError ? { is: 'crashed' } : { is: 'failed', error };
  }
}

/**
 * For each mutation that `play` makes, and before and after it: plays it anew with that fault. `play` makes
 * its own disk and looks after what is left. An error says with which fault it came.
 */
export async function atEveryMutation(
  whats: readonly Fault['what'][],
  play: (fault: Fault) => Promise<Actor>,
): Promise<number> {
  let plays = 0;
  for (const what of whats) {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at += 1) {
        plays += 1;
        if ((await playOnce(play, { at, when, what })).mutations() < at) break;
      }
    }
  }
  return plays;
}

async function playOnce(play: (fault: Fault) => Promise<Actor>, fault: Fault): Promise<Actor> {
  try {
    return await play(fault);
  } catch (error) {
    throw new Error(`with ${fault.what} ${fault.when} mutation ${fault.at}`, { cause: error });
  }
}
