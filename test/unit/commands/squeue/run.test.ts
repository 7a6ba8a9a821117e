import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run, type SqueueDeps } from '../../../../src/commands/squeue/run.ts';
import type { ClusterView } from '../../../../src/services/view.ts';
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

const gpus = [0, 1, 2, 3].map((index) => gpu(index));
const nodes = [node('gpu01', { gpus }), node('gpu02', { gpus }), node('cpu01')];

/** The queue of the captures 'tables: squeue', as far as the reasons go that this release knows. */
const queue = view(
  nodes,
  [
    running(335, {
      spec: { name: 'running', partition: 'cpu', ntasks: 2, timeLimit: 10 },
      shares: [share('cpu01', { cpus: 2 })],
    }),
    running(336, {
      spec: {
        name: 'gputrain',
        partition: 'gpu',
        nodes: { min: 2, max: 2 },
        ntasks: 4,
        timeLimit: 60,
        gpus: [{ count: 4, per: 'node' }],
        tresPerNode: 'gres:gpu:4',
      },
      shares: [
        share('gpu01', { cpus: 3, gpus: [0, 1, 2, 3], tasks: 3, memoryMb: 3000 }),
        share('gpu02', { gpus: [0, 1, 2, 3], memoryMb: 1000 }),
      ],
    }),
    pending(337, { spec: { name: 'held', partition: 'cpu' }, held: 'user' }),
    pending(338, {
      spec: {
        name: 'arr',
        partition: 'cpu',
        cpusPerTask: 2,
        array: { tasks: [[1, 20]], throttle: 2 },
      },
      tasks: [[3, 20]],
    }),
    pending(339, {
      spec: {
        name: 'waiting',
        partition: 'gpu',
        timeLimit: 30,
        nodelist: ['gpu01'],
        gpus: [{ count: 4, per: 'node', type: 'a100' }],
        tresPerNode: 'gres:gpu:a100:4',
      },
    }),
    pending(344, {
      spec: { name: 'a_very_long_job_name_here_1234567890', partition: 'cpu', cpusPerTask: 8 },
    }),
    ended(346, {
      spec: { name: 'okjob' },
      shares: [share('gpu01')],
      endState: 'COMPLETED',
    }),
    ended(347, {
      spec: { name: 'badjob' },
      shares: [share('gpu01')],
      endState: 'FAILED',
      reason: 'NonZeroExitCode',
      exitCode: { code: 3, signal: 0 },
    }),
    neverStarted(349, { spec: { name: 'cancelled' }, endState: 'CANCELLED' }),
    running(350, { spec: { name: 'arr', partition: 'cpu' }, shares: [share('cpu01')], array: [338, 1] }),
    running(351, { spec: { name: 'arr', partition: 'cpu' }, shares: [share('cpu01')], array: [338, 2] }),
  ],
  { 337: 'JobHeldUser', 338: 'JobArrayTaskLimit', 339: 'Resources', 344: 'Resources' },
);

const header = '             JOBID PARTITION     NAME     USER ST       TIME  NODES NODELIST(REASON)\n';

function depsFor(shown: ClusterView): SqueueDeps {
  return {
    view: async () => shown,
    user: { uid: 2001, name: 'alice' },
    isUser: async (name) => name === 'bob',
    steps: async () => [],
    paint: async () => (colour, text) => `<${colour}>${text}</${colour}>`,
    sleep: async () => {},
  };
}

async function squeue(words: readonly string[], given: Parameters<typeof fakeIo>[0] = {}, shown = queue) {
  const io = fakeIo({ program: 'mgpu_squeue', ...given });
  const exitCode = await run(words, io, depsFor(shown));
  return { ...io.printed, exitCode };
}

describe('the table', () => {
  test('of a long queue comes whole, though it is written in pieces', async () => {
    const jobs = Array.from({ length: 3000 }, (_, index) =>
      pending(index + 1, { spec: { name: `job${index}` } }),
    );
    const long = view(nodes, jobs, Object.fromEntries(jobs.map(({ id }) => [id, 'Priority'])));
    const io = fakeIo({ program: 'mgpu_squeue' });
    const pieces: string[] = [];
    const exitCode = await run([], { ...io, out: (text) => pieces.push(text) }, depsFor(long));
    assert.deepEqual([exitCode, pieces.length > 2], [0, true]);
    const lines = pieces.join('').split('\n');
    assert.equal(`${lines[0]}\n`, header);
    assert.deepEqual(
      lines.slice(1, -1).map((line) => line.trim().split(/ +/)),
      jobs.map(({ id, spec }) =>
        [id, spec.partition, spec.name, spec.user, 'PD', '0:00', '1', '(Priority)'].map(String),
      ),
    );
    assert.equal(lines.at(-1), '');
  });

  test('is laid out and ordered as Slurm’s', async () => {
    const { out, err, exitCode } = await squeue([]);
    assert.equal(
      out,
      `${header}\
      338_[3-20%2]       cpu      arr    alice PD       0:00      1 (JobArrayTaskLimit)
               344       cpu a_very_l    alice PD       0:00      1 (Resources)
               337       cpu     held    alice PD       0:00      1 (JobHeldUser)
               335       cpu  running    alice  R       0:03      1 cpu01
             338_1       cpu      arr    alice  R       0:03      1 cpu01
             338_2       cpu      arr    alice  R       0:03      1 cpu01
               339       gpu  waiting    alice PD       0:00      1 (Resources)
               336       gpu gputrain    alice  R       0:03      2 gpu[01-02]
`,
    );
    assert.deepEqual([err, exitCode], ['', 0]);
  });

  test('-l has more columns and the date above', async () => {
    const { out } = await squeue(['-l', '-j', '335']);
    assert.equal(
      out,
      `Sun Nov 22 20:43:49 2026
             JOBID PARTITION     NAME     USER    STATE       TIME TIME_LIMI  NODES NODELIST(REASON)
               335       cpu  running    alice  RUNNING       0:03     10:00      1 cpu01
`,
    );
    assert.equal((await squeue(['-l', '-h', '-j', '337'])).out.split('\n').length, 2);
  });

  test('-r shows every waiting task', async () => {
    const { out } = await squeue(['-r', '-h', '-n', 'arr', '-o', '%i %A %K']);
    const waiting = Array.from({ length: 18 }, (_, index) => `338_${index + 3} 338 ${index + 3}\n`);
    assert.equal(out, `${waiting.join('')}338_1 350 1\n338_2 351 2\n`);
  });

  test('is empty but for the header when nothing is there', async () => {
    assert.deepEqual(await squeue([], {}, view(nodes, [])), { out: header, err: '', exitCode: 0 });
    assert.deepEqual(await squeue(['-h'], {}, view(nodes, [])), { out: '', err: '', exitCode: 0 });
  });

  test('never prints a name as it is', async () => {
    const hostile = view(nodes, [pending(1, { spec: { name: 'a\u001b[31mb\nc', partition: 'ü' } })]);
    assert.equal((await squeue(['-h', '-o', '%j|%.3P|'], {}, hostile)).out, 'a\\x1b[31mb\\nc|  ü|\n');
  });

  test('has coloured states where colours are wanted, aligned as ever', async () => {
    const { out } = await squeue(['-h', '-j', '335,344'], { isColoured: true, isTerminal: true });
    assert.equal(
      out,
      `\
               344       cpu a_very_l    alice <yellow>PD</yellow>       0:00      1 (Resources)
               335       cpu  running    alice <green> R</green>       0:03      1 cpu01
`,
    );
  });
});

describe('the choice of jobs', () => {
  const ids = async (...words: string[]): Promise<string> =>
    (await squeue([...words, '-h', '-o', '%i'])).out.trim().replaceAll('\n', ' ');

  test('by what the user names', async () => {
    assert.equal(await ids('-j338'), '338_[3-20%2] 338_2 338_1');
    assert.equal(await ids('-j338_1'), '338_1');
    assert.equal(await ids('-j338_7'), '338_7');
    assert.equal(await ids('-j335,337,999'), '337 335');
    assert.equal(await ids('-p', 'gpu'), '339 336');
    assert.equal(await ids('-n', 'held,arr'), '338_[3-20%2] 337 338_1 338_2');
    assert.equal(await ids('-w', 'gpu[01-02]'), '336');
    assert.equal(await ids('-A', 'nobody'), '');
    assert.equal(await ids('-u', 'alice', '-t', 'R'), '335 338_1 338_2 336');
    assert.equal(await ids('-u', '2001', '-t', 'pd', '-p', 'gpu'), '339');
    assert.equal(await ids('-u', 'bob'), '');
    assert.equal(await ids('--me', '-t', 'CD,F,CA'), '349 346 347');
  });

  test('an ended job shows only where its state is asked for', async () => {
    assert.equal(await ids('-j346'), '');
    assert.equal(await ids('-j346', '-t', 'all'), '346');
  });

  test('a single id that nobody knows is an error, one of several is not', async () => {
    const unknown = { out: '', err: 'slurm_load_jobs error: Invalid job id specified\n', exitCode: 1 };
    assert.deepEqual(await squeue(['-j', '999999']), unknown);
    assert.deepEqual(await squeue(['-j', '338_99']), { out: header, err: '', exitCode: 0 });
    assert.deepEqual(await squeue(['-j', 'abc']), {
      out: '',
      err: 'squeue: error: Invalid job id: abc\n',
      exitCode: 1,
    });
  });

  test('an unknown node is an error, an unknown user a complaint', async () => {
    assert.deepEqual(await squeue(['-w', 'nosuch']), {
      out: '',
      err: 'squeue: error: Invalid node name nosuch\n',
      exitCode: 1,
    });
    assert.deepEqual(await squeue(['-u', 'nosuchuser']), {
      out: header,
      err: 'squeue: error: Invalid user: nosuchuser\n\n',
      exitCode: 0,
    });
    assert.deepEqual(await squeue(['-u', 'bob']), { out: header, err: '', exitCode: 0 });
  });
});

describe('fields', () => {
  const line = async (id: string, format: string): Promise<string> =>
    (await squeue(['-t', 'all', '-h', '-j', id, '-o', format])).out.replace(/\n$/, '');

  test('of a running job', async () => {
    assert.equal(
      await line('336', '%A %b %B %C %D %e %F %K'),
      '336 gres:gpu:4 gpu01 4 2 2026-11-22T21:43:46 336 N/A',
    );
    assert.equal(
      await line('336', '%l %L %m %M %N %R %S'),
      '1:00:00 59:57 0 0:03 gpu[01-02] gpu[01-02] 2026-11-22T20:43:46',
    );
    assert.equal(await line('350', '%e %L %r %p %Q'), 'NONE UNLIMITED None 0.99998466274701 4294901422');
    assert.equal(
      await line('335', '%a|%g|%G|%u|%U|%o|%k|%Z'),
      'proj|alice|2001|alice|2001|(null)|(null)|/home/alice/w',
    );
  });

  test('of a waiting job', async () => {
    assert.equal(
      await line('339', '%b %B %e %n %N|%R %S %V'),
      'gres:gpu:a100:4 n/a N/A gpu01 |(Resources) N/A 2026-11-22T20:43:46',
    );
    assert.equal(await line('337', '%p %Q %r'), '0.00000000000000 0 JobHeldUser');
    assert.equal(await line('344', '%c %C'), '8 8');
  });

  test('of ended jobs', async () => {
    assert.equal(
      await line('347', '%t %T %R %M %e %N'),
      'F FAILED (NonZeroExitCode) 0:02 2026-11-22T20:43:48 gpu01',
    );
    assert.equal(await line('349', '%t|%R|%M|%S'), 'CA||0:00|2026-11-22T20:43:48');
    assert.equal(await line('346', '%t %R'), 'CD gpu01');
  });

  test('of a job that completes: the nodes that are not free yet', async () => {
    const shares = [share('gpu01', { cpus: 2 }), share('gpu02', { cpus: 2 })];
    const job = { ...completing(5, { shares, endState: 'CANCELLED' }), holders: ['gpu02'] };
    const { out } = await squeue(['-h', '-o', '%t %D %C %N %R %e'], {}, view(nodes, [job]));
    assert.equal(out, 'CG 1 4 gpu02 gpu02 2026-11-22T20:43:48\n');
  });

  test('a clock that is behind the node’s shows no time, not a wrong one', async () => {
    const job = running(5, { shares: [share('gpu01')], startTime: now + 2 });
    assert.equal((await squeue(['-h', '-o', '%M'], {}, view(nodes, [job]))).out, '0:00\n');
  });

  test('SLURM_BITSTR_LEN says how much of a list is shown', async () => {
    const tasks = Array.from(
      { length: 40 },
      (_, index) => [3 * index + (index % 2), 3 * index + (index % 2)] as const,
    );
    const array = view(nodes, [pending(7, { spec: { array: { tasks, throttle: 0 } }, tasks })]);
    const words = ['-h', '-o', '%K'];
    assert.match((await squeue(words, {}, array)).out, /^.{60}\.\.\.$|^.{0,60}\.\.\.$/m);
    assert.match((await squeue(words, { environment: { SLURM_BITSTR_LEN: '0' } }, array)).out, /,118\n$/);
  });
});

test('a format that names what is not there is printed as it is, with a complaint', async () => {
  const { out, err, exitCode } = await squeue(['-h', '-j335', '-o', 'id=%i pct=%% %-5j']);
  assert.equal(out, 'id=335 pct=% %-5j\n');
  assert.equal(
    err,
    [' ', '-'].map((letter) => `squeue: error: Invalid job format specification: ${letter}\n`).join(''),
  );
  assert.equal(exitCode, 0);
});

test('SQUEUE_FORMAT is the format where none is given', async () => {
  const { out } = await squeue(['-j335,337'], { environment: { SQUEUE_FORMAT: '%i;%j;%T' } });
  assert.equal(out, 'JOBID;NAME;STATE\n337;held;PENDING\n335;running;RUNNING\n');
});

describe('the order', () => {
  const ids = async (...words: readonly string[]): Promise<string> =>
    (await squeue(['-h', '-o', '%i', ...words])).out.trim().replaceAll('\n', ' ');

  test('is by letters of columns, whichever way (observed)', async () => {
    assert.match(await ids('-S', 'i'), /^335 .*337 338_1 338_2 338_\[3-20%2\] 339 /);
    assert.match(await ids('-S', '-i'), / 339 338_\[3-20%2\] 338_2 338_1 337 /);
    assert.equal((await ids('-S', 't,-i', '-t', 'PD,R')).split(' ').at(-1), '335');
  });

  test('by a letter that nothing is sorted by is refused behind the heads (observed)', async () => {
    assert.deepEqual(await squeue(['-S', 'Z']), {
      out: header,
      err: 'squeue: error: Invalid sort specification: Z\n',
      exitCode: 1,
    });
  });

  test('--start shows what waits, what has a start first', async () => {
    const begin = now + 3600;
    const later = view(nodes, [
      pending(1, { spec: { name: 'held' }, held: 'user' }),
      pending(2, { spec: { name: 'later', beginTime: begin } }),
      running(3, { shares: [share('cpu01')] }),
    ]);
    const { out } = await squeue(['--start', '-h'], {}, later);
    assert.equal(
      out,
      `\
                 2      main    later    alice PD 2026-11-22T21:43:49      1 (null)               (None)
                 1      main     held    alice PD                 N/A      1 (null)               (None)
`,
    );
  });
});

test('of several partitions, -P shows a line for each', async () => {
  const both = view(nodes, [pending(1, { spec: { partition: 'gpu,cpu' } })]);
  assert.equal((await squeue(['-h', '-o', '%i %P'], {}, both)).out, '1 gpu,cpu\n');
  assert.equal((await squeue(['-h', '-P', '-o', '%i %P'], {}, both)).out, '1 cpu\n1 gpu\n');
  assert.equal((await squeue(['-h', '-p', 'cpu', '-o', '%i'], {}, both)).out, '1\n');
});

test('-M names this cluster, and no other one (observed)', async () => {
  assert.equal((await squeue(['-M', 'lab', '-j335', '-o', '%i'])).out, 'CLUSTER: lab\nJOBID\n335\n');
  const { err, exitCode } = await squeue(['-M', 'foo']);
  assert.match(err, /^squeue: error: No cluster 'foo' known by database\.\nsqueue: error: 'foo' can't be /);
  assert.equal(exitCode, 1);
});

test('-i shows it again after so long, each time with the date', async () => {
  const slept: number[] = [];
  const io = fakeIo({ program: 'squeue' });
  const deps: SqueueDeps = {
    ...depsFor(queue),
    sleep: async (seconds) => {
      slept.push(seconds);
      if (slept.length === 2) throw new Error('enough');
    },
  };
  await assert.rejects(run(['-i', '3', '-j335', '-o', '%i'], io, deps), /enough/);
  assert.deepEqual(slept, [3, 3]);
  assert.equal(io.printed.out, 'Sun Nov 22 20:43:49 2026\nJOBID\n335\n\n'.repeat(2));
});

test('--json has the jobs that are asked for, in the shape of v0.0.38', async () => {
  const dump = JSON.parse((await squeue(['--json', '-j', '335'])).out);
  assert.equal(dump.meta.plugin.type, 'openapi/v0.0.38');
  assert.equal(dump.jobs.length, 1);
  const [job] = dump.jobs;
  assert.deepEqual(
    [job.job_id, job.name, job.job_state, job.nodes, job.job_resources.nodes, job.user_name],
    [335, 'running', 'RUNNING', 'cpu01', 'cpu01', 'alice'],
  );
  const all = JSON.parse((await squeue(['--json'])).out).jobs;
  assert.ok(all.some((one: { readonly job_state: string }) => one.job_state === 'COMPLETED'));
  const rest = all.find((one: { readonly job_id: number }) => one.job_id === 338);
  assert.deepEqual([rest.array_job_id, rest.array_task_string], [338, '3-20%2']);
  assert.match((await squeue(['--yaml', '-j335'])).out, /\n {2}!!str job_state: !!str RUNNING\n/);
});

test('help, usage, version', async () => {
  assert.match((await squeue(['--help'])).out, /^Usage: mgpu_squeue /);
  assert.match((await squeue(['--usage'])).out, /^Usage: mgpu_squeue /);
  assert.equal((await squeue(['-V'])).out, 'mgpu_squeue 0.3.0 (slurm 22.05.8)\n');
  assert.equal((await squeue(['--version'], { program: 'squeue' })).out, 'slurm 22.05.8\n');
  assert.deepEqual(await squeue(['--bogus']), {
    out: '',
    err: 'squeue: unrecognized option \'--bogus\'\nTry "squeue --help" for more information\n',
    exitCode: 1,
  });
});
