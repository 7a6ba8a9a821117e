import type { Policy } from '../model/config.ts';
import type { JobSpec } from '../model/spec.ts';
import type { NodeFree } from './free.ts';
import { cpusWithin, jobGpuNeeds, shareOf, tasksBound } from './needs.ts';

/** A node that has room for at least one task. */
export interface Offer {
  readonly node: NodeFree;
  readonly tasksMax: number;
  /** What counts as its size. */
  readonly cpus: number;
}

/** What a node has for a job; undefined where not even one task of it fits. */
export function offerOf(spec: JobSpec, node: NodeFree): Offer | undefined {
  const jobGpus = jobGpuNeeds(spec).map(() => 0);
  const fits = (tasks: number): boolean => shareOf(spec, node, { tasks, jobGpus }) !== undefined;
  if (!fits(1)) return undefined;
  let most = 1;
  let tooMany = Math.min(spec.ntasks, tasksBound(spec, node.whole)) + 1;
  if (tooMany > 2 && fits(tooMany - 1)) most = tooMany - 1;
  while (tooMany - most > 1) {
    const middle = (most + tooMany) >> 1;
    if (fits(middle)) most = middle;
    else tooMany = middle;
  }
  return { node, tasksMax: most, cpus: cpusWithin(spec, node) };
}

/** In which order nodes are taken: that of Slurm, or that of a policy. */
export type Order = 'slurm' | Policy;

/** The nodes with the least left first, or those with the most; of equals those that come first. */
export function byPolicy(policy: Policy): (a: Offer, b: Offer) => number {
  const sign = policy === 'fill_first' ? 1 : -1;
  return (a, b) =>
    sign * (a.node.gpus.length - b.node.gpus.length || a.cpus - b.cpus) ||
    a.node.whole.order - b.node.whole.order;
}

/** How many free GPUs of a type there are. */
export function gpusOf(offers: readonly Offer[], type: string | undefined): number {
  const fitting = offers.map(({ node }) =>
    node.gpus.filter((gpu) => type === undefined || gpu.type === type),
  );
  return fitting.reduce((sum, gpus) => sum + gpus.length, 0);
}

/** True if the nodes together have what the job wants in all: so many nodes, tasks and GPUs. */
export function isEnough(spec: JobSpec, offers: readonly Offer[], least: number): boolean {
  if (offers.length < least) return false;
  const tasks = offers.reduce((sum, { tasksMax }) => sum + tasksMax, 0);
  if (tasks < Math.max(spec.ntasks, offers.length)) return false;
  return jobGpuNeeds(spec).every(({ type, count }) => gpusOf(offers, type) >= count);
}
