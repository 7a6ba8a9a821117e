import type { Cluster } from '../model/cluster.ts';
import type { JobId, NodeName } from '../model/ids.ts';
import type { ActiveJob, NodeShare } from '../model/job.ts';
import { activeJobs, activeJobsOn } from './free.ts';
import { type NodeWhole, wholesOf } from './wholes.ts';

/*
 * CPUs are counted here and nobody is bound to any. What a job shows as the numbers of its CPUs is what Slurm
 * would have given it: no two that hold something of a node show the same one, and each the same as long as
 * those that began before it hold theirs.
 */

export type CpuIds = ReadonlyMap<JobId, readonly number[]>;

const known = new WeakMap<readonly ActiveJob[], Map<NodeWhole, CpuIds>>();

/** The numbers of the CPUs that each job holds on a node; a job for which there are none left has none. */
export function cpuIdsOn(cluster: Cluster, node: NodeName): CpuIds {
  const whole = wholesOf(cluster).get(node);
  if (whole === undefined) return new Map();
  const active = activeJobs(cluster);
  const byNode = known.get(active) ?? new Map<NodeWhole, CpuIds>();
  known.set(active, byNode);
  const before = byNode.get(whole);
  if (before !== undefined) return before;
  const found = givenOut(activeJobsOn(cluster, node), whole);
  byNode.set(whole, found);
  return found;
}

function givenOut(jobs: readonly ActiveJob[], whole: NodeWhole): CpuIds {
  const free = socketsOf(whole);
  const found = new Map<JobId, readonly number[]>();
  for (const job of [...jobs].sort((a, b) => a.startTime - b.startTime || a.id - b.id)) {
    const share = job.allocation.find((one) => one.node === whole.name);
    const ids = share && takeCpus(free, share, { whole, cpusPerTask: job.spec.cpusPerTask });
    if (ids !== undefined) found.set(job.id, ids);
  }
  return found;
}

/** The cores of each socket, those of the lowest numbers last. */
function socketsOf({ cpus, sockets, threadsPerCore }: NodeWhole): number[][] {
  const cores = Math.floor(cpus / threadsPerCore);
  const each = Math.max(1, Math.ceil(cores / Math.max(1, sockets)));
  const free: number[][] = [];
  for (let first = 0; first < cores; first += each) {
    const count = Math.min(each, cores - first);
    free.push(Array.from({ length: count }, (_, index) => first + count - 1 - index));
  }
  return free;
}

/** Each task takes its cores of the next socket that has some, with its part of what is beside the tasks. */
function takeCpus(
  free: readonly number[][],
  { cpus, tasks }: NodeShare,
  { whole: { threadsPerCore }, cpusPerTask }: { readonly whole: NodeWhole; readonly cpusPerTask: number },
): readonly number[] | undefined {
  const wanted = Math.ceil(cpus / threadsPerCore);
  if (free.reduce((sum, { length }) => sum + length, 0) < wanted) return undefined;
  const perTask = Math.max(Math.ceil(cpusPerTask / threadsPerCore), Math.ceil(wanted / Math.max(1, tasks)));
  const cores: number[] = [];
  for (let socket = 0; cores.length < wanted; socket += 1) {
    for (let left = Math.min(perTask, wanted - cores.length); left > 0; ) {
      const core = free[socket % free.length]?.pop();
      if (core === undefined) socket += 1;
      else {
        cores.push(core);
        left -= 1;
      }
    }
  }
  const threads = Array.from({ length: threadsPerCore }, (_, thread) => thread);
  return cores
    .sort((a, b) => a - b)
    .flatMap((core) => threads.map((thread) => core * threadsPerCore + thread))
    .slice(0, cpus);
}
