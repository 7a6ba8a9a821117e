import { assert } from '../base/assert.ts';
import type { Cluster } from '../model/cluster.ts';
import { type ActiveJob, isActive, type NodeShare } from '../model/job.ts';
import { rangesHas } from '../model/ranges.ts';
import { activeJobs, heldShares } from './free.ts';

/** Throws when the state is impossible: what the promises forbid, whatever happened before. */
export function invariants(cluster: Cluster): void {
  const gpuOwners = new Map<string, number>();
  const used = new Map<string, { cpus: number; memoryMb: number }>();
  for (const { id, share } of holdings(cluster)) {
    for (const index of share.gpus) {
      const owner = gpuOwners.get(`${share.node}:${index}`);
      assert(owner === undefined, `GPU ${index} of ${share.node} is held by jobs ${owner} and ${id}`);
      gpuOwners.set(`${share.node}:${index}`, id);
    }
    const sum = used.get(share.node) ?? { cpus: 0, memoryMb: 0 };
    used.set(share.node, { cpus: sum.cpus + share.cpus, memoryMb: sum.memoryMb + share.memoryMb });
  }
  capacityHolds(cluster, used);
  tasksAreUnique(cluster);
  for (const id of cluster.jobs.keys())
    assert(!rangesHas(cluster.closed, id), `job ${id} lives and is closed`);
}

/** All that is held: by jobs, and by nodes for attempts that are over for the cluster. */
function* holdings(cluster: Cluster): IterableIterator<{ readonly id: number; readonly share: NodeShare }> {
  for (const job of activeJobs(cluster)) {
    activeJobIsSound(job);
    for (const share of heldShares(job)) yield { id: job.id, share };
  }
  for (const { record, remnants = [] } of cluster.nodes.values()) {
    for (const { id, attempt, share } of remnants) {
      assert(share.node === record.name, `${record.name} keeps a share of ${share.node}`);
      const job = cluster.jobs.get(id);
      const isHeldTwice =
        job && isActive(job) && job.attempt === attempt && job.holders.includes(record.name);
      assert(!isHeldTwice, `job ${id} holds what ${record.name} keeps of it`);
      yield { id, share };
    }
  }
}

function activeJobIsSound(job: ActiveJob): void {
  assert(job.attempt >= 1, `job ${job.id} is active without an attempt`);
  assert(job.holders.length > 0, `job ${job.id} is active and nobody holds it`);
  const nodes = job.allocation.map((share) => share.node);
  assert(new Set(nodes).size === nodes.length, `job ${job.id} has two shares of one node`);
  assert(
    job.holders.every((node) => nodes.includes(node)),
    `job ${job.id} is held by a node that it was not given`,
  );
}

/** A node may come back smaller than it was; then what runs there may exceed it, but its GPUs stay single. */
function capacityHolds(
  cluster: Cluster,
  used: ReadonlyMap<string, { readonly cpus: number; readonly memoryMb: number }>,
): void {
  for (const [name, sum] of used) {
    const node = cluster.nodes.get(name);
    assert(node !== undefined, `jobs hold a part of the unknown node ${name}`);
    const oldest = [...activeJobs(cluster)].filter(
      (job) => job.holders.includes(name) && job.startTime < node.registered,
    );
    if (oldest.length > 0 || node.remnants !== undefined) continue;
    assert(sum.cpus <= node.record.cpus, `${sum.cpus} CPUs of ${name} are held, it has ${node.record.cpus}`);
    assert(sum.memoryMb <= node.record.memoryMb, `${sum.memoryMb} MiB of ${name} are held`);
  }
}

function tasksAreUnique(cluster: Cluster): void {
  const tasks = new Set<string>();
  for (const job of cluster.jobs.values()) {
    if (job.arrayJobId === undefined) continue;
    const key = `${job.arrayJobId}_${job.arrayTaskId}`;
    assert(!tasks.has(key), `task ${key} is there twice`);
    tasks.add(key);
    const waiting = cluster.jobs.get(job.arrayJobId);
    const waits = waiting?.state === 'PENDING' && rangesHas(waiting.tasks ?? [], job.arrayTaskId ?? -1);
    assert(!waits, `task ${key} waits and has started`);
  }
}
