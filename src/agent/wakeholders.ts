import { readSpoilt } from '../store/put.ts';
import { type Agent, logOrThrow } from './agent.ts';
import { membersOf } from './deliver.ts';
import { wakeSignal } from './holder.ts';
import type { Memory } from './memory.ts';
import { jobsRunHere } from './observe.ts';
import { type Run, runKey } from './run.ts';
import { signalAll } from './signals.ts';

/**
 * Tells the holders of allocations that have been ended so that they look now; by themselves they look twice
 * a second. Where somebody rang, a pulse is read whatever its version: a network file system may show the one
 * before for a while.
 */
export async function wakeHolders(agent: Agent, { runs, isRung }: Memory): Promise<void> {
  for (const job of jobsRunHere(agent)) {
    const run = runs.get(runKey(job.id, job.attempt));
    if (job.spec.kind !== 'allocation' || job.state !== 'RUNNING' || run?.phase !== 'running') continue;
    try {
      if (await hasEnded(agent, run, isRung))
        await signalAll(agent, await membersOf(agent, run), [wakeSignal]);
    } catch (error) {
      // The others go on.
      logOrThrow(agent, job, error);
    }
  }
}

/** True once, when the pulse says that the allocation is over. */
async function hasEnded({ store }: Agent, run: Run, isRung: boolean): Promise<boolean> {
  if (run.pulseVersion === 'ended') return false;
  const { pulse } = store.layout.job(run.jobId);
  const version = (await store.files.stat(pulse))?.version;
  if (version === run.pulseVersion && !isRung) return false;
  const isEnd = (await readSpoilt(store, pulse))?.startsWith('end ') === true;
  run.pulseVersion = isEnd ? 'ended' : version;
  return isEnd;
}
