import { activeJobsOn } from '../core/free.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import type { ActiveJob } from '../model/job.ts';
import { type Agent, logOrThrow } from './agent.ts';
import { keptSteps } from './keepsteps.ts';
import { sayWhyToSteps } from './lastwords.ts';
import type { Memory } from './memory.ts';
import { localRunOf, markOf, runKey } from './run.ts';
import { signalAll } from './signals.ts';

/*
 * Jobs that hold a share of this node and begin on another one. What runs here of them are parts of their
 * steps. The share is given back when the job is over for its first node, or is to end, and none of its
 * processes is left here.
 */

const contSignal = 18;
const termSignal = 15;
const killSignal = 9;

/** Ends what is left here of hosted jobs that are to end: SIGTERM, and after KillWait SIGKILL. */
export async function endHosted(agent: Agent, memory: Memory): Promise<void> {
  const jobs = hostedToEnd(agent, agent.journal.cluster());
  const keys = new Set(jobs.map(({ id, attempt }) => runKey(id, attempt)));
  for (const key of memory.hostedEnding.keys()) if (!keys.has(key)) memory.hostedEnding.delete(key);
  if (jobs.length === 0) return;
  const members = await agent.processes.members(
    jobs.map(({ id, attempt }) => ({ mark: markOf(agent, id, attempt) })),
  );
  for (const job of jobs) {
    const left = members.get(markOf(agent, job.id, job.attempt)) ?? [];
    const nowMs = agent.store.clock.monotonicMs();
    const key = runKey(job.id, job.attempt);
    const ending = memory.hostedEnding.get(key) ?? { sinceMs: nowMs, isGone: false };
    const isNew = !memory.hostedEnding.has(key);
    memory.hostedEnding.set(key, { ...ending, isGone: left.length === 0 });
    try {
      if (left.length === 0) await clear(agent, job);
      else if (isNew) {
        await sayWhyToSteps(agent, job);
        await signalAll(agent, left, [contSignal, termSignal]);
      } else if (nowMs - ending.sinceMs >= agent.settings.killWaitSeconds * 1000) {
        await signalAll(agent, left, [killSignal]);
      }
    } catch (error) {
      // The others go on.
      logOrThrow(agent, job, error);
    }
  }
}

async function clear(agent: Agent, { id, attempt }: ActiveJob): Promise<void> {
  await agent.store.files.removeTree(localRunOf(agent, { jobId: id, attempt }));
}

/** Gives back the shares of hosted jobs that nothing is left of. */
export function hostedReleases(
  agent: Agent,
  memory: Memory,
  cluster: Cluster,
  time: Seconds,
): readonly ClusterEvent[] {
  const { name } = agent.node;
  return hostedToEnd(agent, cluster)
    .filter(({ id, attempt }) => memory.hostedEnding.get(runKey(id, attempt))?.isGone === true)
    .map((job) => {
      const { id, attempt } = job;
      return {
        name: 'nodeReleased' as const,
        time,
        id,
        attempt,
        node: name,
        ...keptSteps(agent, memory, job),
      };
    });
}

/** True while something of a hosted job is being ended here. */
export function isEndingHosted(memory: Memory): boolean {
  return memory.hostedEnding.size > 0;
}

function hostedToEnd(agent: Agent, cluster: Cluster): readonly ActiveJob[] {
  const { name } = agent.node;
  return activeJobsOn(cluster, name).filter(
    (job) => job.state === 'COMPLETING' && job.allocation[0]?.node !== name && job.holders.includes(name),
  );
}
