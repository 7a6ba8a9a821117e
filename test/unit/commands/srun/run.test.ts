import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CommandIo } from '../../../../src/commands/io.ts';
import { run, type SrunDeps } from '../../../../src/commands/srun/run.ts';
import type { InnerStepOptions } from '../../../../src/services/innerstep.ts';
import type { InteractiveOptions } from '../../../../src/services/interactive.ts';
import { submit } from '../../../../src/services/submit.ts';
import { fakeIo, fakeLive, fakeStarter, node } from '../../builders.ts';
import { fakeCluster } from '../../session.ts';

interface Given {
  readonly environment?: CommandIo['environment'];
  /** Asks the cluster in earnest instead of taking what was asked for. */
  readonly isSubmitted?: boolean;
  /** What is in any file. */
  readonly text?: string;
  readonly rlimits?: Readonly<Record<string, string>>;
  /** Of standard output. */
  readonly window?: { readonly rows: number; readonly columns: number };
}

/** Runs srun without a cluster; gives what it printed and the job that it asked for. */
async function srun(argv: readonly string[], given: Given = {}) {
  const there = await fakeCluster([node('gpu01')]);
  const io = fakeIo({ environment: { PATH: '/usr/bin', HOME: '/home/alice', ...given.environment } });
  const watcher = { wait: async () => {}, wake() {}, add() {}, close: async () => {} };
  const spools: (string | undefined)[] = [];
  let options: InteractiveOptions | undefined;
  let inner: InnerStepOptions | undefined;
  let spanning: Parameters<SrunDeps['span']>[1] | undefined;
  const programs: string[] = [];
  const exitCode = await run(argv, io, {
    readUserText: async () => ({ fault: 'No such file or directory' }),
    umask: 0o27,
    submitter: async () => ({
      user: 'alice',
      uid: 2001,
      group: 'alice',
      gid: 2001,
      host: 'login',
      moment: { now: 1_000_000, utcOffsetMinutes: () => 0 },
      rlimits: given.rlimits ?? {},
    }),
    groups: async () => ['alice'],
    window: () => given.window,
    findProgram: async (word) =>
      word === 'nosuch'
        ? undefined
        : { path: `/usr/bin/${word}`, bytes: new Uint8Array([1]), mode: 0o755, mtime: 5 },
    async open(spool) {
      spools.push(spool);
      return { ...(await there.open()), watcher };
    },
    async follow(session, asked) {
      options = asked;
      if (given.isSubmitted) await submit(session.store, session.present, asked.submission);
      return 42;
    },
    async span(session, asked) {
      spanning = asked;
      if (given.isSubmitted) await submit(session.store, session.present, asked.submission);
      return 44;
    },
    async followInner(_session, asked) {
      inner = asked;
      return 43;
    },
    starter: fakeStarter,
    live: fakeLive,
    readText: async () => given.text ?? '',
    runProgram: async (path, args) => void programs.push([path, ...args].join(' ')),
  });
  const spec = options?.submission.spec;
  return { exitCode, ...io.printed, options, inner, spanning, programs, spec, spools };
}

describe('srun over several nodes', () => {
  test('asks for an allocation and a step on all of it', async () => {
    const { exitCode, spanning, options, inner } = await srun([
      '-N2',
      '-t5',
      '-n3',
      '-o',
      'all',
      '/bin/hostname',
    ]);
    assert.equal(exitCode, 44);
    assert.deepEqual([options, inner], [undefined, undefined]);
    const { spec } = spanning?.submission ?? assert.fail();
    assert.deepEqual([spec.kind, spec.command, spec.name], ['allocation', '/bin/hostname', 'hostname']);
    assert.deepEqual([spec.nodes, spec.ntasks, spec.timeLimit], [{ min: 2, max: 2 }, 3, 5]);
    assert.equal(spec.output, undefined);
    assert.deepEqual([spanning?.wish.ntasks, spanning?.streams.output], [3, 'all']);
    assert.deepEqual(spanning?.content.args, ['/bin/hostname']);
    // The job's limit ends the step.
    assert.deepEqual(spanning?.more, {});
  });

  const cases: readonly (readonly [readonly string[], boolean])[] = [
    [['-w', 'n1,n2'], true],
    [['-n2'], true],
    [['-N1-2', '-n2'], true],
    [['-N1', '-n2'], false],
    [['-n1'], false],
    [['-N1-2'], false],
  ];
  for (const [argv, spans] of cases) {
    test(`${argv.join(' ')}: ${spans ? 'perhaps' : 'never'}`, async () => {
      const { spanning, options } = await srun([...argv, 'true']);
      assert.deepEqual([spanning !== undefined, options !== undefined], [spans, !spans]);
    });
  }

  test('has the job to itself, and not the step', async () => {
    const { spanning } = await srun(['-N2', '--exclusive', 'true']);
    assert.equal(spanning?.wish.isExact, false);
  });
});

describe('what srun asks for', () => {
  test('a command with its arguments, options behind it being its own', async () => {
    const { exitCode, spec, options, spools } = await srun([
      '--spool',
      '/s',
      '-G2',
      '/bin/echo',
      '-n',
      'a b',
    ]);
    assert.equal(exitCode, 42);
    assert.deepEqual(options?.submission.args, ['/bin/echo', '-n', 'a b']);
    assert.deepEqual([options?.isQuiet, options?.isUnbuffered, options?.isVerbose], [false, false, false]);
    assert.deepEqual([spec?.kind, spec?.name, spec?.command], ['interactive', 'echo', '/bin/echo -n a b']);
    assert.deepEqual([spec?.gpus, spec?.nodes], [[{ count: 2, per: 'job' }], { min: 1, max: 1 }]);
    assert.deepEqual(spools, ['/s']);
  });

  test('the exported environment, where it was and with which umask', async () => {
    const { options } = await srun(['true'], { environment: { FOO: 'bar' } });
    assert.deepEqual(options?.submission.environment, {
      FOO: 'bar',
      HOME: '/home/alice',
      PATH: '/usr/bin',
      SLURM_SUBMIT_DIR: '/home/alice/w',
      SLURM_UMASK: '0027',
    });
  });

  test('nothing of the environment if it is not to be exported (srun.export, srun.export_list)', async () => {
    const none = await srun(['--export=NONE', 'true']);
    assert.deepEqual(Object.keys(none.options?.submission.environment ?? {}), [
      'SLURM_SUBMIT_DIR',
      'SLURM_UMASK',
    ]);
    const some = await srun(['--export=X=1', 'true']);
    assert.equal(some.options?.submission.environment['X'], '1');
  });

  test('streams by word or number, and files by their path', async () => {
    const { spec } = await srun(['-o', 'none', '-e', 'e-%t', '-i', '0', 'cat']);
    assert.deepEqual([spec?.output, spec?.error, spec?.input], ['none', '/home/alice/w/e-%t', '0']);
    assert.equal((await srun(['true'])).spec?.output, undefined);
  });

  test('labels, quiet and unbuffered', async () => {
    const { options, spec } = await srun(['-l', '-Q', '-u', '-N1', '-n2', 'true']);
    assert.deepEqual(
      [options?.isQuiet, options?.isUnbuffered, spec?.label, spec?.ntasks],
      [true, true, true, 2],
    );
  });
});

describe('what srun asks for within an allocation', () => {
  const inside = { SLURM_JOB_ID: '12', SLURM_JOB_NAME: 'job', SLURM_JOB_NUM_NODES: '2', SLURM_NTASKS: '4' };

  test('a step of the job that the environment names, as large as the job', async () => {
    const { exitCode, inner, options } = await srun(['/bin/echo', 'a'], { environment: inside });
    assert.equal(exitCode, 43);
    assert.equal(options, undefined);
    assert.deepEqual([inner?.jobId, inner?.name, inner?.content.args], [12, 'echo', ['/bin/echo', 'a']]);
    assert.deepEqual(inner?.wish, { ntasks: 4, nodeCount: 2, isExact: false, isOvercommitted: false });
    assert.equal(inner?.content.environment['SLURM_JOB_ID'], '12');
  });

  test('what the command line says of it', async () => {
    const words = '--jobid 7 --exact -n1 -c2 -N1 -r1 -K -W5 -X -I3 -J two --overlap --gres gpu:1 -l -t5 true';
    const { inner } = await srun(words.split(' '), { environment: inside });
    assert.equal(inner?.jobId, 7);
    assert.deepEqual(inner?.wish, {
      ntasks: 1,
      nodeCount: 1,
      cpusPerTask: 2,
      relative: 1,
      gpus: [{ count: 1, per: 'node' }],
      isExact: true,
      isOvercommitted: false,
    });
    const { killsOnBadExit, waitSeconds, isStatusDisabled, immediateSeconds, name, isOverlapping } =
      inner ?? {};
    const said = [killsOnBadExit, waitSeconds, isStatusDisabled, immediateSeconds, name, isOverlapping];
    assert.deepEqual(said, [true, 5, true, 3, 'two', true]);
    assert.deepEqual(inner?.more, { cpusPerTask: 2, timeLimit: 5 });
  });

  test('a program for each task, and those that srun runs itself', async () => {
    const text = '0 echo zero\n1-2 echo other %t\n';
    const words = ['-n3', '--prolog=/bin/a', '--epilog=/bin/b', '--multi-prog', 'mp'];
    const { inner, programs } = await srun(words, { environment: inside, text });
    assert.deepEqual(inner?.content.programs, [
      { tasks: [[0, 0]], args: ['echo', 'zero'], numbers: '0' },
      { tasks: [[1, 2]], args: ['echo', 'other', '%t'], numbers: '1-2' },
    ]);
    assert.deepEqual(programs, ['/bin/a mp', '/bin/b mp']);
  });
});

describe('what the tasks get beside command and environment', () => {
  const window = { rows: 30, columns: 70 };

  test('a terminal for the first task, which alone is connected', async () => {
    const { spec, options } = await srun(['--pty', '-N1', '-n2', 'bash'], { window });
    assert.deepEqual(options?.submission.terminal, window);
    assert.deepEqual([options?.window, options?.isUnbuffered], [window, true]);
    assert.deepEqual([spec?.input, spec?.output, spec?.error], ['0', '0', undefined]);
    const { SLURM_PTY_WIN_COL, SLURM_PTY_WIN_ROW } = options?.submission.environment ?? {};
    assert.deepEqual([SLURM_PTY_WIN_COL, SLURM_PTY_WIN_ROW], ['70', '30']);
    const { inner } = await srun(['--pty', 'bash'], { window, environment: { SLURM_JOB_ID: '12' } });
    assert.deepEqual([inner?.content.terminal, inner?.window, inner?.streams.output], [window, window, '0']);
    assert.equal(inner?.content.environment['SLURM_PTY_WIN_ROW'], '30');
  });

  test('none where standard output is no terminal, which is said (srun.pty)', async () => {
    const { err, options } = await srun(['--pty', 'tty']);
    assert.match(
      err,
      /^srun: error: ioctl\(TIOCGWINSZ\): Inappropriate .*\nsrun: error: Not using a pseudo-/,
    );
    assert.deepEqual([options?.submission.terminal, options?.window], [undefined, undefined]);
  });

  test('the soft limits of the submitter, all or those that are named', async () => {
    const rlimits = { NOFILE: '500', STACK: '8388608' };
    const limitsBy = async (...words: string[]): Promise<string | undefined> =>
      (await srun([...words, 'true'], { rlimits })).options?.submission.limits;
    assert.equal(await limitsBy(), 'n:500 s:8192');
    assert.equal(await limitsBy('--propagate'), 'n:500 s:8192');
    assert.equal(await limitsBy('--propagate=NOFILE'), 'n:500:NOFILE');
    assert.equal(await limitsBy('--propagate=NONE'), undefined);
    const { inner } = await srun(['true'], { rlimits, environment: { SLURM_JOB_ID: '12' } });
    assert.equal(inner?.content.limits, 'n:500 s:8192');
  });

  test('the program itself, by --bcast', async () => {
    const { options } = await srun(['--bcast=/tmp/x', 'tool', '-v']);
    assert.deepEqual(options?.submission.bcast, { path: '/tmp/x', mode: 0o755, mtime: 5 });
    assert.deepEqual(options?.submission.script, new Uint8Array([1]));
    assert.deepEqual([options?.bcastProgram, options?.submission.args], ['/usr/bin/tool', ['tool', '-v']]);
    const { inner } = await srun(['--bcast', 'tool'], { environment: { SLURM_JOB_ID: '12' } });
    assert.equal(inner?.content.bcast?.path, '');
  });
});

describe('what srun does in place of running something', () => {
  test('--test-only says when a job would start, within an allocation too', async () => {
    const line = /^srun: Job \d+ to start at \S+ using 2 processors on nodes gpu01 in partition main\n$/;
    for (const environment of [{}, { SLURM_JOB_ID: '12' }]) {
      const { exitCode, err, options, inner } = await srun(['--test-only', '-n2', 'true'], { environment });
      assert.match(err, line);
      assert.deepEqual([exitCode, options, inner], [0, undefined, undefined]);
    }
    assert.equal((await srun(['--test-only'])).exitCode, 0);
    const never = await srun(['--test-only', '--gpus=9', 'true']);
    assert.match(never.err, /allocation failure: Requested node configuration is not available\n$/);
    assert.equal(never.exitCode, 1);
  });

  test('--mpi=list shows what there is', async () => {
    const { exitCode, out } = await srun(['--mpi=list']);
    assert.deepEqual([exitCode, out], [0, 'MPI plugin types are...\n\tnone\n']);
  });
});

describe('what srun refuses', () => {
  const cases: readonly (readonly [string, readonly string[], Given, RegExp])[] = [
    ['no command (err.srun.nocmd)', [], {}, /^srun: fatal: No command given to execute\.\n$/],
    [
      'devices of a job by their numbers',
      ['--gpu-ids', '1', 'true'],
      { environment: { SLURM_JOB_ID: '12' } },
      /^srun: error: --gpu-ids names the GPUs of a job; within one they are asked for by number/,
    ],
    [
      'devices of nodes of a job',
      ['--node-gpu-ids', 'n1:1', 'true'],
      { environment: { SLURM_JOB_ID: '12' } },
      /^srun: error: --node-gpu-ids names the GPUs of a job; within one they are asked for by number/,
    ],
    ['a node of no job', ['-r1', 'true'], {}, /^srun: error: --relative counts the nodes of a job/],
    [
      'tasks without a program (srun.multi_bad)',
      ['-n2', '--multi-prog', 'mp'],
      { text: '0 echo zero\n' },
      /^srun: error: Configuration file mp invalid, no record for task id 1\n$/,
    ],
    [
      'a terminal and a file',
      ['--pty', '-o', 'f', 'true'],
      { window: { rows: 1, columns: 1 } },
      /^srun: error: --error\/--input\/--output are incompatible with --pty\n$/,
    ],
    ['nothing to copy', ['--bcast', 'nosuch'], {}, /^srun: fatal: Can not execute nosuch\n$/],
  ];
  for (const [title, argv, given, message] of cases) {
    test(title, async () => {
      const { exitCode, err, spools } = await srun(argv, given);
      assert.equal(exitCode, 1);
      assert.match(err, message);
      assert.deepEqual(spools, []);
    });
  }

  test('an allocation that cannot be, in its own words (err.srun.partition)', async () => {
    const { exitCode, err } = await srun(['-p', 'nosuch', 'true'], { isSubmitted: true });
    assert.equal(exitCode, 1);
    assert.deepEqual(err.split('\n').slice(0, 2), [
      'srun: error: invalid partition specified: nosuch',
      'srun: error: Unable to allocate resources: Invalid partition name specified',
    ]);
  });

  test('a node that is not there (err.srun.w)', async () => {
    const { exitCode, err } = await srun(['-w', 'nosuch', 'true'], { isSubmitted: true });
    assert.equal(exitCode, 1);
    assert.equal(
      err.split('\n')[0],
      'srun: error: Unable to allocate resources: Invalid node name specified',
    );
  });
});

test('help goes to standard output', async () => {
  const { exitCode, out, options } = await srun(['--help']);
  assert.equal(exitCode, 0);
  assert.match(out, /--gpus=/);
  assert.equal(options, undefined);
});
