import { activeJobsOn } from '../core/free.ts';
import { addSample, noGpu, type Samples, sampledUsage } from '../core/samples.ts';
import type { ActiveJob } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import type { ProcessUsage } from '../ports/processes.ts';
import { writeUsage } from '../store/usage.ts';
import { type Agent, logOrThrow } from './agent.ts';
import type { Memory } from './memory.ts';
import { markOf, runKey } from './run.ts';

/** A first look soon after a job began, for those that are short, then one every so often, in ms. */
const firstMs = 1000;
const everyMs = limits.sampleSeconds * 1000;

export interface Sampling {
  samples: Samples;
  dueMs: number;
}

/**
 * Measures what the processes of this node's jobs use, by one look at the process table for all that are due,
 * and leaves it in their rooms, where sstat and the end of the job find it.
 */
export async function sampleUsage(agent: Agent, memory: Memory): Promise<void> {
  const now = agent.store.clock.monotonicMs();
  const jobs = activeJobsOn(agent.journal.cluster(), agent.node.name);
  const keys = new Set(jobs.map(({ id, attempt }) => runKey(id, attempt)));
  for (const key of memory.samplings.keys()) if (!keys.has(key)) memory.samplings.delete(key);
  const due = jobs.filter((job) => isDue(memory, job, now));
  if (due.length === 0) return;
  const members = await agent.processes.members(
    due.map(({ id, attempt }) => ({ mark: markOf(agent, id, attempt) })),
  );
  for (const job of due) {
    const own = members.get(markOf(agent, job.id, job.attempt)) ?? [];
    if (own.length === 0) continue;
    try {
      await sampleJob(agent, memory, { job, processes: await agent.processes.usage(own) });
    } catch (error) {
      // The others go on.
      logOrThrow(agent, job, error);
    }
  }
}

function isDue(memory: Memory, job: ActiveJob, now: number): boolean {
  const key = runKey(job.id, job.attempt);
  const known = memory.samplings.get(key);
  const sampling = known ?? { samples: new Map(), dueMs: now + firstMs };
  memory.samplings.set(key, sampling);
  if (now < sampling.dueMs) return false;
  sampling.dueMs = now + everyMs;
  return true;
}

interface Measured {
  readonly job: ActiveJob;
  readonly processes: readonly ProcessUsage[];
}

async function sampleJob(agent: Agent, memory: Memory, { job, processes }: Measured): Promise<void> {
  const { store, node } = agent;
  const sampling = memory.samplings.get(runKey(job.id, job.attempt));
  if (sampling === undefined) return;
  const own = processes.filter((one) => one.node === undefined || one.node === node.name);
  const withGpus = own.map((one) => ({ ...one, ...(memory.gpuUse.get(one.pid) ?? noGpu) }));
  sampling.samples = addSample(sampling.samples, withGpus);
  const { main, steps } = sampledUsage(sampling.samples, node.name);
  const file = { mgpu: 'usage', format: 1, attempt: job.attempt, steps } as const;
  const content = { ...file, ...(main !== undefined && { main }) };
  await writeUsage(store.files, store.layout.job(job.id).usage(node.name), content, store.ids.next());
}
