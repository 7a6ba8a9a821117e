import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide } from '../../../src/core/decide.ts';
import { afterUpdate, mayAdminister, overReservations } from '../../../src/core/decide-settings.ts';
import { freeNow } from '../../../src/core/free.ts';
import { plan } from '../../../src/core/plan.ts';
import { reduceAll } from '../../../src/core/reduce.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { emptyConfig } from '../../../src/model/config.ts';
import { limits } from '../../../src/model/limits.ts';
import type { NodeAdmin } from '../../../src/model/node.ts';
import { defaultPartitionOf, partitionNamed, partitionsOf } from '../../../src/model/partition.ts';
import type { Request, SentRequest } from '../../../src/model/request.ts';
import { cluster, completing, ended, node, now, pending, running, share } from '../builders.ts';

type NodeUpdate = Extract<Request, { readonly name: 'updateNode' }>;

const jobs = [
  running(1, { shares: [share('a')] }),
  running(2, { shares: [share('a'), share('b')], spec: { requeue: false } }),
  running(3, { shares: [share('b')] }),
  running(4, { shares: [share('a')], spec: { kind: 'interactive' } }),
  pending(5),
];
const before: Cluster = {
  ...cluster([node('a'), node('b')], jobs),
  format: 3,
  config: { nodes: [{ name: 'c' }], partitions: [{ name: 'p' }] },
};

function after(request: Request, from: Cluster = before, given: Partial<SentRequest> = {}): Cluster {
  const sent = { requestId: 'request-1', uid: 0, time: now, request, ...given };
  return reduceAll(from, decide(from, [sent], now));
}

function outcomeOf(request: Request, from: Cluster, given: Partial<SentRequest> = {}): string | undefined {
  const sent = { requestId: 'request-1', uid: 0, time: now, request, ...given };
  const handled = decide(from, [sent], now).find((event) => event.name === 'requestHandled');
  return handled?.outcome;
}

const drain: Request = { name: 'updateNode', nodes: ['a', 'c', 'nosuch'], state: 'drain', reason: 'disk' };

describe('who may', () => {
  test('root, the owner where nobody is named, and those who are', () => {
    assert.equal(mayAdminister(before, { uid: 0 }), true);
    assert.equal(mayAdminister(before, { uid: 2001 }), false);
    assert.equal(mayAdminister(before, { uid: 2001, isOwner: true }), true);
    const config = { nodes: [], partitions: [], admins: ['carol', 'nobody'], adminUids: [1000] };
    assert.equal(mayAdminister({ ...before, config }, { uid: 1000 }), true);
    assert.equal(mayAdminister({ ...before, config }, { uid: 2001, isOwner: true }), false);
  });

  test('a request of somebody else leads to nothing', () => {
    const refused = after(drain, before, { uid: 2001 });
    assert.deepEqual(refused, { ...before, handled: new Set(['request-1']) });
    assert.equal(outcomeOf(drain, before, { uid: 2001 }), 'refused: not an administrator');
    assert.match(outcomeOf(drain, { ...before, format: 2 }) ?? '', /older format/);
  });
});

describe('nodes', () => {
  test('take no jobs while they are drained; what runs there runs on', () => {
    const drained = after(drain);
    assert.deepEqual(drained.nodes.get('a')?.admin, {
      isDrained: true,
      reason: { text: 'disk', uid: 0, time: now },
    });
    assert.deepEqual([...freeNow(drained).keys()], ['b']);
    assert.equal(drained.jobs, before.jobs);
    const again = after({ name: 'updateNode', nodes: ['a'], state: 'resume' }, drained, {
      requestId: 'request-2',
    });
    assert.deepEqual(again.nodes.get('a')?.admin, {});
    assert.deepEqual([...freeNow(again).keys()], ['a', 'b']);
  });

  test('what is said of one that never came holds when it comes', () => {
    const drained = after(drain);
    assert.equal(drained.absentNodes.get('c')?.isDrained, true);
    const { record } = node('c');
    const there = reduceAll(drained, [{ name: 'nodeRegistered', time: now, record }]);
    assert.equal(there.nodes.get('c')?.admin?.isDrained, true);
    assert.equal(there.absentNodes.size, 0);
    const config = { nodes: [], partitions: [] };
    const undeclared = reduceAll(drained, [{ name: 'clusterConfigured', time: now, config }]);
    assert.equal(undeclared.absentNodes.size, 0);
  });

  test('that are called down end what runs there: it waits again, or ends as NODE_FAIL', () => {
    const request: Request = { name: 'updateNode', nodes: ['a', 'b'], state: 'down', reason: 'fire' };
    const down = after(request);
    const ends = [1, 2, 3, 4].map((id) => {
      const job = down.jobs.get(id);
      assert.ok(job?.state === 'COMPLETING', `job ${id}`);
      return job.requeue === undefined ? job.endState : 'again';
    });
    assert.deepEqual(ends, ['again', 'NODE_FAIL', 'again', 'NODE_FAIL']);
    assert.equal(down.jobs.get(5)?.state, 'PENDING');
  });

  test('states follow on each other as in Slurm (captures "node and partition states")', () => {
    const steps = (...states: NonNullable<NodeUpdate['state']>[]): string => {
      let admin: NodeAdmin = {};
      for (const state of states) {
        const isOut = state === 'down' || state === 'drain' || state === 'fail';
        const request = { name: 'updateNode', nodes: ['a'], state, ...(isOut && { reason: state }) } as const;
        admin = afterUpdate(admin, request, { time: now, by: 0 });
      }
      const flags = Object.entries(admin).filter(([, value]) => value === true);
      return [...flags.map(([key]) => key), admin.reason?.text ?? '-'].join(' ');
    };
    assert.equal(steps('down'), 'isDown down');
    assert.equal(steps('down', 'drain'), 'isDown isDrained drain');
    assert.equal(steps('down', 'drain', 'undrain'), 'isDown drain');
    assert.equal(steps('drain', 'undrain'), '-');
    assert.equal(steps('down', 'drain', 'fail', 'resume'), '-');
    assert.equal(steps('fail', 'idle'), '-');
  });

  test('a comment, features and a weight are kept beside', () => {
    const words = { comment: 'x', extra: 'y', features: ['f', 'g'], activeFeatures: ['f'], weight: 7 };
    const told = after({ name: 'updateNode', nodes: ['a'], ...words, reason: 'for nothing' });
    assert.deepEqual(told.nodes.get('a')?.admin, words);
    const less = { name: 'updateNode', nodes: ['a'], comment: '', features: ['h'] } as const;
    const { comment: _comment, activeFeatures: _active, ...rest } = words;
    assert.deepEqual(after(less, told, { requestId: 'request-2' }).nodes.get('a')?.admin, {
      ...rest,
      features: ['h'],
    });
  });
});

test('partitions have the state that was said last, until the settings are read anew', () => {
  const down = after({ name: 'updatePartition', partition: 'p', state: 'down' });
  assert.deepEqual([...down.partitionStates], [['p', 'down']]);
  const config = { nodes: [], partitions: [{ name: 'p' }] };
  assert.equal(reduceAll(down, [{ name: 'clusterConfigured', time: now, config }]).partitionStates.size, 0);
  const nosuch: Request = { name: 'updatePartition', partition: 'q', state: 'down' };
  assert.equal(outcomeOf(nosuch, before), 'refused: no such partition');
});

test('a job with --no-kill goes on without a node that is called down, unless it is its first', () => {
  const spec = { noKill: true, requeue: false };
  const wide = (id: number, ...names: readonly string[]) =>
    running(id, { shares: names.map((name) => share(name)), spec });
  const jobsThere = [wide(1, 'a', 'b'), wide(2, 'b', 'a'), wide(3, 'b')];
  const from: Cluster = { ...cluster([node('a'), node('b')], jobsThere), format: 3 };
  const down = after({ name: 'updateNode', nodes: ['b'], state: 'down', reason: 'x' }, from);
  assert.deepEqual(
    [...down.jobs.values()].map(({ state }) => state),
    ['RUNNING', 'COMPLETING', 'COMPLETING'],
  );
});

describe('what is said of a partition', () => {
  const update = (given: object, from = before, requestId = 'request-1'): Cluster =>
    after({ name: 'updatePartition', partition: 'p', ...given } as Request, from, { requestId });

  test('comes in place of the settings, until they are read anew', () => {
    const limited = update({ set: { maxTime: 30, maxNodes: 2 } });
    assert.deepEqual(partitionNamed(limited, 'p')?.config, { name: 'p', maxTime: 30, maxNodes: 2 });
    assert.equal(partitionNamed(limited, 'p')?.timeLimit, 30);
    const again = update({ set: { maxNodes: 3 }, clear: ['maxTime'], state: 'down' }, limited, 'request-2');
    assert.deepEqual(partitionNamed(again, 'p')?.config, { name: 'p', maxNodes: 3 });
    assert.equal(partitionNamed(again, 'p')?.state, 'down');
    const config = { nodes: [], partitions: [{ name: 'p' }] };
    const anew = reduceAll(again, [{ name: 'clusterConfigured', time: now, config }]);
    assert.deepEqual(partitionNamed(anew, 'p')?.config, { name: 'p' });
  });

  test('there is one default', () => {
    const config = { nodes: [], partitions: [{ name: 'q', isDefault: true, maxTime: 9 }, { name: 'p' }] };
    const changed = update({ set: { isDefault: true } }, { ...before, config });
    assert.equal(defaultPartitionOf(changed)?.name, 'p');
    assert.deepEqual(partitionNamed(changed, 'q')?.config, { name: 'q', isDefault: false, maxTime: 9 });
  });

  test('jobs go by it at once', () => {
    const waits = cluster([node('a')], [pending(5, { spec: { partition: 'p', timeLimit: 10 } })]);
    const limited = update({ set: { maxTime: 5 } }, { ...before, jobs: waits.jobs });
    assert.equal(plan(limited, now).reasons.get(5), 'PartitionTimeLimit');
    assert.deepEqual(partitionNamed(update({ set: { nodes: [] } }), 'p')?.nodes, []);
  });

  test('one is made behind those of the settings, without nodes unless it is said', () => {
    const empty = update({ partition: 'made', isNew: true });
    assert.deepEqual(
      partitionsOf(empty).map(({ name }) => name),
      ['p', 'made'],
    );
    assert.deepEqual(partitionNamed(empty, 'made')?.nodes, []);
    assert.deepEqual(partitionNamed(empty, 'made')?.config, { name: 'made', nodes: [], minNodes: 1 });
    const full = update(
      { partition: 'more', isNew: true, set: { nodes: ['a'], isDefault: true } },
      empty,
      'r2',
    );
    assert.deepEqual(partitionNamed(full, 'more')?.nodes, ['a']);
    assert.equal(defaultPartitionOf(full)?.name, 'more');
    const all = update({ partition: 'all', isNew: true, clear: ['nodes'], state: 'down' }, full, 'r3');
    assert.deepEqual(partitionNamed(all, 'all')?.nodes, ['a', 'b', 'c']);
    assert.equal(partitionNamed(all, 'all')?.state, 'down');
    const taken: Request = { name: 'updatePartition', partition: 'made', isNew: true };
    assert.equal(outcomeOf(taken, all, { requestId: 'r4' }), 'refused: its name is taken');
    const anew = reduceAll(all, [
      { name: 'clusterConfigured', time: now, config: before.config ?? emptyConfig },
    ]);
    assert.deepEqual(
      partitionsOf(anew).map(({ name }) => name),
      ['p'],
    );
  });

  test('there are no more than a checkpoint holds', () => {
    const partitions = Array.from({ length: limits.partitions }, (_, index) => ({ name: `p${index}` }));
    const full = { ...before, config: { nodes: [], partitions } };
    const more: Request = { name: 'updatePartition', partition: 'more', isNew: true };
    assert.equal(outcomeOf(more, full), 'refused: too many partitions');
  });

  test('one is taken away where no job is in it, until the settings are read anew or it is made', () => {
    const remove = (partition: string, from = before, requestId = 'r1'): Cluster =>
      after({ name: 'deletePartition', partition }, from, { requestId });
    const names = (from: Cluster): string =>
      partitionsOf(from)
        .map(({ name }) => name)
        .join(' ');
    const made = update({ partition: 'made', isNew: true, state: 'down' });
    assert.equal(names(remove('made', made)), 'p');
    assert.equal(remove('made', made).partitionStates.size, 0);
    const gone = remove('p', made);
    assert.equal(names(gone), 'made');
    assert.equal(names(update({ isNew: true, set: { maxTime: 3 } }, gone, 'r2')), 'p made');
    const config = before.config ?? emptyConfig;
    assert.equal(names(reduceAll(gone, [{ name: 'clusterConfigured', time: now, config }])), 'p');
    const again: Request = { name: 'deletePartition', partition: 'p' };
    assert.equal(outcomeOf(again, gone, { requestId: 'r3' }), 'refused: no such partition');
    const over = completing(9, { shares: [share('a')], endState: 'COMPLETED', spec: { partition: 'p' } });
    for (const [job, outcome] of [
      [over, 'done'],
      [{ ...over, requeue: { hold: false } }, 'refused: jobs are in it'],
      [running(9, { shares: [share('a')], spec: { partition: 'p' } }), 'refused: jobs are in it'],
      [pending(9, { spec: { partition: 'q,p' } }), 'refused: jobs are in it'],
      [ended(9, { shares: [], endState: 'COMPLETED', spec: { partition: 'p' } }), 'done'],
    ] as const) {
      const used = { ...before, jobs: cluster([node('a')], [job]).jobs };
      assert.equal(outcomeOf(again, used), outcome);
    }
  });

  test('what runs in a reservation ends with it', () => {
    const reservation = { name: 'r', startTime: now - 100, endTime: now, nodes: ['a'], users: ['alice'] };
    const job = (id: number, name?: string) =>
      running(id, { shares: [share('a')], spec: name === undefined ? {} : { reservation: name } });
    const reserved: Cluster = {
      ...cluster([node('a')], [job(1, 'r'), job(2), job(3, 'other')]),
      format: 3,
      reservations: new Map([['r', reservation]]),
    };
    const over = reduceAll(reserved, overReservations(reserved, now));
    const states = [...over.jobs.values()].map((one) => ('endState' in one ? one.endState : one.state));
    assert.deepEqual(states, ['TIMEOUT', 'RUNNING', 'RUNNING']);
  });
});

describe('reservations', () => {
  const reservation = { name: 'r', startTime: now - 100, endTime: now, nodes: ['a'], users: ['alice'] };
  const set = (isNew: boolean): Request => ({ name: 'setReservation', reservation, isNew });

  test('are made once, changed and deleted', () => {
    const made = after(set(true));
    assert.deepEqual([...made.reservations.values()], [reservation]);
    assert.match(outcomeOf(set(true), made, { requestId: 'request-2' }) ?? '', /^refused/);
    assert.match(outcomeOf(set(false), before) ?? '', /^refused/);
    const gone: Request = { name: 'deleteReservation', reservation: 'r' };
    assert.equal(after(gone, made, { requestId: 'request-2' }).reservations.size, 0);
    assert.match(outcomeOf(gone, before) ?? '', /^refused/);
    const waits = cluster([node('a')], [pending(7, { spec: { reservation: 'r' } })]);
    assert.equal(
      outcomeOf(gone, { ...made, jobs: waits.jobs, handled: new Set() }),
      'refused: jobs are of it',
    );
  });

  test('go when they are over, or come again', () => {
    const made = after(set(true));
    assert.deepEqual(overReservations(made, now - 1), []);
    assert.equal(reduceAll(made, overReservations(made, now)).reservations.size, 0);
    const daily = { ...reservation, flags: ['DAILY'] };
    const every = after({ name: 'setReservation', reservation: daily, isNew: true });
    const later = reduceAll(every, overReservations(every, now + 2 * 86_400)).reservations.get('r');
    assert.deepEqual([later?.startTime, later?.endTime], [now - 100 + 3 * 86_400, now + 3 * 86_400]);
  });
});

test('the same words twice lead to one thing', () => {
  const once = after(drain);
  assert.equal(decide(once, [{ requestId: 'request-1', uid: 0, time: now, request: drain }], now).length, 0);
});
