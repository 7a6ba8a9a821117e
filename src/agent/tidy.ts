import { isMgpuError } from '../base/error.ts';
import { accountable, noteEnds } from '../core/accountable.ts';
import type { JobId } from '../model/ids.ts';
import { foldIntoSegment, sweepRooms } from '../store/accounting.ts';
import { isCheckpointDue, newestSaved, writeCheckpoint } from '../store/checkpoint.ts';
import type { Agent } from './agent.ts';
import { makeDurable } from './durable.ts';
import { removeLeftovers } from './leftovers.ts';
import { doAlone } from './lock.ts';
import type { Memory } from './memory.ts';

/**
 * So many ended jobs, or one that waited so many times as long as it has to, make a segment of accounting.
 */
const foldJobsMin = 500;
const foldPatience = 3;

/** What it takes of a daemon to tidy up. */
type Tidier = Pick<Agent, 'store' | 'journal' | 'node' | 'settings' | 'locks' | 'logger'>;

/** Keeps what readers have to load small: checkpoints, and ended jobs into accounting. */
export async function tidy(agent: Tidier, memory: Memory): Promise<void> {
  const isWorthIt = agent.journal.cluster().seq >= memory.saveFrom;
  if (isWorthIt && isDue(agent)) await doAlone(agent, 'checkpoint', () => saveState(agent, memory));
  const ids = dueForAccounting(agent, memory);
  if (ids.length > 0) await doAlone(agent, 'accounting', () => fold(agent, memory, ids));
  await sweep(agent, memory);
  await removeLeftovers(agent, memory);
}

/** When rooms are tried again that could not be removed, for somebody has a file in them open. */
const sweepAgainMs = 30_000;

async function sweep({ journal, store }: Tidier, memory: Memory): Promise<void> {
  const nowMs = store.clock.monotonicMs();
  if (memory.roomsLeft.length === 0 || nowMs < memory.sweepAtMs) return;
  memory.sweepAtMs = nowMs + sweepAgainMs;
  memory.roomsLeft = await sweepRooms(store, journal.cluster(), memory.roomsLeft);
}

function isDue({ journal }: Tidier): boolean {
  return isCheckpointDue(journal.tail(), journal.cluster().jobs.size);
}

/** A checkpoint is due for all daemons at once; the one that was first spares it the others. */
async function saveState(agent: Tidier, memory: Memory): Promise<void> {
  const { journal, store, logger } = agent;
  const saved = await newestSaved(store);
  if (saved !== undefined) journal.checkpointed(saved);
  if (!isDue(agent)) return;
  await makeDurable(agent, memory);
  try {
    journal.checkpointed(await writeCheckpoint(store, journal.cluster()));
  } catch (error) {
    if (!isMgpuError(error, 'TOO_LARGE')) throw error;
    // The log is kept whole until jobs have left the state.
    logger.error(`no checkpoint: ${error.message}`, { jobs: journal.cluster().jobs.size });
    memory.saveFrom = journal.cluster().seq + saveAgainCommits;
  }
}

/** After so many commits a state that was too large for a checkpoint may have become smaller. */
const saveAgainCommits = 100;

async function fold({ journal, store }: Tidier, memory: Memory, ids: readonly JobId[]): Promise<void> {
  const before = memory.roomsLeft;
  // An error may hide that the commit was made: then all rooms are gone through.
  memory.roomsLeft = 'all';
  const events = await journal.commit(async (cluster) => {
    const event = await foldIntoSegment(store, cluster, ids);
    return event ? [event] : [];
  });
  const done = events.flatMap((event) => (event.name === 'jobsAccounted' ? event.ids : []));
  const left = await sweepRooms(store, journal.cluster(), done);
  memory.roomsLeft = before === 'all' ? before : [...before, ...left];
}

/**
 * Ended jobs that are old enough, once they are many or the first of them has waited long: segments stay few.
 */
function dueForAccounting({ journal, store, settings }: Tidier, memory: Memory): readonly JobId[] {
  const nowMs = store.clock.monotonicMs();
  const ageMs = settings.minJobAgeSeconds * 1000;
  const cluster = journal.cluster();
  memory.endsSeen = noteEnds(memory.endsSeen, cluster, nowMs);
  const ids = accountable(cluster, memory.endsSeen, nowMs - ageMs);
  const isLate = accountable(cluster, memory.endsSeen, nowMs - ageMs * foldPatience).length > 0;
  return ids.length >= foldJobsMin || isLate ? ids : [];
}
