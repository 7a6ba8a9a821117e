import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run, type SacctDeps } from '../../../../src/commands/sacct/run.ts';
import { formatTimestamp } from '../../../../src/model/duration.ts';
import type { Job } from '../../../../src/model/job.ts';
import {
  completing,
  ended,
  fakeIo,
  gpu,
  neverStarted,
  node,
  now,
  pending,
  running,
  share,
  view,
} from '../../builders.ts';

const v100 = [0, 1].map((index) => gpu(index, { type: 'v100' }));
const nodes = [node('gpu03', { gpus: v100 }), node('gpu01'), node('gpu02')];
const gpuPartition = { partition: 'gpu' };
const termed = { code: 0, signal: 15 };

/** Jobs like those of a Slurm 22.05.8 that was asked the same. */
const jobs: readonly Job[] = [
  ended(1, {
    spec: {
      ...gpuPartition,
      name: 'ok',
      cpusPerTask: 2,
      timeLimit: 5,
      memoryPerNodeMb: 500,
      gpus: [{ count: 1, per: 'node' }],
    },
    submitTime: now - 4,
    shares: [share('gpu03', { cpus: 2, memoryMb: 500, gpus: [0] })],
    startTime: now - 3,
    endState: 'COMPLETED',
    endTime: now - 2,
  }),
  ended(2, {
    spec: { ...gpuPartition, name: 'bad' },
    shares: [share('gpu03')],
    endState: 'FAILED',
    reason: 'NonZeroExitCode',
    exitCode: { code: 3, signal: 0 },
  }),
  running(4, {
    spec: { ...gpuPartition, name: 'run', nodes: { min: 2, max: 2 }, ntasks: 2 },
    shares: [share('gpu01', { memoryMb: 1000 }), share('gpu02', { memoryMb: 1000 })],
  }),
  pending(5, { spec: { ...gpuPartition, name: 'pend', ntasks: 4, memoryPerNodeMb: 1024 }, held: 'user' }),
  { ...ended(6, { spec: gpuPartition, shares: [share('gpu03')], endState: 'CANCELLED' }), endedBy: 2001 },
  ended(9, {
    spec: { ...gpuPartition, name: 'arr' },
    array: [7, 1],
    shares: [share('gpu03')],
    endState: 'COMPLETED',
  }),
  pending(7, {
    spec: { ...gpuPartition, name: 'arr', array: { tasks: [[1, 4]], throttle: 1 } },
    tasks: [[2, 4]],
  }),
  ended(8, {
    spec: { ...gpuPartition, name: 'direct', kind: 'interactive' },
    shares: [share('gpu03')],
    endState: 'COMPLETED',
  }),
  { ...neverStarted(10, { endState: 'CANCELLED' }), endedBy: 2001 },
  ended(15, {
    spec: { ...gpuPartition, name: 'tl' },
    shares: [share('gpu03')],
    endState: 'TIMEOUT',
    exitCode: termed,
  }),
  ended(16, {
    spec: { ...gpuPartition, name: 'longnamelongname' },
    shares: [share('gpu03')],
    endState: 'FAILED',
    reason: 'RaisedSignal',
    exitCode: { code: 0, signal: 9 },
  }),
  completing(17, { spec: { user: 'bob', uid: 2002 }, shares: [share('gpu03')], endState: 'COMPLETED' }),
];
const all = view(nodes, jobs);

async function sacct(
  words: readonly string[],
  given: { uid?: number; environment?: Record<string, string>; jobs?: readonly Job[] } = {},
) {
  const io = fakeIo({ program: 'sacct', environment: given.environment ?? {} });
  const uid = given.uid ?? 2001;
  const deps: SacctDeps = {
    view: async (_spool, { accepts }) => ({
      ...all,
      clusterName: 'lab',
      jobs: (given.jobs ?? jobs).filter(accepts),
    }),
    user: { uid, name: uid === 0 ? 'root' : 'alice' },
    isUser: async (name) => name === 'bob' || name === '2002',
    time: { now, utcOffsetMinutes: () => 0 },
  };
  const exitCode = await run(words, io, deps);
  return { exitCode, ...io.printed };
}

async function rows(...words: readonly string[]): Promise<readonly string[]> {
  const { exitCode, out, err } = await sacct(['-n', '-P', ...words]);
  assert.deepEqual([exitCode, err], [0, '']);
  return out.split('\n').slice(0, -1);
}

test('scripts and environments are not kept, and are asked for by job', async () => {
  const rule = '-'.repeat(80);
  const pageOf = (first: string): string => `${first}\n${rule}\nNONE\n\n`;
  assert.equal((await sacct(['-B', '-j', '1'])).out, pageOf('Batch Script for 1'));
  const environment = pageOf('Environment used for 1 (must be batch to display)');
  assert.equal((await sacct(['--env-vars', '-j', '1'])).out, environment);
  for (const [option, what] of [
    ['-B', 'job scripts'],
    ['--env-vars', 'job environment'],
  ] as const) {
    const { exitCode, err } = await sacct([option]);
    const why = "you must also request specific jobs with the '-j' option.";
    assert.deepEqual([exitCode, err], [1, `sacct: fatal: When requesting ${what} ${why}\n`]);
  }
});

test('a script that went on after its job’s end took longer', async () => {
  const over = ended(15, { shares: [share('gpu03')], endState: 'TIMEOUT', exitCode: termed });
  const late = { ...over, scriptEndTime: over.endTime + 30 };
  const { out } = await sacct(['-n', '-P', '-j', '15', '-o', 'jobid,elapsed,end'], { jobs: [late] });
  const [whole = '', batch = ''] = out.split('\n');
  const [, wholeElapsed = '', wholeEnd = ''] = whole.split('|');
  const [, batchElapsed = '', batchEnd = ''] = batch.split('|');
  assert.equal(Date.parse(`${batchEnd}Z`) - Date.parse(`${wholeEnd}Z`), 30_000);
  const seconds = (text: string): number => Date.parse(`1970-01-01T${text}Z`) / 1000;
  assert.equal(seconds(batchElapsed) - seconds(wholeElapsed), 30);
});

describe('the table', () => {
  test('as Slurm lays it out: steps below jobs, arrays by tasks, held jobs left out', async () => {
    const { out } = await sacct([]);
    assert.equal(
      out,
      `JobID           JobName  Partition    Account  AllocCPUS      State ExitCode 
------------ ---------- ---------- ---------- ---------- ---------- -------- 
1                    ok        gpu       proj          2  COMPLETED      0:0 
1.batch           batch                  proj          2  COMPLETED      0:0 
2                   bad        gpu       proj          1     FAILED      3:0 
2.batch           batch                  proj          1     FAILED      3:0 
4                   run        gpu       proj          2    RUNNING      0:0 
4.batch           batch                  proj          1    RUNNING      0:0 
6                  wrap        gpu       proj          1 CANCELLED+      0:0 
6.batch           batch                  proj          1  CANCELLED     0:15 
8                direct        gpu       proj          1  COMPLETED      0:0 
8.0              direct                  proj          1  COMPLETED      0:0 
7_1                 arr        gpu       proj          1  COMPLETED      0:0 
7_1.batch         batch                  proj          1  COMPLETED      0:0 
7_[2-4%1]           arr        gpu       proj          1    PENDING      0:0 
10                 wrap       main       proj          1 CANCELLED+      0:0 
15                   tl        gpu       proj          1    TIMEOUT      0:0 
15.batch          batch                  proj          1  CANCELLED     0:15 
16           longnamel+        gpu       proj          1     FAILED      0:9 
16.batch          batch                  proj          1  CANCELLED      0:9 
`,
    );
  });

  test('every column of a job and of its step, as captured', async () => {
    const [head = '', job = '', step = ''] = (await sacct(['-P', '-o', 'ALL', '-j', '1'])).out.split('\n');
    const names = head.split('|');
    const cells = (line: string): Record<string, string> =>
      Object.fromEntries(line.split('|').map((cell, at) => [names[at] ?? '', cell]));
    assert.equal(names.length, 109);
    const ofJob = cells(job);
    const ofStep = cells(step);
    const expected: readonly (readonly [string, string, string])[] = [
      [
        'AllocTRES',
        'billing=2,cpu=2,gres/gpu:v100=1,gres/gpu=1,mem=500M,node=1',
        'cpu=2,gres/gpu:v100=1,gres/gpu=1,mem=500M,node=1',
      ],
      ['ReqTRES', 'billing=2,cpu=2,gres/gpu=1,mem=500M,node=1', ''],
      ['AllocNodes', '1', '1'],
      ['CPUTime', '00:00:02', '00:00:02'],
      ['Elapsed', '00:00:01', '00:00:01'],
      ['Start', '2026-11-22T20:43:46', '2026-11-22T20:43:46'],
      ['Submit', '2026-11-22T20:43:45', '2026-11-22T20:43:46'],
      ['End', '2026-11-22T20:43:47', '2026-11-22T20:43:47'],
      ['JobIDRaw', '1', '1.batch'],
      ['Layout', '', 'Unknown'],
      ['NTasks', '', '1'],
      ['NodeList', 'gpu03', 'gpu03'],
      ['Partition', 'gpu', ''],
      ['QOS', 'normal', ''],
      ['ReqCPUFreq', 'Unknown', '0'],
      ['ReqMem', '500M', ''],
      ['Reserved', '00:00:01', ''],
      ['ResvCPU', '00:00:02', ''],
      ['Timelimit', '00:05:00', ''],
      ['TimelimitRaw', '5', ''],
      ['UID', '2001', ''],
      ['WorkDir', '/home/alice/w', ''],
    ];
    for (const [name, inJob, inStep] of expected) {
      assert.deepEqual([ofJob[name], ofStep[name]], [inJob, inStep], name);
    }
  });

  test('what waits has nothing yet, and what was cancelled so never had', async () => {
    const format = 'state,start,end,nodelist,alloccpus,allocnodes,alloctres,elapsed,reqmem,reason';
    assert.deepEqual(await rows('-j', '5,10', '-o', format), [
      'PENDING|Unknown|Unknown|None assigned|4|0||00:00:00|1G|None',
      'CANCELLED by 2001|2026-11-22T20:43:48|2026-11-22T20:43:48|None assigned|1|0||00:00:00|0|None',
    ]);
  });

  test('what never could start is there for whoever names it and no states, as in Slurm', async () => {
    const shown = async (...words: readonly string[]): Promise<boolean> =>
      (await rows('-X', '-o', 'jobid', ...words)).includes('5');
    const at = (seconds: number): string => formatTimestamp(now + seconds, 0);
    assert.equal(await shown('-j', '5'), true);
    assert.equal(await shown('-j', '5', '-S', at(-60), '-E', at(60)), true);
    assert.equal(await shown('-j', '5', '-S', at(60), '-E', at(90)), true);
    assert.equal(await shown('-j', '5', '-S', at(-90), '-E', at(-60)), false);
    assert.equal(await shown('-j', '5', '-s', 'PD'), false);
    assert.equal(await shown('-S', at(-60), '-E', at(60)), false);
    assert.equal(await shown('-s', 'PD', '-S', at(-60), '-E', at(60)), false);
  });

  test('widths, sides and how texts are cut', async () => {
    const { out } = await sacct([
      '-X',
      '-j',
      '1',
      '-o',
      'jobid%-5,jobname%3,state%4,account%-3,start%-12,elapsed%4,exitcode%2',
    ]);
    assert.deepEqual(out.split('\n'), [
      'JobID Job Stat Acc Start        Elap Ex ',
      '----- --- ---- --- ------------ ---- -- ',
      '1      ok COM+ pr+ 2026-11-22T2 00:00:01 0+ ',
      '',
    ]);
  });

  test('for programs', async () => {
    assert.equal(
      (await sacct(['-p', '-j', '2', '-o', 'JobI,State'])).out,
      'JobID|State|\n2|FAILED|\n2.batch|FAILED|\n',
    );
    assert.equal(
      (await sacct(['-P', '--delimiter=;;', '-Xj2', '-o', 'jobid', '-o', 'user'])).out,
      'JobID;;User\n2;;alice\n',
    );
    const environment = { SACCT_FORMAT: 'jobid,user' };
    assert.equal((await sacct(['-nPXj2'], { environment })).out, '2|alice\n');
    assert.deepEqual(await rows('-X', '-b', '-j', '2'), ['2|FAILED|3:0']);
    assert.equal((await sacct(['-nPXbj2'], { environment })).out, '2|FAILED|3:0\n');
    assert.equal((await rows('-X', '-l', '-j', '2'))[0]?.split('|').length, 54);
  });

  test('units', async () => {
    const of = (...words: readonly string[]) => rows('-X', '-j', '5', '-o', 'reqmem,reqtres', ...words);
    assert.deepEqual(await of(), ['1G|billing=4,cpu=4,mem=1G,node=1']);
    assert.deepEqual(await of('--units=m'), ['1024M|billing=4,cpu=4,mem=1024M,node=1']);
    assert.deepEqual(await of('--noconvert'), ['1024M|billing=4,cpu=4,mem=1024M,node=1']);
    assert.deepEqual(await of('--units=K'), ['1048576K|billing=4,cpu=4,mem=1048576K,node=1']);
    assert.deepEqual(await rows('-X', '-j', '1', '-o', 'reqmem', '--units=G'), ['0.49G']);
  });

  test('--helpformat', async () => {
    const { out } = await sacct(['--helpformat']);
    assert.equal(
      out.split('\n')[0],
      'Account             AdminComment        AllocCPUS           AllocNodes         ',
    );
    assert.equal(out.split('\n').at(-2), 'WorkDir            ');
  });
});

describe('which jobs', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['others’ jobs by their ids', ['-j', '17'], '17'],
    ['of all users', ['-a', '--name', 'wrap'], '6 10 17'],
    ['of a user', ['-u', 'bob'], '17'],
    ['of a uid', ['-u', '2002'], '17'],
    ['tasks', ['-j', '7_1'], '7_1'],
    ['tasks that wait', ['-j', '7_3'], '7_[2-4%1]'],
    ['a raw id', ['-j', '9'], '7_1'],
    ['an array', ['-j', '7'], '7_1 7_[2-4%1]'],
    ['no id that there is', ['-j', '999'], ''],
    ['a partition', ['-r', 'main'], '10'],
    ['a name', ['--name=ok,bad'], '1 2'],
    ['a node', ['-N', 'gpu02'], '4'],
    ['an account', ['-A', 'other'], ''],
    ['a group', ['-g', 'alice', '--name', 'tl'], '15'],
    ['a quality of service', ['-q', 'normal', '--name', 'tl'], '15'],
    ['now running', ['-s', 'R'], '4'],
    ['now waiting', ['-s', 'PD'], '7_[2-4%1]'],
    ['failed, but not now', ['-s', 'F'], ''],
    ['failed in a time', ['-s', 'f,TIMEOUT', '-S', 'midnight', '-E', 'now'], '2 15 16'],
    ['running in a time', ['-s', 'R', '-S', 'now-3', '-E', 'now-3'], '1 2 4 6 8 7_1 15 16'],
    ['by ids and states', ['-j', '1,2', '-s', 'F'], '2'],
    [
      'by ids and states from a time on, which is also its end',
      ['-j', '1,2', '-s', 'F', '-S', 'midnight'],
      '',
    ],
    ['on a node, of anybody', ['-N', 'gpu03', '--name', 'wrap'], '6 17'],
    ['ended too early', ['-S', 'now-1', '--name', 'ok'], ''],
    ['began too late', ['-S', 'midnight', '-E', 'now-4', '--name', 'bad'], ''],
  ];
  for (const [name, words, expected] of cases) {
    test(name, async () => {
      assert.equal((await rows('-X', '-o', 'jobid', ...words)).join(' '), expected);
    });
  }

  test('steps alone', async () => {
    assert.deepEqual(await rows('-o', 'jobid', '-j', '1.batch,8.0,2.7'), ['1.batch', '8.0']);
    assert.deepEqual(await rows('-o', 'jobid', '-j', '2,2.batch'), ['2', '2.batch']);
    assert.deepEqual(await rows('-X', '-o', 'jobid', '-j', '2.batch'), ['2']);
  });

  test('root sees all', async () => {
    assert.match((await sacct(['-X', '-n', '-P', '-o', 'jobid'], { uid: 0 })).out, /^17$/m);
  });
});

describe('complaints, each with exit code 1', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['-o', 'foo'], 'sacct: error: Invalid field requested: "foo"\n'],
    [['-s', 'ZZ'], "sacct: fatal: unrecognized job state value 'ZZ'\n"],
    [['-j', 'abc'], 'sacct: fatal: Bad job/step specified: abc\n'],
    [['-j', '7_[1-2]'], 'sacct: fatal: Bad job array element specified: 7\n'],
    [['-j', '1.foo'], 'sacct: fatal: Bad step specified: 1\n'],
    [['-u', 'nosuch'], 'sacct: error: Invalid user id: nosuch\n'],
    [['-S', 'xyz'], 'Invalid time specification (pos=0): xyz\n'],
    [['foo', 'bar'], 'sacct: error: Unknown arguments:\nsacct: error:  foo\nsacct: error:  bar\n'],
    [
      ['-S', '2026-12-01', '-E', '2026-11-01'],
      'sacct: error: Start time (2026-12-01T00:00:00) requested is after end time (2026-11-01T00:00:00).\n',
    ],
    [
      ['--units=X'],
      "sacct: error: Invalid unit type 'X'. Possible options are 'KMGTP'\nsacct: fatal: Invalid unit type\n",
    ],
    [['-S'], "sacct: option requires an argument -- 'S'\n"],
  ];
  for (const [words, expected] of cases) {
    test(words.join(' '), async () => {
      const { exitCode, out, err } = await sacct(words);
      assert.deepEqual([exitCode, out], [1, '']);
      assert.ok(err.startsWith(expected), err);
    });
  }
});

/** The names of all fields below a value, in their order: of a list, those of its first item. */
function fieldsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(fieldsOf);
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value).map(([name, field]) => [name, fieldsOf(field)]);
}

const jobFields =
  'account comment allocation_nodes array association cluster constraints container derived_exit_code time ' +
  'exit_code flags group het job_id name mcs nodes partition priority qos required kill_request_user ' +
  'reservation state steps tres user wckey working_directory';
const timeFields = 'elapsed eligible end start submission suspended system limit total user';
const stepFields = 'nodes tres time exit_code tasks pid CPU kill_request_user state statistics step task';

describe('--json and --yaml', () => {
  const jsonOf = async (...words: readonly string[]) => {
    const { out, exitCode, err } = await sacct(['--json', ...words]);
    assert.deepEqual([exitCode, err], [0, '']);
    return JSON.parse(out);
  };

  test('in the shape of dbv0.0.38, names in the order of the real one', async () => {
    const { meta, errors, jobs: found } = await jsonOf('-j', '1');
    assert.deepEqual(meta.plugin, { type: 'openapi/dbv0.0.38', name: 'Slurm OpenAPI DB v0.0.38' });
    assert.deepEqual([meta.Slurm.release, errors, found.length], ['22.05.8', [], 1]);
    const [job] = found;
    assert.equal(Object.keys(job).join(' '), jobFields);
    assert.equal(Object.keys(job.time).join(' '), timeFields);
    assert.equal(Object.keys(job.steps[0]).join(' '), stepFields);
    assert.deepEqual(fieldsOf(job.steps[0].step), [
      ['job_id', null],
      ['het', [['component', null]]],
      ['id', null],
      ['name', null],
    ]);
    assert.deepEqual(job.required, { CPUs: 2, memory: 500 });
    assert.deepEqual(job.tres.allocated, [
      { type: 'cpu', name: null, id: 1, count: 2 },
      { type: 'mem', name: null, id: 2, count: 500 },
      { type: 'energy', name: null, id: 3, count: null },
      { type: 'node', name: null, id: 4, count: 1 },
      { type: 'billing', name: null, id: 5, count: 2 },
      { type: 'gres', name: 'gpu', id: 1001, count: 1 },
      { type: 'gres', name: 'gpu:v100', id: 1002, count: 1 },
    ]);
    assert.deepEqual([job.steps[0].step.id, job.steps[0].tasks], ['batch', { count: 1 }]);
    assert.deepEqual(job.steps[0].nodes, { list: ['gpu03'], count: 1, range: 'gpu03' });
  });

  test('how jobs end, wait and are counted', async () => {
    const { jobs: found } = await jsonOf('-j', '2,5,6,7,9,16');
    const of = (id: number) => found.find((one: { readonly job_id: number }) => one.job_id === id);
    assert.deepEqual(of(2).exit_code, { status: 'ERROR', return_code: 3 });
    assert.deepEqual(of(2).state, { current: 'FAILED', reason: 'NonZeroExitCode' });
    const killed = { status: 'SIGNALED', return_code: 0, signal: { signal_id: 9, name: 'KILL' } };
    assert.deepEqual(of(16).exit_code, killed);
    assert.deepEqual([of(6).state.current, of(6).kill_request_user], ['CANCELLED', '2001']);
    assert.deepEqual([of(5).nodes, of(5).steps, of(5).tres.allocated], ['None assigned', [], []]);
    assert.deepEqual([of(9).array.job_id, of(9).array.task_id], [7, 1]);
    assert.deepEqual([of(7).array.job_id, of(7).array.task_id], [7, null]);
    assert.deepEqual(of(7).array.limits, { max: { running: { tasks: 1 } } });
  });

  test('a step that is named stands in its job, -X leaves the steps out', async () => {
    const { jobs: found } = await jsonOf('-j', '1.batch');
    assert.deepEqual([found.length, found[0].job_id, found[0].steps.length], [1, 1, 1]);
    assert.deepEqual((await jsonOf('-j', '1', '-X')).jobs[0].steps, []);
  });

  test('YAML names every type, and an empty text as one', async () => {
    const { out } = await sacct(['--yaml', '-j', '1']);
    assert.match(out, /^%YAML 1\.1\n--- !!map\n!!str meta: !!map\n/);
    assert.match(out, /\n!!str jobs: !!seq\n- !!map\n {2}!!str account: !!str.*\n {2}!!str comment: !!map\n/);
    assert.match(out, /\n {2}!!str constraints: !!str\n {2}!!str container: !!null null\n/);
    assert.match(out, /\n\.\.\.\n$/);
  });
});
