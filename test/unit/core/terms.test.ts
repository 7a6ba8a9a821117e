import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusalOf } from '../../../src/core/admit.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { PartitionConfig } from '../../../src/model/config.ts';
import { share, spec } from '../builders.ts';
import { after, allocated, clusterOf, now, registered, submitted } from './world.ts';

/** A node of 8 CPUs, or of 4 cores with 2 threads, in the partition `main` and in `other`. */
function clusterWith(given: Partial<PartitionConfig>, threadsPerCore = 1): Cluster {
  const node = { cpus: 8, sockets: 1, coresPerSocket: 8 / threadsPerCore, threadsPerCore };
  return after(clusterOf(registered('node1', node)), {
    name: 'clusterConfigured',
    time: now,
    config: { partitions: [{ name: 'main', isDefault: true, ...given }, { name: 'other' }], nodes: [] },
  });
}

const started = (cluster: Cluster): readonly number[] => plan(cluster, now).starts.map(({ job }) => job.id);

describe('MaxCPUsPerNode', () => {
  it('all jobs of the partition together hold no more of a node, whatever others hold', () => {
    const cluster = after(
      clusterWith({ maxCpusPerNode: 3 }),
      submitted(1, { cpusPerTask: 2, partition: 'main' }),
      submitted(2, { cpusPerTask: 4, partition: 'other' }),
      submitted(3, { cpusPerTask: 2, partition: 'main' }),
      submitted(4, { cpusPerTask: 1, partition: 'main', timeLimit: 1 }),
    );
    assert.deepEqual(started(cluster), [1, 2, 4]);
    const running = after(
      cluster,
      { ...allocated(1, [share('node1', { cpus: 2 })]), time: now },
      { ...allocated(2, [share('node1', { cpus: 4 })]), time: now },
    );
    assert.equal(plan(running, now).reasons.get(3), 'Resources');
  });

  it('counts for a job of several partitions where it runs', () => {
    const cluster = after(
      clusterWith({ maxCpusPerNode: 2 }),
      submitted(1, { cpusPerTask: 2, partition: 'main,other', timeLimit: 10 }),
      { ...allocated(1, [share('node1', { cpus: 2 })]), time: now, partition: 'other' },
      submitted(2, { cpusPerTask: 2, partition: 'main' }),
    );
    assert.deepEqual(started(cluster), [2]);
  });

  it('with whole cores of two threads, as captured: one CPU takes both', () => {
    const cluster = after(
      clusterWith({ maxCpusPerNode: 2 }, 2),
      submitted(1, { partition: 'main' }),
      submitted(2, { partition: 'main' }),
    );
    assert.deepEqual(started(cluster), [1]);
  });

  it('a job that wants more at once is taken in and waits, as captured', () => {
    const cluster = clusterWith({ maxCpusPerNode: 2 });
    assert.equal(refusalOf(cluster, spec({ cpusPerTask: 4, partition: 'main' })), undefined);
    const waits = after(cluster, submitted(1, { cpusPerTask: 4, partition: 'main' }));
    assert.equal(plan(waits, now).reasons.get(1), 'PartitionConfig');
  });
});

describe('OverSubscribe=EXCLUSIVE', () => {
  it('a job has its nodes whole and alone', () => {
    const cluster = after(
      clusterWith({ overSubscribe: 'exclusive' }),
      submitted(1, { partition: 'main' }),
      submitted(2, { partition: 'main' }),
      submitted(3, { partition: 'other' }),
    );
    const { starts } = plan(cluster, now);
    assert.deepEqual(
      starts.map(({ job, allocation }) => [job.id, allocation[0]?.cpus]),
      [[1, 8]],
    );
  });

  it('waits for an empty node, and the other partition goes on sharing', () => {
    const cluster = after(
      clusterWith({ overSubscribe: 'exclusive' }),
      submitted(1, { partition: 'other', timeLimit: 10 }),
      { ...allocated(1, [share('node1', { cpus: 1 })]), time: now },
      submitted(2, { partition: 'main' }),
      submitted(3, { partition: 'other', timeLimit: 5 }),
    );
    assert.deepEqual(started(cluster), [3]);
  });
});
