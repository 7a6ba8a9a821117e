import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMgpuError, MgpuError } from '../../src/base/error.ts';
import type { CommandIo } from '../../src/commands/io.ts';
import { sbatchTable } from '../../src/commands/sbatch/options.ts';
import { run as sbatch } from '../../src/commands/sbatch/run.ts';
import { scancelTable } from '../../src/commands/scancel/options.ts';
import { run as scancel } from '../../src/commands/scancel/run.ts';
import { scontrolTable } from '../../src/commands/scontrol/options.ts';
import { run as scontrol } from '../../src/commands/scontrol/run.ts';
import { sinfoTable } from '../../src/commands/sinfo/options.ts';
import { run as sinfo } from '../../src/commands/sinfo/run.ts';
import { squeueTable } from '../../src/commands/squeue/options.ts';
import { run as squeue } from '../../src/commands/squeue/run.ts';
import { srunTable } from '../../src/commands/srun/options.ts';
import { run as srun } from '../../src/commands/srun/run.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { submit } from '../../src/services/submit.ts';
import { readInbox } from '../../src/store/inbox.ts';
import { fakeIo, fakeLive, fakeStarter, gpu, node, now, share, spec } from '../unit/builders.ts';
import { type FakeCluster, fakeCluster } from '../unit/session.ts';
import { oddTexts } from './texts.ts';

/*
 * Command lines and scripts. Whatever they say, a command answers with an exit code and words on its streams;
 * nothing is thrown but an error that names its cause, no terminal is steered, and what is acknowledged is a
 * request that daemons take in.
 */

/** A name that would draw on a terminal. */
const evil = 'a\u001b[31m\nb\u202e\t漢\u009b2J';
const user = {
  user: 'alice',
  uid: 2001,
  group: 'alice',
  gid: 2001,
  host: 'login',
  umask: 0o22,
  rlimits: {},
  groups: ['alice'],
  moment: { now: 1_000_000, utcOffsetMinutes: () => 0 },
};
const script = '#!/bin/sh\ntrue\n';

type RunCommand = (argv: readonly string[], io: CommandIo, there: FakeCluster) => Promise<number>;

const paint = async () => (_colour: string, text: string) => text;
const watcher = { wait: async () => {}, wake() {}, add() {}, close: async () => {} };
const view = async (there: FakeCluster) => (await there.open()).present.view();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function sbatchOf(text: string): RunCommand {
  return (argv, io, there) =>
    sbatch(argv, io, {
      findScript: async ({ name }) => (name === '' ? undefined : { path: `/w/${name}`, bytes: bytes(text) }),
      readStdin: async () => bytes(text),
      submitter: async () => user,
      open: () => there.open(),
      loginEnvironment: async () => ({ PATH: '/bin' }),
      waitForJob: async () => 0,
      readUserText: async () => ({ fault: 'No such file or directory' }),
    });
}

const commands: readonly (readonly [{ readonly rows: readonly Row[] }, RunCommand])[] = [
  [sbatchTable, sbatchOf(script)],
  [
    srunTable,
    (argv, io, there) =>
      srun(argv, io, {
        readUserText: async () => ({ fault: 'No such file or directory' }),
        umask: 0o22,
        submitter: async () => user,
        open: async () => ({ ...(await there.open()), watcher }),
        follow: async (session, { submission }) => {
          await submit(session.store, session.present, submission);
          return 0;
        },
        span: async (session, { submission }) => {
          await submit(session.store, session.present, submission);
          return 0;
        },
        followInner: async () => 0,
        starter: fakeStarter,
        live: fakeLive,
        readText: async () => evil,
        runProgram: async () => {},
        groups: async () => ['alice'],
        window: () => undefined,
        findProgram: async () => undefined,
      }),
  ],
  [
    squeueTable,
    (argv, io, there) => {
      const isUser = async (): Promise<boolean> => true;
      // -i goes on until somebody ends it.
      const sleep = async (): Promise<void> => {
        throw new MgpuError('INTERRUPTED', 'interrupted by the test');
      };
      const user = { uid: 2001, name: 'alice' };
      return squeue(argv, io, { view: () => view(there), user, isUser, steps: async () => [], paint, sleep });
    },
  ],
  [
    sinfoTable,
    (argv, io, there) =>
      sinfo(argv, io, {
        view: () => view(there),
        loads: async () => new Map(),
        reader: async () => ({ uid: 2001, groups: [] }),
        sleep: async () => {
          throw new MgpuError('INTERRUPTED', 'interrupted by the test');
        },
        paint,
        drawTable: async (_, rows) => rows.join('\n'),
      }),
  ],
  [
    scancelTable,
    (argv, io, there) =>
      scancel(argv, io, {
        open: () => there.open(),
        user: { uid: 2001, name: 'alice' },
        host: 'login',
        isUser: async (name) => name === 'alice',
        readLine: async () => undefined,
      }),
  ],
  [
    scontrolTable,
    (argv, io, there) =>
      scontrol(argv, io, {
        view: () => view(there),
        user: { uid: 2001, name: 'alice' },
        runRecord: async () => undefined,
        steps: async () => [],
        config: async () => ({
          settings: defaultSettings,
          settingsFile: '/spool/cluster.yaml',
          spool: '/spool',
          owner: 'alice(2001)',
          host: 'login',
        }),
        loads: async () => new Map(),
        reader: async () => ({ uid: 2001, groups: [] }),
        mayAdminister: async () => true,
        isUser: async () => true,
        uidOf: async () => undefined,
        utcOffsetMinutes: () => 0,
        checkSettings: async () => {},
        readHostFile: async () => 'gpu[01-02]',
        send: async () => {},
        isOwner: async () => true,
        script: async () => undefined,
        jobOfPid: async () => undefined,
        writeFile: async () => undefined,
        pids: async () => [],
        host: 'login',
        sleep: async () => {
          throw new MgpuError('INTERRUPTED', 'interrupted by the test');
        },
        readLine: async () => 'quit',
        isInputTerminal: false,
      }),
  ],
];

interface Row {
  readonly long: string;
  readonly short?: string;
  readonly arg: 'none' | 'required' | 'optional';
}

const values = fc.oneof(
  oddTexts,
  fc.constantFrom('1', '2', 'gpu01', 'gpu[01-02]', '1-3', 'a100:2', 'alice', '%i %j %T', 'JobID:30', 'name'),
  fc.constantFrom('', '0', '-1', '1:00', '4G', 'show', 'job', 'jobs', 'node', 'hold', 'x'.repeat(70_000)),
  fc.constantFrom(
    'RUNNING',
    'afterok:1',
    'ALL',
    'json',
    '10,000',
    '--',
    '-',
    '---',
    '=',
    '--=',
    '-=x',
    'hostnames',
  ),
);

/** Words in all the ways that getopt knows: whole, cut short, joined, apart. */
function wordsFor(rows: readonly Row[]): fc.Arbitrary<readonly string[]> {
  const row = fc.constantFrom(...rows);
  const long = fc
    .tuple(row, values, fc.nat(30), fc.boolean())
    .map(([{ long: name, arg }, value, length, isGlued]) => {
      const written = `--${length < 2 ? name.slice(0, 1 + length * 3) : name}`;
      if (isGlued) return [`${written}=${value}`];
      return arg === 'required' ? [written, value] : [written];
    });
  const short = fc.tuple(fc.array(row, { minLength: 1, maxLength: 4 }), values).map(([all, value]) => {
    return [`-${all.map((one) => one.short ?? '').join('')}${value}`];
  });
  const word = fc.oneof(
    { arbitrary: long, weight: 5 },
    short,
    values.map((value) => [value]),
  );
  return fc.array(word, { maxLength: 5 }).map((all) => all.flat());
}

async function makeThere(): Promise<FakeCluster> {
  const gpus = [gpu(0), gpu(1)];
  const there = await fakeCluster([node('gpu01', { gpus, osRelease: evil }), node('gpu02', { gpus })]);
  await there.commit([
    {
      name: 'jobSubmitted',
      time: now,
      id: 1,
      spec: spec({ name: evil, comment: evil, workDir: `/${evil}` }),
    },
    { name: 'jobSubmitted', time: now, id: 2, spec: spec({ user: evil, command: evil, output: evil }) },
    { name: 'jobAllocated', time: now, id: 1, attempt: 1, allocation: [share('gpu01', { gpus: [0] })] },
    { name: 'gpuTroubles', time: now, node: 'gpu02', troubles: [{ index: 0, kind: 'busy', reason: evil }] },
  ]);
  return there;
}

let there: Promise<FakeCluster> | undefined;

async function answers(runCommand: RunCommand, argv: readonly string[]): Promise<void> {
  there ??= makeThere();
  const cluster = await there;
  const io = fakeIo({ environment: { PATH: '/bin', HOME: '/', LANG: evil } });
  const exitCode = await runCommand(argv, io, cluster).catch((error: unknown) => {
    if (!isMgpuError(error)) throw error;
    return 1;
  });
  assert.ok(Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255, `exit code ${exitCode}`);
  const { out, err } = io.printed;
  const steering = /[^\P{Cc}\n\t]|\p{Cf}|\p{Cs}/u;
  // What callers write into a format of their own is theirs to see.
  if (!argv.some((word) => steering.test(word))) assert.doesNotMatch(out, steering);
  assert.doesNotMatch(err, steering);
  assert.doesNotMatch(err, /^ +at /m);
  if (exitCode !== 0) assert.ok(err.length + out.length < 400_000, 'a refusal of many words');
  await takenIn(cluster);
}

/** What was sent is what a daemon would take in; it goes, so that the next command finds an empty inbox. */
async function takenIn(cluster: FakeCluster): Promise<void> {
  const { store } = await cluster.open();
  const { requests, unfit } = await readInbox(store, 'all');
  assert.deepEqual(unfit, []);
  for (const { requestId, request } of requests) {
    await store.files.unlink(`${store.layout.inbox}/${requestId}.json`);
    if (request.name === 'submit') await store.files.removeTree(store.layout.job(request.jobId).path);
  }
}

const lines = fc.oneof(
  fc
    .constant(commands[0]?.[0].rows ?? [])
    .chain(wordsFor)
    .map((words) => `#SBATCH ${words.join(' ')}`),
  oddTexts.map((text) => `#SBATCH${text}`),
  fc.constantFrom(
    '#SBATCH -J "a',
    "#SBATCH -J 'a\\",
    '#SBATCH --',
    '#SBATCH hetjob',
    '#PBS -l nodes=1:ppn=x',
  ),
  fc.constantFrom('#BSUB -n 1', '#SBATCH -N1 # -n2', '# SBATCH -N1', '', 'true', '\r', '#SBATCH -J \ufeff'),
  fc.constant(`#SBATCH -J ${'x '.repeat(50_000)}`),
);
const scripts = fc
  .tuple(
    fc.constantFrom('#!/bin/sh\n', '#!/bin/sh\r\n', '\ufeff#!/bin/sh\n', '#!', ''),
    fc.array(lines, { maxLength: 6 }),
  )
  .chain(([head, all]) => fc.constantFrom('\n', '\n', '\r\n').map((end) => head + all.join(end)));

export const commandLines = commands.map(([table, runCommand]) =>
  fc.asyncProperty(wordsFor(table.rows), (argv) => answers(runCommand, argv)),
);

export const scriptDirectives = fc.asyncProperty(scripts, (text) => answers(sbatchOf(text), ['s.sh']));
