import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from '../../../../src/commands/scancel/run.ts';
import { readInbox } from '../../../../src/store/inbox.ts';
import { fakeIo, node, now, share, spec } from '../../builders.ts';
import { fakeCluster } from '../../session.ts';

/** Job 1 is alice's and runs, 2 is alice's and waits, 3 is bob's. Root alone may change what is others'. */
async function scancel(argv: readonly string[], uid = 2001, answers: readonly string[] = []) {
  const there = await fakeCluster([node('gpu01')]);
  const config = { partitions: [], nodes: [], admins: ['root'], adminUids: [0] };
  await there.commit([
    { name: 'formatRaised', time: now, format: 3 },
    { name: 'clusterConfigured', time: now, config },
    { name: 'jobSubmitted', time: now, id: 1, spec: spec({ name: 'train' }) },
    { name: 'jobSubmitted', time: now, id: 2, spec: spec() },
    { name: 'jobSubmitted', time: now, id: 3, spec: spec({ user: 'bob', uid: 2002 }) },
    { name: 'jobAllocated', time: now, id: 1, attempt: 1, allocation: [share('gpu01')] },
  ]);
  const session = await there.open({ uid });
  const io = fakeIo();
  const lines = [...answers];
  const deps = {
    open: async () => session,
    user: { uid, name: 'alice' },
    host: 'login',
    isUser: async (name: string) => name !== 'nosuch',
    readLine: async () => lines.shift(),
  };
  const exitCode = await run(argv, io, deps);
  const { requests } = await readInbox(session.store, 'all');
  return { exitCode, ...io.printed, requests: requests.map(({ request }) => request) };
}

describe('silent, as captured', () => {
  const cases: readonly (readonly [readonly string[], object | undefined])[] = [
    [['1'], { name: 'cancel', targets: [{ job: 1 }] }],
    [['1,2'], { name: 'cancel', targets: [{ job: 1 }, { job: 2 }] }],
    [['999999'], undefined],
    [['-Q', '999999'], undefined],
    [['-n', 'nosuch'], undefined],
    [['-p', 'nosuch'], undefined],
    [['--me'], { name: 'cancel', targets: [{ job: 1 }, { job: 2 }] }],
    [['-u', 'alice', '-t', 'RUNNING'], { name: 'cancel', targets: [{ job: 1 }] }],
    [['--signal=KILL', '1'], { name: 'cancel', targets: [{ job: 1 }] }],
    [['-s', 'USR1', '1'], { name: 'signal', targets: [{ job: 1 }], signal: 10, scope: 'steps' }],
    [['-b', '-s', 'USR1', '1'], { name: 'signal', targets: [{ job: 1 }], signal: 10, scope: 'batch' }],
    [['-f', '-s', 'USR1', '1'], { name: 'signal', targets: [{ job: 1 }], signal: 10, scope: 'full' }],
  ];
  for (const [argv, request] of cases) {
    test(argv.join(' '), async () => {
      const { exitCode, out, err, requests } = await scancel(argv);
      assert.deepEqual([exitCode, out, err], [0, '', '']);
      assert.deepEqual(requests, request === undefined ? [] : [request]);
    });
  }
});

describe('with words, as captured', () => {
  const unknown = 'Kill job error on job id 999999: Invalid job id specified';
  const cases: readonly (readonly [readonly string[], number, string])[] = [
    [[], 1, 'scancel: error: No job identification provided\n'],
    [['abc'], 1, 'scancel: error: Invalid job id abc\n'],
    [['-v', '999999'], 0, `scancel: Terminating job 999999\nscancel: error: ${unknown}\n`],
    [['-v', '1'], 0, 'scancel: Terminating job 1\n'],
    [['-v', '-s', 'USR1', '1'], 0, 'scancel: Signal 10 to job 1\n'],
    [['-v', '-b', '-s', 'USR2', '1'], 0, 'scancel: Signal 12 to batch job 1\n'],
    [['-n', 'nosuch', '1'], 1, 'scancel: error: Kill job error on job id 1: Invalid job id specified\n'],
    [['-u', 'nosuch'], 1, 'scancel: error: Invalid user name: nosuch\n'],
    [['-i', '999999'], 1, `scancel: error: ${unknown}\n`],
    [
      ['-v', '-p', 'nosuch'],
      0,
      'scancel: error: No active jobs match ALL job filters, including: partition=nosuch \n',
    ],
    [
      ['-v', '1', '3'],
      210,
      'scancel: Terminating job 1\nscancel: Terminating job 3\n' +
        'scancel: error: Kill job error on job id 3: Access/permission denied\n',
    ],
    [['3'], 210, 'scancel: error: Kill job error on job id 3: Access/permission denied\n'],
  ];
  for (const [argv, code, message] of cases) {
    test(argv.join(' ') || 'nothing', async () => {
      const { exitCode, out, err } = await scancel(argv);
      assert.deepEqual([exitCode, out, err], [code, '', message]);
    });
  }

  test('asked before each job', async () => {
    const question = 'Cancel job_id=1 name=train partition=main [y/n]? ';
    const no = await scancel(['-i', '1'], 2001, ['n']);
    assert.deepEqual([no.exitCode, no.out, no.requests], [0, question, []]);
    const unclear = await scancel(['-i', '1'], 2001, ['', 'perhaps', 'Yes']);
    assert.deepEqual([unclear.out, unclear.requests.length], [question.repeat(3), 1]);
    const silent = await scancel(['-i', '1'], 2001, []);
    assert.deepEqual([silent.exitCode, silent.requests], [0, []]);
  });

  test('by quality of service, reservation and workload key', async () => {
    assert.equal((await scancel(['-q', 'normal'])).requests.length, 1);
    for (const argv of [
      ['-q', 'high'],
      ['-R', 'none'],
      ['--wckey=none'],
      ['-H', '999999'],
      ['--ctld', '-n', 'x'],
    ])
      assert.deepEqual((await scancel(argv)).requests, [], argv.join(' '));
  });

  test('root ends the jobs of others', async () => {
    const { exitCode, requests } = await scancel(['3'], 0);
    assert.deepEqual([exitCode, requests.length], [0, 1]);
  });
});
