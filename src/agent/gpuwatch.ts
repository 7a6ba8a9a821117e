import { activeJobsOn } from '../core/free.ts';
import { gpuUseOf } from '../core/samples.ts';
import type { GpuCondition } from '../model/gpu.ts';
import type { GpuTrouble } from '../model/node.ts';
import type { GpuProbe } from '../ports/gpus.ts';
import type { JobProcesses } from '../ports/processes.ts';
import type { Agent } from './agent.ts';
import type { Memory } from './memory.ts';
import { markOf, processesOf, runKey } from './run.ts';

/**
 * The GPUs of this node that may not be claimed now: ill ones, and those that processes from outside hold. A
 * process of one of our runs on the GPU is no trouble.
 */
export async function findGpuTroubles(
  agent: Agent,
  probe: GpuProbe,
  memory: Memory,
): Promise<readonly GpuTrouble[]> {
  const { conditions, problems } = await probe.conditions();
  for (const problem of problems) {
    if (!memory.gpuProblems.includes(problem)) agent.logger.warn(`GPU probe: ${problem}`);
  }
  memory.gpuProblems = problems;
  memory.gpuUse = gpuUseOf(conditions);
  const known = new Set(agent.node.gpus.map((gpu) => gpu.index));
  const holders = await processesByGpu(agent, memory);
  return conditions
    .filter((one) => known.has(one.index))
    .flatMap((one) => troubleOf(one, holders.get(one.index) ?? new Set()) ?? []);
}

/** Whose processes may be on a GPU: those of the jobs that hold it, also of such as began on another node. */
async function processesByGpu(
  agent: Agent,
  memory: Memory,
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const holders = new Map<number, Set<number>>();
  const { name } = agent.node;
  const jobs = activeJobsOn(agent.journal.cluster(), name);
  if (jobs.length === 0) return holders;
  const members = await agent.processes.members(
    jobs.map(({ id, attempt }): JobProcesses => {
      const run = memory.runs.get(runKey(id, attempt));
      return run === undefined ? { mark: markOf(agent, id, attempt) } : processesOf(run);
    }),
  );
  for (const job of jobs) {
    const pids = members.get(markOf(agent, job.id, job.attempt)) ?? [];
    for (const index of job.allocation.find(({ node }) => node === name)?.gpus ?? []) {
      const held = holders.get(index) ?? new Set<number>();
      for (const { pid } of pids) held.add(pid);
      holders.set(index, held);
    }
  }
  return holders;
}

function troubleOf(condition: GpuCondition, ours: ReadonlySet<number>): GpuTrouble | undefined {
  const { index, health, reason, processes } = condition;
  if (health === 'failed') return { index, kind: 'failed', reason: reason ?? 'the driver reports a failure' };
  if (health === 'unknown')
    return { index, kind: 'unknown', reason: reason ?? 'the driver does not tell its state' };
  if (processes === 'unknown') return undefined;
  const strangers = processes.filter((one) => !ours.has(one.pid));
  if (strangers.length === 0) return undefined;
  const who = strangers.slice(0, 3).map((one) => `${one.name} (pid ${one.pid})`);
  return { index, kind: 'busy', reason: `in use from outside: ${who.join(', ')}`.slice(0, 200) };
}
