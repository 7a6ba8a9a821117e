import { parseHostlist } from '../model/hostlist.ts';
import type { NodeShare } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import { jobGpuNeeds, shareOf } from './needs.ts';
import { gpusOf, type Offer } from './offers.ts';

/** The tasks and the GPUs of the job as a whole laid out over the chosen nodes. */
export function sharesOn(
  spec: JobSpec,
  chosen: readonly Offer[],
  least: number,
): readonly NodeShare[] | undefined {
  const tasks = tasksOn(spec, chosen);
  const needs = jobGpuNeeds(spec);
  const left = needs.map(({ count }) => count);
  const shares: NodeShare[] = [];
  for (const [index, { node }] of chosen.entries()) {
    const rest = chosen.length - index - 1;
    const jobGpus = left.map((count, need) => {
      const has = gpusOf([{ node, tasksMax: 0, cpus: 0 }], needs[need]?.type);
      // The others get one each, if there are so many.
      return Math.min(has, Math.max(count - rest, Math.min(count, 1)));
    });
    const share = shareOf(spec, node, { tasks: tasks[index] ?? 1, jobGpus });
    if (share === undefined) return undefined;
    for (const [need, count] of jobGpus.entries()) left[need] = (left[need] ?? 0) - count;
    shares.push(share);
  }
  return left.every((count) => count === 0) && shares.length >= least ? shares : undefined;
}

function tasksOn(spec: JobSpec, chosen: readonly Offer[]): readonly number[] {
  if (spec.taskNodes !== undefined) return listed(spec.taskNodes, chosen);
  return spec.spreadJob ? evenly(spec, chosen) : filled(spec, chosen);
}

/** As many as the node stands in the list. */
function listed(taskNodes: string, chosen: readonly Offer[]): readonly number[] {
  const counts = new Map<string, number>();
  for (const name of parseHostlist(taskNodes) ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  return chosen.map(({ node }) => counts.get(node.name) ?? 1);
}

/** Each node takes as many tasks as it can while one is left for each of the others. */
function filled(spec: JobSpec, chosen: readonly Offer[]): readonly number[] {
  let left = Math.max(spec.ntasks, chosen.length);
  return chosen.map(({ tasksMax }, index) => {
    const tasks = Math.min(tasksMax, left - (chosen.length - index - 1));
    left -= tasks;
    return tasks;
  });
}

/** One task a node at a time, as long as the node takes them. */
function evenly(spec: JobSpec, chosen: readonly Offer[]): readonly number[] {
  const tasks = chosen.map(() => 0);
  let left = Math.max(spec.ntasks, chosen.length);
  while (left > 0) {
    const before = left;
    for (const [index, { tasksMax }] of chosen.entries()) {
      if (left === 0 || (tasks[index] ?? 0) >= tasksMax) continue;
      tasks[index] = (tasks[index] ?? 0) + 1;
      left -= 1;
    }
    if (left === before) break;
  }
  return tasks;
}
