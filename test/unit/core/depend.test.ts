import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makesCycle, parentsToKeep, standingOf, withDependency } from '../../../src/core/depend.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { type Dependency, formatDependency, parseDependency } from '../../../src/model/dependency.ts';
import type { ClusterEvent, EndReport } from '../../../src/model/event.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { share, spec } from '../builders.ts';
import { formatRaised } from './facts.ts';
import {
  after,
  allocated,
  cancelled,
  clusterOf,
  completed,
  endRequested,
  now,
  registered,
  released,
  submitted,
} from './world.ts';

const failed: EndReport = {
  endState: 'FAILED',
  reason: 'NonZeroExitCode',
  exitCode: { code: 1, signal: 0 },
};

function dependency(text: string): Dependency {
  return parseDependency(text) ?? assert.fail(text);
}

const base = clusterOf(formatRaised, registered('node1', { cpus: 64, sockets: 16 }));
const child = (text: string, given: Partial<JobSpec> = {}): ClusterEvent =>
  submitted(100, { dependency: dependency(text), ...given });

function starts(id: number): ClusterEvent {
  return allocated(id, [share('node1')]);
}
function ends(id: number, report: EndReport = completed): readonly ClusterEvent[] {
  return [starts(id), released(id, 'node1', { report })];
}

/** `state|%E` of job 100. */
function standing(cluster: Cluster, at = now + 1000, task?: number): string {
  const job = cluster.jobs.get(100) ?? assert.fail();
  const { state, left } = standingOf(cluster, job, at, task);
  return `${state}|${formatDependency(left)}`;
}

describe('depend: one parent', () => {
  const waits = 'waits|TYPE:1(unfulfilled)';
  const cases: readonly (readonly [string, readonly ClusterEvent[], Readonly<Record<string, string>>])[] = [
    ['waiting', [], { after: waits, afterany: waits, afterok: waits, afternotok: waits, aftercorr: waits }],
    ['running', [starts(1)], { after: 'met|', afterany: waits, afterok: waits, afternotok: waits }],
    ['completing', [starts(1), endRequested(1)], { after: 'met|', afterany: waits, afternotok: waits }],
    [
      'done',
      ends(1),
      { after: 'met|', afterany: 'met|', afterok: 'met|', afternotok: 'never|TYPE:1(failed)' },
    ],
    ['failed', ends(1, failed), { afterany: 'met|', afterok: 'never|TYPE:1(failed)', afternotok: 'met|' }],
    [
      'cancelled while it waited',
      [cancelled(1)],
      { after: 'met|', afterok: 'never|TYPE:1(failed)', afternotok: 'met|' },
    ],
  ];
  for (const [what, events, expected] of cases) {
    for (const [type, result] of Object.entries(expected)) {
      it(`${what}: ${type} is ${result}`, () => {
        const cluster = after(base, submitted(1), ...events, child(`${type}:1`));
        assert.equal(standing(cluster), result.replace('TYPE', type));
      });
    }
  }

  it('minutes count from the start', () => {
    const cluster = after(base, submitted(1), starts(1), child('after:1+2'));
    const start = now + 1;
    assert.equal(standing(cluster, start + 119), 'waits|after:1+2(unfulfilled)');
    assert.equal(standing(cluster, start + 120), 'met|');
    const job = cluster.jobs.get(100) ?? assert.fail();
    assert.equal(standingOf(cluster, job, start).due, start + 120);
  });
});

describe('depend: who is not known', () => {
  it('is as good as done: of a higher id, closed, or after a while', () => {
    assert.equal(standing(after(base, child('afterok:999'))), 'met|');
    assert.equal(
      standing(after(base, { name: 'idsClosed', time: now, ids: [7] }, child('afterok:7')), now),
      'met|',
    );
    assert.equal(standing(after(base, child('afterok:7')), now + 86_399), 'waits|afterok:7(unfulfilled)');
    assert.equal(standing(after(base, child('afterok:7')), now + 86_400), 'met|');
  });

  it('one that was submitted later was not meant, unless an update names it', () => {
    const cluster = after(base, child('afterok:101'), submitted(101));
    assert.equal(standing(cluster), 'met|');
    const job = cluster.jobs.get(100) ?? assert.fail();
    const updated = withDependency(cluster, job.spec, dependency('afterok:101,afterok:555'));
    assert.deepEqual(
      updated.dependency?.clauses.map((clause) => clause.jobId),
      [101],
    );
    const changed = after(cluster, { name: 'jobUpdated', time: now, id: 100, spec: updated, by: 0 });
    assert.equal(standing(changed), 'waits|afterok:101(unfulfilled)');
    assert.equal(withDependency(cluster, job.spec, dependency('')).dependency, undefined);
    assert.equal(
      withDependency(cluster, job.spec, dependency('afterok:1?afterok:555')).dependency,
      undefined,
    );
  });
});

describe('depend: several (dep.and, dep.mixed)', () => {
  const two = after(base, submitted(1), submitted(2));

  it('all of them, of which those that are met disappear', () => {
    const both = after(two, child('afterok:1:2'));
    assert.equal(standing(both), 'waits|afterok:1(unfulfilled),afterok:2(unfulfilled)');
    const one = after(both, ...ends(1));
    assert.equal(standing(one), 'waits|afterok:2(unfulfilled)');
    assert.equal(standing(after(one, ...ends(2))), 'met|');
    assert.equal(standing(after(both, ...ends(2, failed))), 'never|afterok:1(unfulfilled),afterok:2(failed)');
  });

  it('any of them', () => {
    const any = after(two, child('afterok:1?afterok:2'));
    assert.equal(standing(after(any, ...ends(1, failed))), 'waits|afterok:1(failed)?afterok:2(unfulfilled)');
    assert.equal(standing(after(any, ...ends(2))), 'met|');
    const none = after(any, ...ends(1, failed), ...ends(2, failed));
    assert.equal(standing(none), 'never|afterok:1(failed)?afterok:2(failed)');
  });

  it('a job that has started waits for nothing', () => {
    const cluster = after(two, child('afterok:1'), ...ends(1), starts(100));
    assert.equal(standing(after(cluster, submitted(3))), 'met|');
  });
});

describe('depend: arrays', () => {
  const array = after(base, submitted(1, { array: { tasks: [[1, 3]], throttle: 0 } }));
  const task = (id: number, number: number, report?: EndReport): readonly ClusterEvent[] => [
    allocated(id, [share('node1')], { array: { job: 1, task: number } }),
    ...(report ? [released(id, 'node1', { report })] : []),
  ];

  it('a whole array is waited for to the last task (dep.array_all)', () => {
    const cluster = after(array, child('afterok:1'), ...task(11, 1, completed), ...task(12, 2, completed));
    assert.equal(standing(cluster), 'waits|afterok:1_*(unfulfilled)');
    assert.equal(standing(after(cluster, ...task(1, 3, completed))), 'met|');
    assert.equal(standing(after(cluster, ...task(1, 3, failed))), 'never|afterok:1_*(failed)');
    const not = after(array, child('afternotok:1'), ...task(11, 1, failed), ...task(12, 2), ...task(1, 3));
    assert.equal(standing(not), 'waits|afternotok:1_*(unfulfilled)');
    assert.equal(standing(after(array, child('after:1'), ...task(11, 1))), 'waits|after:1_*(unfulfilled)');
  });

  it('or one of its tasks (dep.array_task)', () => {
    const cluster = after(array, child('afterok:1_2'));
    assert.equal(standing(cluster), 'waits|afterok:1_2(unfulfilled)');
    assert.equal(standing(after(cluster, ...task(12, 2, completed))), 'met|');
    assert.equal(
      standing(after(base, child('afterok:1_9'), { name: 'idsClosed', time: now, ids: [1] })),
      'met|',
    );
  });

  it('aftercorr waits task by task', () => {
    const tasks = { array: { tasks: [[1, 3]] as const, throttle: 0 } };
    const cluster = after(
      array,
      child('aftercorr:1', tasks),
      ...task(11, 1, completed),
      ...task(12, 2, failed),
    );
    assert.equal(standing(cluster, now, 1), 'met|');
    assert.equal(standing(cluster, now, 2), 'never|aftercorr:1_*(failed)');
    assert.equal(standing(cluster, now, 3), 'waits|aftercorr:1_*(unfulfilled)');
  });
});

describe('depend: singleton', () => {
  const same = { name: 'sng', dependency: dependency('singleton') };

  it('one of a name at a time, in the order of ids', () => {
    const cluster = after(base, submitted(99, same), submitted(100, same), submitted(101, same));
    assert.equal(standing(cluster), 'waits|singleton(unfulfilled)');
    assert.equal(standing(after(cluster, starts(99))), 'waits|singleton(unfulfilled)');
    assert.equal(standing(after(cluster, ...ends(99))), 'met|');
  });

  it('another user’s, and the tasks of one array, do not stand in the way', () => {
    assert.equal(standing(after(base, submitted(99, { ...same, uid: 7 }), submitted(100, same))), 'met|');
    const array = { ...same, array: { tasks: [[1, 3]] as const, throttle: 0 } };
    const cluster = after(base, submitted(100, array));
    const running = after(cluster, allocated(101, [share('node1')], { array: { job: 100, task: 1 } }));
    assert.equal(standing(running), 'met|');
  });
});

describe('depend: what has to stay', () => {
  it('a parent that did not do what is waited for, or whose minutes are not over', () => {
    const parents = after(
      base,
      submitted(1),
      submitted(2),
      submitted(3),
      ...ends(1),
      ...ends(2, failed),
      ...ends(3),
    );
    assert.deepEqual([...parentsToKeep(parents)], []);
    const cluster = after(parents, child('afterok:1:2,after:3+5'));
    assert.deepEqual([...parentsToKeep(cluster)], [2, 3]);
    // It may be asked to wait again, until it has left the state.
    const inVain = after(cluster, cancelled(100));
    assert.deepEqual([...parentsToKeep(inVain)], [2, 3]);
    const gone = after(inVain, { name: 'jobsAccounted', segment: 1, ids: [100] });
    assert.deepEqual([...parentsToKeep(gone)], []);
  });

  it('all tasks of an array that is waited for', () => {
    const cluster = after(
      base,
      submitted(1, { array: { tasks: [[1, 2]], throttle: 0 } }),
      allocated(11, [share('node1')], { array: { job: 1, task: 1 } }),
      released(11, 'node1', { report: failed }),
      child('afterok:1'),
    );
    assert.deepEqual([...parentsToKeep(cluster)].sort(), [1, 11]);
  });
});

describe('depend: circles', () => {
  it('are told, over others and over arrays', () => {
    const cluster = after(
      base,
      submitted(1),
      submitted(2, { dependency: dependency('afterok:1') }),
      submitted(3, { dependency: dependency('afterany:2'), array: { tasks: [[1, 2]], throttle: 0 } }),
    );
    assert.ok(makesCycle(cluster, 1, dependency('afterok:3')));
    assert.ok(makesCycle(cluster, 1, dependency('afterok:3_1')));
    assert.ok(makesCycle(cluster, 1, dependency('afterok:1')));
    assert.ok(!makesCycle(cluster, 3, dependency('afterok:2')));
    assert.ok(!makesCycle(cluster, 4, dependency('afterok:3,singleton')));
  });

  it('a job in one waits, and the look at it ends', () => {
    const one = after(base, submitted(1), submitted(100));
    const change = (id: number, text: string): ClusterEvent => {
      const job = one.jobs.get(id) ?? assert.fail();
      return {
        name: 'jobUpdated',
        time: now,
        id,
        spec: withDependency(one, job.spec, dependency(text)),
        by: 0,
      };
    };
    const circle = after(one, change(1, 'afterok:100'), change(100, 'afterok:1'));
    assert.equal(standing(circle), 'waits|afterok:1(unfulfilled)');
    assert.ok(makesCycle(circle, 2, dependency('afterok:1')) === false);
  });

  it('long chains and many clauses cost no more than they are long', () => {
    const count = 10_000;
    let chain = base;
    for (let id = 1; id <= count; id += 1) {
      const given = id === 1 ? {} : { dependency: dependency(`afterok:${id - 1}`) };
      chain = { ...chain, jobs: chain.jobs.set(id, { ...pendingJob(id, given) }) };
    }
    const all = Array.from({ length: count }, (_, index) => `${index + 1}`).join(':');
    const start = performance.now();
    assert.ok(makesCycle(chain, 1, dependency(`afterok:${count}`)));
    const wide = {
      ...chain,
      jobs: chain.jobs.set(count + 1, pendingJob(count + 1, { dependency: dependency(`afterok:${all}`) })),
    };
    const job = wide.jobs.get(count + 1) ?? assert.fail();
    assert.equal(standingOf(wide, job, now).left.clauses.length, count);
    assert.equal(parentsToKeep(wide).size, count);
    assert.ok(performance.now() - start < 5000);
  });
});

function pendingJob(id: number, given: Partial<JobSpec>) {
  const state = 'PENDING' as const;
  const times = { submitTime: now, eligibleTime: now, attempt: 0 };
  return { state, id, spec: spec(given), reason: 'None' as const, ...times };
}
