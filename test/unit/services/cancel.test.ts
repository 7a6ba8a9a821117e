import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CancelAsk, cancelJobs, chooseTargets } from '../../../src/services/cancel.ts';
import { readInbox } from '../../../src/store/inbox.ts';
import { cluster, ended, node, now, pending, running, share, spec } from '../builders.ts';
import { fakeCluster } from '../session.ts';

const alice = 2001;
const bob = { user: 'bob', uid: 2002 };
const on1 = [share('gpu01')];
const on2 = [share('gpu02')];

/** Job 10 is an array of 1-5: 1 has ended, 2 runs, the rest waits. */
const state = cluster(
  [node('gpu01'), node('gpu02')],
  [
    running(1, { spec: { name: 'train' }, shares: on1 }),
    pending(2, { spec: { name: 'train' } }),
    ended(3, { shares: on1, endState: 'COMPLETED' }),
    running(4, { spec: bob, shares: on2 }),
    pending(10, { spec: { name: 'sweep' }, tasks: [[3, 5]] }),
    ended(11, { spec: { name: 'sweep' }, shares: on1, endState: 'COMPLETED', array: [10, 1] }),
    running(12, { spec: { name: 'sweep' }, shares: on2, array: [10, 2] }),
  ],
);

function choose(given: Partial<CancelAsk>) {
  const ask: CancelAsk = {
    targets: [],
    filter: {},
    action: { name: 'cancel' },
    sender: { uid: alice },
    host: 'login',
    ...given,
  };
  return chooseTargets(state, ask).map(({ target, outcome }) => {
    const task = target.task === undefined ? '' : `_${target.task}`;
    return `${target.job}${task} ${outcome}`;
  });
}

describe('chooseTargets', () => {
  test('jobs by their ids', () => {
    const targets = [
      { job: 1 },
      { job: 3 },
      { job: 4 },
      { job: 10 },
      { job: 10, task: 4 },
      { job: 12 },
      { job: 99 },
    ];
    assert.deepEqual(choose({ targets }), [
      '1 sent',
      '3 finished',
      '4 denied',
      '10 sent',
      '10_4 sent',
      '12 sent',
      '99 unknown',
    ]);
    assert.deepEqual(
      choose({
        targets: [
          { job: 10, task: 1 },
          { job: 10, task: 9 },
        ],
      }),
      ['10_1 finished', '10_9 unknown'],
    );
  });

  test('root may end all', () => {
    assert.deepEqual(choose({ targets: [{ job: 4 }], sender: { uid: 0 } }), ['4 sent']);
  });

  test('by name, state, node, partition and account', () => {
    assert.deepEqual(choose({ filter: { jobName: 'train' } }), ['1 sent', '2 sent']);
    assert.deepEqual(choose({ filter: { jobName: 'train', state: 'PENDING' } }), ['2 sent']);
    assert.deepEqual(choose({ filter: { nodelist: ['gpu02'] } }), ['10_2 sent']);
    assert.deepEqual(choose({ filter: { partition: 'nosuch' } }), []);
    assert.deepEqual(choose({ filter: { account: 'nosuch' } }), []);
  });

  test('the part of an array that waits, and no task that runs', () => {
    const filter = { jobName: 'sweep', state: 'PENDING' };
    assert.deepEqual(choose({ filter }), ['10_3 sent', '10_4 sent', '10_5 sent']);
  });

  test('ids and conditions hold together', () => {
    assert.deepEqual(choose({ targets: [{ job: 1 }, { job: 2 }], filter: { state: 'RUNNING' } }), [
      '1 sent',
      '2 unmatched',
    ]);
    assert.deepEqual(choose({ targets: [{ job: 10, task: 4 }], filter: { state: 'PENDING' } }), [
      '10_4 sent',
    ]);
  });

  test("other users' jobs only where they are named", () => {
    assert.deepEqual(choose({ filter: { state: 'RUNNING' } }), ['1 sent', '10_2 sent']);
    assert.deepEqual(choose({ filter: { users: ['bob'] } }), ['4 denied']);
    assert.deepEqual(choose({ filter: { users: ['2002'] }, sender: { uid: 0 } }), ['4 sent']);
  });
});

describe('cancelJobs', () => {
  const fresh = async () => {
    const there = await fakeCluster();
    await there.commit([{ name: 'jobSubmitted', time: now, id: 1, spec: spec() }]);
    return { there, session: await there.open() };
  };

  test('one request for all that is to end', async () => {
    const { session } = await fresh();
    const ask = { targets: [{ job: 1 }, { job: 7 }], filter: {}, sender: { uid: alice }, host: 'login' };
    const outcomes = await cancelJobs(session, { ...ask, action: { name: 'cancel' } });
    assert.deepEqual(outcomes, [
      { job: '1', outcome: 'sent' },
      { job: '7', outcome: 'unknown' },
    ]);
    const { requests } = await readInbox(session.store, 'all');
    assert.deepEqual(
      requests.map(({ request }) => request),
      [{ name: 'cancel', targets: [{ job: 1 }] }],
    );
    const { cluster: after } = await session.present.view();
    assert.equal(after.jobs.get(1)?.state, 'ENDED');
  });

  test('nobody is asked about a job that is over, and it is called invalid (observed)', async () => {
    const { there, session } = await fresh();
    await there.commit([{ name: 'jobCancelled', time: now, id: 1, by: alice }]);
    const asked: string[] = [];
    const outcomes = await cancelJobs(session, {
      ...{ targets: [{ job: 1 }], filter: {}, sender: { uid: alice }, host: 'login' },
      action: { name: 'cancel' },
      confirm: async ({ id }) => asked.push(id) > 0,
    });
    assert.deepEqual([outcomes, asked], [[{ job: '1', outcome: 'unmatched' }], []]);
  });

  test('no request for nothing', async () => {
    const { session } = await fresh();
    const action = { name: 'signal', signal: 10, scope: 'steps' } as const;
    await cancelJobs(session, {
      targets: [{ job: 7 }],
      filter: {},
      sender: { uid: alice },
      host: 'login',
      action,
    });
    assert.deepEqual((await readInbox(session.store, 'all')).requests, []);
  });
});
