import type { Cluster } from '../../model/cluster.ts';
import type { UsedNode } from './nodestate.ts';
import { formatTres, tallyOf } from './tres.ts';

/** What a node has, or what of it jobs hold, as trackable resources. */
export function nodeTresText({ node, use }: UsedNode, what: 'configured' | 'allocated'): string {
  const { cpus, memoryMb, gpus } = node.record;
  if (what === 'configured') {
    const indices = gpus.map((gpu) => gpu.index);
    return formatTres({ cpus, memoryMb, nodes: 0, billing: cpus, gpus: tallyOf(indices, gpus) });
  }
  const held = tallyOf([...use.gpus.keys()], gpus);
  return formatTres({ cpus: use.cpus, memoryMb: use.memoryMb, nodes: 0, billing: 0, gpus: held });
}

/** When something last ran on a node, as far as the state remembers; since its registration at least. */
export function lastBusyTimes({ jobs, nodes }: Cluster): ReadonlyMap<string, number> {
  const times = new Map([...nodes].map(([name, { registered }]) => [name, registered]));
  for (const job of jobs.values()) {
    if (job.state === 'PENDING' || job.allocation === undefined) continue;
    const time = job.state === 'RUNNING' ? job.startTime : job.endTime;
    for (const { node } of job.allocation) times.set(node, Math.max(times.get(node) ?? 0, time));
  }
  return times;
}
