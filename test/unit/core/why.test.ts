import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jobNamed, whyWaiting } from '../../../src/core/why.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { parseDependency } from '../../../src/model/dependency.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { share } from '../builders.ts';
import { factsCluster, formatRaised } from './facts.ts';
import {
  after,
  allocated,
  clusterOf,
  gpus,
  jobIn,
  now,
  presence,
  registered,
  root,
  submitted,
} from './world.ts';

const base = clusterOf(formatRaised, registered('node1'));

function facts(cluster: Cluster, id: number): readonly unknown[] {
  return whyWaiting(cluster, jobIn(cluster, id, 'PENDING'), now).facts;
}

const dependsOn = (text: string): Partial<JobSpec> => ({
  dependency: parseDependency(text) ?? assert.fail(),
});

describe('why', () => {
  it('a hold, a dependency, a begin time and a deadline', () => {
    const cluster = after(
      base,
      submitted(1, { hold: true }),
      submitted(2, { ...dependsOn('afterok:1'), beginTime: now + 60, deadline: now + 9999 }),
    );
    assert.deepEqual(facts(cluster, 1), [{ about: 'hold', by: 'user' }]);
    assert.deepEqual(facts(cluster, 2), [
      { about: 'clause', clause: 'afterok:1(unfulfilled)', parents: ['1 is PENDING'] },
      { about: 'begin', time: now + 60 },
      { about: 'deadline', time: now + 9999 },
    ]);
  });

  it('who holds the nodes and until when, who goes first, and which nodes are away', () => {
    const cluster = after(
      base,
      registered('node2'),
      presence('node2', 'lost'),
      submitted(1, { cpusPerTask: 6, timeLimit: 10 }),
      { ...allocated(1, [share('node1', { cpus: 6 })]), time: now },
      submitted(2, { cpusPerTask: 8 }),
      submitted(3, { cpusPerTask: 4 }),
    );
    const holder = { about: 'holder', job: '1', nodes: ['node1'], until: now + 600 };
    const away = { about: 'away', node: 'node2', why: 'its daemon is lost' };
    assert.deepEqual(facts(cluster, 2), [away, holder]);
    assert.deepEqual(facts(cluster, 3), [{ about: 'before', job: '2' }, away, holder]);
    const { reason, planned } = whyWaiting(cluster, jobIn(cluster, 2, 'PENDING'), now);
    assert.deepEqual([reason, planned], ['Resources', { time: now + 600, nodes: ['node1'] }]);
  });

  it('which of the GPUs that are named are not free', () => {
    const troubles = [{ index: 2, kind: 'busy', reason: 'process 77 of bob' }] as const;
    const cluster = after(
      clusterOf(formatRaised, registered('node1', { gpus: gpus(4) })),
      submitted(1, { timeLimit: 10 }),
      { ...allocated(1, [share('node1', { gpus: [1] })]), time: now },
      { name: 'gpuTroubles', time: now, node: 'node1', troubles },
      submitted(2, { nodelist: ['node1'], nodeGpuIds: [{ node: 'node1', gpus: [0, 1, 2] }] }),
    );
    assert.deepEqual(facts(cluster, 2), [
      { about: 'device', node: 'node1', index: 1, why: 'job 1 has it' },
      { about: 'device', node: 'node1', index: 2, why: 'process 77 of bob' },
      { about: 'holder', job: '1', nodes: ['node1'], until: now + 600 },
    ]);
  });

  it('limits of partitions, licenses and reservations', () => {
    const cluster = factsCluster(
      submitted(1, { partition: 'debug', timeLimit: 60 }),
      submitted(2, { partition: 'cpu', licenses: [{ name: 'matlab', count: 2 }] }),
      allocated(2, [share('cpu01')]),
      submitted(3, { partition: 'cpu', licenses: [{ name: 'matlab', count: 1 }] }),
      {
        ...{ name: 'reservationSet', time: now, by: root },
        reservation: { name: 'r', startTime: now + 5, endTime: now + 9, nodes: ['cpu01'] },
      },
      submitted(4, { partition: 'cpu', reservation: 'r' }),
    );
    assert.deepEqual(facts(cluster, 1), [
      { about: 'partition', partition: 'debug', reason: 'PartitionTimeLimit', limit: 10, nodes: 2 },
    ]);
    assert.deepEqual(facts(cluster, 3), [{ about: 'license', name: 'matlab', wanted: 1, free: 0 }]);
    assert.deepEqual(facts(cluster, 4), [{ about: 'reservation', name: 'r', startTime: now + 5 }]);
  });

  it('an array’s own limit, and tasks by their number', () => {
    const cluster = after(
      base,
      submitted(1, { array: { tasks: [[1, 3]], throttle: 1 } }),
      allocated(2, [share('node1')], { array: { job: 1, task: 1 } }),
    );
    assert.deepEqual(facts(cluster, 1), [{ about: 'throttle', limit: 1, running: ['1_1'] }]);
    assert.deepEqual(
      [jobNamed(cluster, 1, 1)?.id, jobNamed(cluster, 1, 2)?.id, jobNamed(cluster, 9, undefined)],
      [2, 1, undefined],
    );
  });

  it('nothing, for what starts now', () => {
    const cluster = after(base, submitted(1));
    const { reason, facts: none, planned } = whyWaiting(cluster, jobIn(cluster, 1, 'PENDING'), now);
    assert.deepEqual([reason, none, planned?.time], [undefined, [], now]);
  });
});
