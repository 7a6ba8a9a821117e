import type { Cluster } from '../model/cluster.ts';
import type { JobSpec } from '../model/spec.ts';
import type { Bid } from './bids.ts';
import { freeWhenEmpty } from './free.ts';
import { cpusOfTasks } from './needs.ts';
import { place } from './place.ts';
import { withoutSwitches } from './switchwait.ts';
import { wholesOf } from './wholes.ts';

/**
 * True if the job fits in none of the partitions however empty they are, as Slurm sees it: a job that wants
 * more CPUs than there are in all waits for more of them and is not impossible.
 */
export function isImpossible(cluster: Cluster, spec: JobSpec, bids: readonly Bid[]): boolean {
  const empty = freeWhenEmpty(cluster);
  return bids.every((bid) => {
    if (cpusOfTasks(spec, spec.ntasks) > cpusOf(cluster, bid)) return false;
    return place(withoutSwitches(spec), empty, { allowed: bid.nodes }) === undefined;
  });
}

function cpusOf(cluster: Cluster, bid: Bid): number {
  const wholes = wholesOf(cluster);
  return [...bid.nodes].reduce((sum, name) => sum + (wholes.get(name)?.cpus ?? 0), 0);
}
