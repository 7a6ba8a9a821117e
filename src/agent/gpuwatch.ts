import type { GpuCondition } from '../model/gpu.ts';
import type { GpuTrouble } from '../model/node.ts';
import type { GpuProbe } from '../ports/gpus.ts';
import type { Agent } from './agent.ts';
import type { Memory } from './memory.ts';
import { processesOf } from './run.ts';

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
  const members = await agent.processes.members([...memory.runs.values()].map(processesOf));
  const ours = new Set([...members.values()].flat().map((one) => one.pid));
  const known = new Set(agent.node.gpus.map((gpu) => gpu.index));
  return conditions.filter((one) => known.has(one.index)).flatMap((one) => troubleOf(one, ours) ?? []);
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
