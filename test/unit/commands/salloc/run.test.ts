import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run, type SallocDeps } from '../../../../src/commands/salloc/run.ts';
import type { AllocationEnd, AllocationOptions } from '../../../../src/services/allocation.ts';
import { submit } from '../../../../src/services/submit.ts';
import { fakeIo, node } from '../../builders.ts';
import { fakeCluster } from '../../session.ts';

interface Given {
  readonly environment?: Readonly<Record<string, string>>;
  readonly end?: AllocationEnd;
  readonly isTerminal?: boolean;
}

/** Runs salloc without a node; gives what it printed, and what it asked for. */
async function salloc(argv: readonly string[], given: Given = {}) {
  const there = await fakeCluster([node('gpu01')]);
  const watcher = { wait: async () => {}, wake() {}, add() {}, close: async () => {} };
  const { isTerminal = false, environment = {} } = given;
  const io = fakeIo({ environment: { SHELL: '/bin/zsh', ...environment }, isTerminal });
  let options: AllocationOptions | undefined;
  const deps: SallocDeps = {
    submitter: async () => ({
      user: 'alice',
      uid: 2001,
      group: 'alice',
      gid: 2001,
      host: 'login',
      groups: ['alice'],
      moment: { now: 1_000_000, utcOffsetMinutes: () => 0 },
    }),
    open: async () => ({ ...(await there.open()), watcher }),
    async allocate(session, asked) {
      options = asked;
      const id = await submit(session.store, session.present, asked.submission);
      asked.say({ what: 'granted' }, id);
      return given.end ?? { kind: 'command', code: 0, signal: 0 };
    },
    readUserText: async () => ({ fault: 'No such file or directory' }),
    folderFault: async (path) => (path === '/nosuch' ? 'No such file or directory' : undefined),
    userShell: async () => '/bin/sh',
    monotonicMs: () => 0,
  };
  const exitCode = await run(argv, io, deps);
  return { exitCode, ...io.printed, options, spec: options?.submission.spec };
}

const granted = 'salloc: Granted job allocation 1\n';

describe('what is asked for', () => {
  test('a command with its arguments, options behind it being its own', async () => {
    const { options, spec, err } = await salloc(['-n2', '-J', 'work', 'bash', '-c', 'exit 5']);
    assert.deepEqual(options?.command?.words, ['bash', '-c', 'exit 5']);
    assert.deepEqual([spec?.kind, spec?.name, spec?.command, spec?.ntasks], ['allocation', 'work', '', 2]);
    assert.equal(spec?.requeue, false);
    assert.equal(err, granted);
  });
  test('without a command a shell', async () => {
    const { options, spec } = await salloc([]);
    assert.deepEqual(options?.command?.words, ['/bin/zsh']);
    assert.equal(spec?.name, 'interactive');
    assert.deepEqual((await salloc([], { environment: { SHELL: '' } })).options?.command?.words, ['/bin/sh']);
  });
  test('nothing to run with --no-shell', async () => {
    const { options, spec, exitCode } = await salloc(['--no-shell', 'true'], { end: { kind: 'kept' } });
    assert.deepEqual([options?.command, spec?.name, exitCode], [undefined, 'no-shell', 0]);
  });
  test('how long to wait, and the signal for the command', async () => {
    const { options } = await salloc(['-I5', '-KINT', 'true']);
    assert.deepEqual([options?.immediateSeconds, options?.killSignal], [5, 2]);
    const { options: plain } = await salloc(['-I', '--kill-command', 'true']);
    assert.deepEqual([plain?.immediateSeconds, plain?.killSignal], [1, 15]);
  });
  test('variables of its own', async () => {
    const environment = { SALLOC_PARTITION: 'main', SALLOC_TIMELIMIT: '7', SALLOC_KILL_CMD: '' };
    const { spec, options } = await salloc(['true'], { environment });
    assert.deepEqual([spec?.partition, spec?.timeLimit, options?.killSignal], ['main', 7, 15]);
  });
});

describe('faults (captured: errors.salloc, and observed)', () => {
  const cases: readonly (readonly [readonly string[], number, string])[] = [
    [
      ['-p', 'nosuch', 'true'],
      1,
      'salloc: error: invalid partition specified: nosuch\n' +
        'salloc: error: Job submit/allocate failed: Invalid partition name specified\n',
    ],
    [
      ['--badopt'],
      255,
      'salloc: unrecognized option \'--badopt\'\nTry "salloc --help" for more information\n',
    ],
    [['-l', 'true'], 255, 'salloc: invalid option -- \'l\'\nTry "salloc --help" for more information\n'],
    [['-Ix', 'true'], 1, 'salloc: error: Invalid numeric value "x" for immediate.\n'],
    [['-Kfoo', 'true'], 255, 'salloc: error: Invalid --kill-command specification\n'],
    [['-D', '/nosuch', 'pwd'], 1, 'salloc: error: chdir(/nosuch): No such file or directory\n'],
    [['--uid=bob', 'true'], 255, 'salloc: error: --uid only permitted by root user\n'],
    [['-d', 'foo', 'true'], 1, 'salloc: error: Job submit/allocate failed: Job dependency problem\n'],
    [
      ['--mem=5', '--mem-per-cpu=5', 'true'],
      1,
      'salloc: fatal: --mem, --mem-per-cpu, and --mem-per-gpu are mutually exclusive.\n',
    ],
    [[':', '-n2', 'true'], 1, 'salloc: error: heterogeneous jobs are not supported by this release\n'],
  ];
  for (const [words, code, err] of cases) {
    test(words.join(' '), async () => {
      const read = await salloc(words);
      assert.deepEqual([read.exitCode, read.err], [code, err]);
    });
  }
  test('SLURM_EXIT_ERROR says with which code', async () => {
    const { exitCode } = await salloc(['-p', 'nosuch', 'true'], { environment: { SLURM_EXIT_ERROR: '7' } });
    assert.equal(exitCode, 7);
  });
});

describe('what it ends with', () => {
  const cases: readonly (readonly [AllocationEnd, number])[] = [
    [{ kind: 'command', code: 5, signal: 0 }, 5],
    [{ kind: 'command', code: 0, signal: 1 }, 0],
    [{ kind: 'command', code: 0, signal: 2 }, 0],
    [{ kind: 'command', code: 0, signal: 9 }, 0],
    [{ kind: 'command', code: 0, signal: 10 }, 1],
    [{ kind: 'command', code: 0, signal: 11 }, 1],
    [{ kind: 'command', code: 0, signal: 15 }, 1],
    [{ kind: 'failed' }, 1],
    [{ kind: 'tooLate' }, 9],
  ];
  for (const [end, code] of cases) {
    test(JSON.stringify(end), async () => {
      const environment = { SLURM_EXIT_IMMEDIATE: '9' };
      assert.equal((await salloc(['true'], { end, environment })).exitCode, code);
    });
  }
});

test('-Q keeps it quiet, and a bell rings on a terminal alone', async () => {
  assert.equal((await salloc(['-Q', 'true'])).err, '');
  assert.equal((await salloc(['--bell', 'true'])).out, '');
  assert.equal((await salloc(['--bell', 'true'], { isTerminal: true })).out, '\u0007');
  assert.equal((await salloc(['true'], { isTerminal: true })).out, '');
});
