import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextDue } from '../../../src/core/due.ts';
import { plan, planEvents } from '../../../src/core/plan.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { parseDependency } from '../../../src/model/dependency.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { share } from '../builders.ts';
import { configured, factsCluster, factsConfig, formatRaised } from './facts.ts';
import {
  after,
  allocated,
  cancelled,
  clusterOf,
  completed,
  jobIn,
  now,
  registered,
  released,
  root,
  submitted,
} from './world.ts';

const dependsOn = (text: string): Partial<JobSpec> => {
  const dependency = parseDependency(text);
  assert.ok(dependency);
  return { dependency };
};
const base = clusterOf(formatRaised, registered('node1'));

/** What starts, and why the others wait. */
function planned(cluster: Cluster, at = now): string {
  const { starts, reasons, texts } = plan(cluster, at);
  const waits = [...reasons].map(([id, reason]) => `${id}:${texts.get(id) ?? reason}`);
  const ids = starts.map(({ job, task }) => (task === undefined ? `${job.id}` : `${job.id}_${task}`));
  return [...ids, ...waits].join(' ');
}

describe('eligible: begin times', () => {
  it('not before, and at that instant', () => {
    const cluster = after(base, submitted(1, { beginTime: now + 60 }), submitted(2));
    assert.equal(planned(cluster), '2 1:BeginTime');
    assert.equal(planned(cluster, now + 60), '1 2');
    assert.equal(nextDue(cluster, now), now + 60);
    assert.equal(nextDue(cluster, now + 60), Number.POSITIVE_INFINITY);
  });

  it('one that is held has no time', () => {
    const cluster = after(base, submitted(1, { beginTime: now + 60, hold: true }));
    assert.deepEqual([planned(cluster), nextDue(cluster, now)], ['1:JobHeldUser', Number.POSITIVE_INFINITY]);
  });
});

describe('eligible: dependencies', () => {
  it('wait, start, or never can', () => {
    const cluster = after(
      base,
      submitted(1, { hold: true }),
      submitted(2, dependsOn('afterany:1')),
      submitted(3, dependsOn('afterok:1')),
    );
    assert.equal(planned(cluster), '1:JobHeldUser 2:Dependency 3:Dependency');
    assert.equal(planned(after(cluster, cancelled(1))), '2 3:DependencyNeverSatisfied');
  });

  it('the tasks of an array that may start do, though others wait', () => {
    const array = { tasks: [[1, 3]] as const, throttle: 0 };
    const cluster = after(
      base,
      submitted(1, { array, hold: true }),
      submitted(2, { array, ...dependsOn('aftercorr:1') }),
      cancelled(1, [[1, 1]]),
      { name: 'jobUnheld', time: now, id: 1 },
      allocated(5, [share('node1')], { array: { job: 1, task: 2 } }),
    );
    assert.equal(planned(cluster), '1_3 2_1 2:Dependency');
  });

  it('minutes are due without an event', () => {
    const cluster = after(
      base,
      submitted(1),
      allocated(1, [share('node1')]),
      submitted(2, dependsOn('after:1+1')),
    );
    assert.equal(nextDue(cluster, now), now + 61);
    assert.deepEqual([planned(cluster, now + 60), planned(cluster, now + 61)], ['2:Dependency', '2']);
  });
});

describe('eligible: held tasks of an array (beh.hold.array)', () => {
  it('are passed over', () => {
    const cluster = after(base, submitted(1, { array: { tasks: [[1, 3]], throttle: 0 } }), {
      ...{ name: 'jobHeld', time: now, id: 1, by: 'user' },
      tasks: [[2, 2]],
    });
    assert.equal(planned(cluster), '1_1 1_3 1:JobHeldUser');
  });
});

describe('hopeless', () => {
  const ends = (cluster: Cluster, at: number): readonly ClusterEvent[] => planEvents(cluster, at, []).events;

  it('a deadline that leaves no time ends the job', () => {
    const cluster = after(base, submitted(1, { deadline: now + 600, timeLimit: 5, hold: true }));
    assert.deepEqual(ends(cluster, now + 300), []);
    assert.equal(nextDue(cluster, now), now + 301);
    const [end] = ends(cluster, now + 301);
    assert.ok(end);
    const job = jobIn(after(cluster, end), 1, 'ENDED');
    assert.deepEqual([job.endState, job.reason, job.endedBy], ['DEADLINE', 'DeadLine', undefined]);
  });

  it('one that may be cut down has longer', () => {
    const cluster = after(base, submitted(1, { deadline: now + 600, timeLimit: 10, timeMin: 1, hold: true }));
    assert.deepEqual(ends(cluster, now + 540), []);
    assert.equal(ends(cluster, now + 541).length, 1);
  });

  it('what can never be met ends it if it says so, or the settings do (dep.kill_invalid)', () => {
    const waits = after(base, submitted(1), submitted(2, dependsOn('afterok:1')), cancelled(1));
    assert.deepEqual(ends(waits, now), []);
    const { spec } = jobIn(waits, 2, 'PENDING');
    const change = (killOnInvalidDep: boolean): ClusterEvent => ({
      ...{ name: 'jobUpdated', time: now, id: 2, by: root },
      spec: { ...spec, killOnInvalidDep },
    });
    const [end] = ends(after(waits, change(true)), now);
    assert.ok(end);
    const job = jobIn(after(waits, end), 2, 'ENDED');
    assert.deepEqual([job.endState, job.reason], ['CANCELLED', 'DependencyNeverSatisfied']);
    const killing = after(waits, configured({ ...factsConfig, killInvalidDependency: true }));
    assert.equal(ends(killing, now).length, 1);
    assert.equal(ends(after(killing, change(false)), now).length, 0);
  });

  it('of an array the tasks that cannot', () => {
    const array = { tasks: [[1, 2]] as const, throttle: 0 };
    const cluster = after(
      base,
      submitted(1, { array }),
      allocated(3, [share('node1')], { array: { job: 1, task: 1 } }),
      released(3, 'node1', {
        report: { endState: 'FAILED', reason: 'NonZeroExitCode', exitCode: { code: 1, signal: 0 } },
      }),
      submitted(4, { array, ...dependsOn('aftercorr:1'), killOnInvalidDep: true }),
    );
    const [, end] = ends(after(cluster, { name: 'jobHeld', time: now, id: 1, by: 'user' }), now);
    assert.equal(end, undefined);
    const [only] = ends(after(cluster, { name: 'jobHeld', time: now, id: 1, by: 'user' }), now);
    assert.deepEqual(only?.name === 'jobCancelled' && only.tasks, [[1, 1]]);
  });
});

describe('eligible: partitions', () => {
  const range = (count: number) => ({ min: count, max: count });

  it('limits and states make jobs wait (tab.squeue)', () => {
    const cluster = factsCluster(
      submitted(1, { partition: 'gpu', timeLimit: 28_800 }),
      submitted(2, { partition: 'off' }),
      submitted(3, { partition: 'gpu', ntasks: 10, nodes: range(10) }),
      submitted(4, { partition: 'debug', ntasks: 2, nodes: range(2), timeLimit: 10 }),
      submitted(5, { partition: 'gpu', ntasks: 21, timeLimit: 10, nodes: { min: 1, max: 1024 } }),
      submitted(6, { partition: 'gpu', memoryPerNodeMb: 10 ** 6, timeLimit: 10 }),
      submitted(7, { partition: 'debug,cpu', timeLimit: 'UNLIMITED' }),
    );
    const { starts, reasons } = plan(cluster, now);
    assert.deepEqual(Object.fromEntries(reasons), {
      ...{ 1: 'PartitionTimeLimit', 2: 'PartitionDown', 3: 'PartitionNodeLimit', 4: 'PartitionNodeLimit' },
      ...{ 5: 'PartitionConfig', 6: 'BadConstraints' },
    });
    assert.deepEqual(
      starts.map(({ job, partition }) => [job.id, partition]),
      [[7, 'cpu']],
    );
    const [event] = planEvents(cluster, now, []).events;
    assert.equal(event?.name === 'jobAllocated' && event.partition, 'cpu');
  });

  it('a higher tier goes first, and each keeps room for its own first that waits', () => {
    const full = factsCluster(
      submitted(1, { partition: 'gpu', ntasks: 20, nodes: range(3), timeLimit: 10 }),
      {
        ...allocated(1, [
          share('gpu01', { cpus: 8 }),
          share('gpu02', { cpus: 8 }),
          share('gpu03', { cpus: 4 }),
        ]),
        time: now,
      },
      submitted(2, { partition: 'cpu', cpusPerTask: 6 }),
      { ...allocated(2, [share('cpu01', { cpus: 6 })]), time: now },
      submitted(3, { partition: 'gpu', cpusPerTask: 8, timeLimit: 10 }),
      submitted(4, { partition: 'cpu', cpusPerTask: 8, timeLimit: 10 }),
      submitted(5, { partition: 'gpu', timeLimit: 10 }),
      submitted(6, { partition: 'cpu', timeLimit: 10 }),
      submitted(7, { partition: 'debug', timeLimit: 10 }),
    );
    assert.equal(planned(full), '7 3:Resources 4:Resources 5:Priority 6:Priority');
  });

  it('nodes that are away are told as Slurm does', () => {
    const drained = (names: readonly string[]): readonly ClusterEvent[] =>
      names.map(
        (node) => ({ name: 'nodeUpdated', time: now, node, admin: { isDrained: true }, by: root }) as const,
      );
    const gone = factsCluster(
      ...drained(['gpu01', 'gpu02', 'gpu03']),
      submitted(1, { partition: 'gpu', timeLimit: 10 }),
      submitted(2, { partition: 'gpu', timeLimit: 10, nodelist: ['gpu01'] }),
      submitted(3, { partition: 'gpu', timeLimit: 10, ntasks: 2, nodes: range(2) }),
    );
    const { reasons, texts } = plan(gone, now);
    assert.equal(
      texts.get(1),
      'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions',
    );
    assert.equal(texts.get(2), 'ReqNodeNotAvail, UnavailableNodes:gpu01');
    assert.equal(texts.get(3), 'ReqNodeNotAvail, UnavailableNodes:gpu[01-03]');
    assert.deepEqual([...reasons.values()], ['Resources', 'ReqNodeNotAvail', 'ReqNodeNotAvail']);
  });
});

describe('eligible: licenses', () => {
  it('as many as there are', () => {
    const licenses = [{ name: 'matlab', count: 1 }];
    const all = { partition: 'cpu', licenses };
    const cluster = factsCluster(
      submitted(1, all),
      submitted(2, all),
      submitted(3, all),
      submitted(4, { partition: 'cpu' }),
    );
    assert.equal(planned(cluster), '1 2 4 3:Licenses');
    const running = after(cluster, allocated(1, [share('cpu01')]), allocated(2, [share('cpu01')]));
    assert.equal(planned(running), '4 3:Licenses');
  });
});

describe('eligible: reservations', () => {
  const reserved = (startTime: number, given: object = {}): ClusterEvent => ({
    ...{ name: 'reservationSet', time: now, by: root },
    reservation: {
      name: 'r1',
      startTime,
      endTime: startTime + 3600,
      nodes: ['gpu03'],
      users: ['alice'],
      ...given,
    },
  });
  const on = (given: Partial<JobSpec>): ClusterEvent =>
    submitted(1, { partition: 'gpu', nodelist: ['gpu03'], timeLimit: 10, ...given });

  it('others leave its nodes before it begins', () => {
    const cluster = factsCluster(reserved(now + 600), on({}));
    assert.equal(planned(cluster), '1');
    assert.equal(planned(cluster, now + 1), '1:ReqNodeNotAvail, May be reserved for other job');
    assert.equal(planned(cluster, now + 4200), '1');
    assert.equal(nextDue(cluster, now), now + 600);
    assert.equal(nextDue(cluster, now + 600), now + 4200);
  });

  it('its own jobs run in it, while it lasts', () => {
    const cluster = factsCluster(reserved(now + 600), on({ reservation: 'r1' }));
    assert.equal(planned(cluster), '1:Reservation');
    assert.equal(planned(cluster, now + 600), '1');
    assert.equal(planned(cluster, now + 4200), '1:ReservationDeleted');
    const elsewhere = factsCluster(reserved(now), on({ reservation: 'r1', nodelist: ['gpu01'] }));
    assert.equal(planned(elsewhere).startsWith('1:'), true);
    const foreign = factsCluster(reserved(now, { users: ['bob'] }), on({ reservation: 'r1' }));
    assert.equal(planned(foreign), '1:Reservation');
  });
});

describe('eligible: priority', () => {
  it('what was set, and nice, order jobs', () => {
    const cluster = clusterOf(
      formatRaised,
      registered('node1', { cpus: 1, sockets: 1, coresPerSocket: 1 }),
      submitted(1, { nice: 5 }),
      submitted(2),
      submitted(3, { priority: 4_294_967_000 }),
    );
    assert.equal(planned(cluster), '3 2:Resources 1:Priority');
  });
});

describe('eligible: the pause after a requeue', () => {
  it('is waited for, unless the clock that set it is ahead of this one', () => {
    const requeued = (eligibleTime: number): Cluster =>
      after(base, submitted(1), allocated(1, [share('node1')]), released(1, 'node1', { report: completed }), {
        name: 'jobRequeued',
        time: now,
        id: 1,
        by: root,
        hold: false,
        eligibleTime,
      });
    assert.deepEqual([planned(requeued(now + 121)), planned(requeued(now + 9999))], ['1:BeginTime', '1']);
  });
});
