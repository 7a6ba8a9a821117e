import type { GpuCondition } from '../model/gpu.ts';
import type { GpuTrouble } from '../model/node.ts';
import type { GpuProbe } from '../ports/gpus.ts';
import type { Agent } from './agent.ts';
import type { Memory } from './memory.ts';
import { jobsRunHere } from './observe.ts';
import { processesOf, runKey } from './run.ts';

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
  const known = new Set(agent.node.gpus.map((gpu) => gpu.index));
  const holders = await processesByGpu(agent, memory);
  return conditions
    .filter((one) => known.has(one.index))
    .flatMap((one) => troubleOf(one, holders.get(one.index) ?? new Set()) ?? []);
}

/** Whose processes may be on a GPU: those of the runs that hold it. */
async function processesByGpu(
  agent: Agent,
  memory: Memory,
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const holders = new Map<number, Set<number>>();
  const runs = [...memory.runs.values()];
  if (runs.length === 0) return holders;
  const members = await agent.processes.members(runs.map(processesOf));
  for (const job of jobsRunHere(agent)) {
    const run = memory.runs.get(runKey(job.id, job.attempt));
    const pids = (run && members.get(run.mark)) ?? [];
    for (const index of job.allocation[0]?.gpus ?? []) {
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
