import { activeJobs } from '../core/free.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ActiveJob } from '../model/job.ts';
import type { Node } from '../model/node.ts';
import { isTriedElsewhere } from '../model/spec.ts';
import { type Agent, logOrThrow } from './agent.ts';
import { readStarted, withdrawStart } from './markers.ts';
import type { LostAttempt, Memory } from './memory.ts';
import { runKey } from './run.ts';

/**
 * The attempts on lost nodes that certainly have no process any more: those whose start marker was free and
 * is taken here, so that a launcher which wakes up late starts nothing; and those that ran under a lease,
 * which is over when a node is called lost. The others run on, as far as anybody knows, and wait for their
 * node.
 */
export async function findLostAttempts(agent: Agent, memory: Memory): Promise<readonly LostAttempt[]> {
  const cluster = agent.journal.cluster();
  const lost = [...cluster.nodes.values()].filter((node) => node.presence === 'lost');
  if (lost.length === 0) memory.keptAttempts.clear();
  if (lost.length === 0 || cluster.format < 2) return [];
  const found: LostAttempt[] = [];
  for (const { node, job } of attemptsOn(lost, cluster)) {
    const key = `${runKey(job.id, job.attempt)}@${node.record.incarnation}`;
    if (memory.keptAttempts.has(key)) continue;
    try {
      if (await isOverThere(agent, job, node)) {
        const { name, incarnation } = node.record;
        found.push({ id: job.id, attempt: job.attempt, node: name, incarnation });
      } else memory.keptAttempts.add(key);
    } catch (error) {
      // The others go on.
      logOrThrow(agent, job, error);
    }
  }
  return found;
}

function* attemptsOn(
  lost: readonly Node[],
  cluster: Cluster,
): IterableIterator<{ readonly node: Node; readonly job: ActiveJob }> {
  for (const job of activeJobs(cluster)) {
    const node = lost.find(({ record }) => job.holders.includes(record.name));
    if (node === undefined) continue;
    // A running job has its processes on its first node; what another one of it holds is not missed.
    if (job.state === 'COMPLETING' || job.allocation[0]?.node === node.record.name) yield { node, job };
  }
}

async function isOverThere({ store }: Agent, job: ActiveJob, { record }: Node): Promise<boolean> {
  if (job.allocation[0]?.node !== record.name) return true;
  const outcome = await withdrawStart(store, job.id, job.attempt);
  if (outcome === 'withdrawn') return true;
  if (record.leaseSeconds !== undefined && isTriedElsewhere(job.spec)) return true;
  return outcome === 'taken' && (await readStarted(store, job.id, job.attempt)) === 'withdrawn';
}
