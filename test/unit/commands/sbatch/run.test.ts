import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CommandIo } from '../../../../src/commands/io.ts';
import { run, type SbatchDeps } from '../../../../src/commands/sbatch/run.ts';
import { readInbox } from '../../../../src/store/inbox.ts';
import { decodeText } from '../../../../src/store/put.ts';
import { readLaunch } from '../../../../src/store/rooms.ts';
import { fakeIo, node } from '../../builders.ts';
import { fakeCluster } from '../../session.ts';

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly environment?: CommandIo['environment'];
  readonly waited?: number;
}

/** Runs sbatch against a cluster in memory; gives what it printed and what it submitted. */
async function sbatch(argv: readonly string[], given: Given = {}) {
  const there = await fakeCluster([node('gpu01')]);
  const session = await there.open();
  const io = fakeIo({ environment: { PATH: '/usr/bin', HOME: '/home/alice', ...given.environment } });
  const searches: string[] = [];
  const deps: SbatchDeps = {
    async findScript({ name, folder }) {
      searches.push(`${name} in ${folder}`);
      const text = given.files?.[name];
      return text === undefined
        ? undefined
        : { path: `${folder}/${name}`, bytes: new TextEncoder().encode(text) };
    },
    readStdin: async () => new TextEncoder().encode(given.stdin ?? ''),
    submitter: async () => ({
      user: 'alice',
      uid: 2001,
      group: 'alice',
      gid: 2001,
      host: 'login',
      umask: 0o027,
      rlimits: {},
      groups: ['alice'],
      moment: { now: 1_000_000, utcOffsetMinutes: () => 0 },
    }),
    open: async () => session,
    loginEnvironment: async () => ({ PATH: '/login/bin', HOME: '/home/alice', USER: 'alice' }),
    readUserText: async () => ({ fault: 'No such file or directory' }),
    waitForJob: async () => given.waited ?? 0,
  };
  const exitCode = await run(argv, io, deps);
  const { requests } = await readInbox(session.store, 'all');
  const [submitted] = requests.flatMap(({ request }) => (request.name === 'submit' ? [request] : []));
  const launch = submitted && (await readLaunch(session.store, submitted.jobId));
  const script =
    submitted && (await session.store.files.read(session.store.layout.job(submitted.jobId).script, 1e6));
  return {
    exitCode,
    ...io.printed,
    spec: submitted?.spec,
    launch,
    script: script && decodeText(script.bytes),
    searches,
  };
}

const hello = '#!/bin/bash\n#SBATCH -J hello --gpus=0\n#SBATCH -t 10\necho hi\n';

describe('where the script comes from', () => {
  test('a file with arguments, from which options are not taken', async () => {
    const { exitCode, out, err, spec, launch, script } = await sbatch(['s.sh', '-p', 'x', 'a b'], {
      files: { 's.sh': hello },
    });
    assert.deepEqual([exitCode, out, err], [0, 'Submitted batch job 1\n', '']);
    assert.equal(script, hello);
    assert.deepEqual(launch?.args, ['-p', 'x', 'a b']);
    assert.equal(spec?.command, '/home/alice/w/s.sh -p x a b');
    assert.deepEqual([spec?.name, spec?.timeLimit], ['hello', 10]);
  });

  test('the name of the file where nothing else names the job', async () => {
    const { spec } = await sbatch(['sub/s.sh'], { files: { 'sub/s.sh': '#!/bin/sh\n:' } });
    assert.equal(spec?.name, 's.sh');
  });

  test('standard input', async () => {
    const { spec, script } = await sbatch([], { stdin: hello.replace('-J hello', '') });
    assert.equal(script, hello.replace('-J hello', ''));
    assert.deepEqual([spec?.name, spec?.command], ['sbatch', '']);
  });

  test('--wrap, as captured', async () => {
    const { spec, script } = await sbatch(['--wrap', 'echo a | cat']);
    assert.equal(script, '#!/bin/sh\n# This script was created by sbatch --wrap.\n\necho a | cat\n');
    assert.deepEqual([spec?.name, spec?.command], ['wrap', '']);
  });

  test('a script is looked for in the folder of --chdir', async () => {
    const { searches } = await sbatch(['-D', 'sub', 's.sh']);
    assert.deepEqual(searches, ['s.sh in /home/alice/w/sub']);
  });
});

describe('refusals, as captured', () => {
  const cases: readonly (readonly [string, readonly string[], Given, string, number])[] = [
    ['no file', ['nosuch.sh'], {}, 'sbatch: error: Unable to open file nosuch.sh\n', 1],
    ['an empty file', ['s.sh'], { files: { 's.sh': '' } }, 'sbatch: error: Batch script is empty!\n', 1],
    ['empty input', [], {}, 'sbatch: error: Batch script is empty!\n', 1],
    ['a bad time', ['-t', 'abc', '--wrap', 'true'], {}, 'sbatch: error: Invalid --time specification\n', 255],
    [
      'a directive',
      ['s.sh'],
      { files: { 's.sh': '#!/bin/sh\n#SBATCH -t abc\n' } },
      'sbatch: error: Invalid --time specification\n',
      255,
    ],
    [
      'no interpreter',
      ['s.sh'],
      { files: { 's.sh': 'echo hi\n' } },
      'sbatch: error: This does not look like a batch script.  The first\n' +
        'sbatch: error: line must start with #! followed by the path to an interpreter.\n' +
        'sbatch: error: For instance: #!/bin/sh\n',
      1,
    ],
  ];
  for (const [name, argv, given, message, code] of cases) {
    test(name, async () => {
      const { exitCode, out, err, spec } = await sbatch(argv, given);
      assert.deepEqual([exitCode, out, err, spec], [code, '', message, undefined]);
    });
  }
});

describe('what is printed', () => {
  test('--parsable', async () => {
    assert.equal((await sbatch(['--parsable', '--wrap', 'true'])).out, '1\n');
  });
  test('--quiet', async () => {
    assert.equal((await sbatch(['-Q', '--wrap', 'true'])).out, '');
  });
  test('--verbose tells where it went', async () => {
    const { err } = await sbatch(['-vv', '--partition=main', '--wrap', 'true']);
    assert.match(err, /^sbatch: partition {11}: main$/m);
    assert.match(err, /^sbatch: debug: {2}submitting from /m);
    assert.match(err, /^sbatch: the cluster is \/spool$/m);
    assert.doesNotMatch((await sbatch(['-v', '--wrap', 'true'])).err, /debug/);
  });
  test('--wait ends with the code of the job', async () => {
    const { exitCode, out } = await sbatch(['-W', '--wrap', 'exit 3'], { waited: 3 });
    assert.deepEqual([exitCode, out], [3, 'Submitted batch job 1\n']);
  });
  test('a warning does not keep the job back', async () => {
    const { err, exitCode } = await sbatch(['-N3', '-n2', '--wrap', 'true']);
    assert.equal(err, "sbatch: Warning: can't run 2 processes on 3 nodes, setting nnodes to 2\n");
    assert.equal(exitCode, 0);
  });
  test('--version', async () => {
    assert.match((await sbatch(['--version'])).out, /slurm 22\.05/);
  });
});

describe('precedence and environment', () => {
  test('command line before variables before directives', async () => {
    const files = { 's.sh': '#!/bin/sh\n#SBATCH -J script -t 1 --comment=script\n' };
    const environment = { SBATCH_JOB_NAME: 'variable', SBATCH_TIMELIMIT: '2' };
    const { spec } = await sbatch(['-J', 'line', 's.sh'], { files, environment });
    assert.deepEqual([spec?.name, spec?.timeLimit, spec?.comment], ['line', 2, 'script']);
  });

  test('all of the environment, and the folder of the submission', async () => {
    const { launch } = await sbatch(['-D', '/srv', '--wrap', 'true'], { environment: { FOO: 'bar' } });
    assert.deepEqual(launch?.environment, {
      PATH: '/usr/bin',
      HOME: '/home/alice',
      FOO: 'bar',
      SLURM_SUBMIT_DIR: '/home/alice/w',
      SLURM_UMASK: '0027',
    });
  });

  test('a list is added to what a login sets', async () => {
    const { launch } = await sbatch(['--export=FOO,X=1', '--wrap', 'true'], { environment: { FOO: 'bar' } });
    assert.deepEqual(launch?.environment, {
      PATH: '/login/bin',
      HOME: '/home/alice',
      USER: 'alice',
      FOO: 'bar',
      X: '1',
      SLURM_EXPORT_ENV: 'FOO,X=1',
      SLURM_GET_USER_ENV: '1',
      SLURM_SUBMIT_DIR: '/home/alice/w',
      SLURM_UMASK: '0027',
    });
  });
});
