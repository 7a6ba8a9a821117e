import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Shared } from '../../chaos/shared.ts';
import { type Client, makeSpool, openClient } from './client.ts';
import { agedVariable } from './compose.ts';
import { killProcess, markedProcesses } from './proc.ts';
import { until } from './wait.ts';

export { until } from './wait.ts';

/** The checkout: this file runs as build/test/e2e/tools/cluster.js. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DaemonOptions {
  readonly node?: string;
  readonly gpus?: string;
  readonly cpus?: number;
  readonly memory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** So many seconds older than it is, a job looks to the daemon. */
  readonly agedSeconds?: number;
  /** A program of test/e2e/tools in place of bin/mgpud. */
  readonly program?: string;
  /** What starts the daemon, in place of bin/mgpud. */
  readonly words?: readonly string[];
  readonly arguments?: readonly string[];
}

/** A spool in a temporary folder, with daemons and commands as a user starts them. */
export interface Cluster {
  readonly spool: string;
  readonly folder: string;
  readonly work: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Submits and looks without a command. */
  readonly client: Client;
  /** Runs a command of bin/ to its end. */
  run(command: string, ...args: string[]): Promise<Ended>;
  /** The same with input, another folder or variables. */
  runWith(options: RunOptions, command: string, ...args: string[]): Promise<Ended>;
  /** Runs a command and gives its output; throws when it fails. */
  output(command: string, ...args: string[]): Promise<string>;
  /** Starts a daemon and waits until it has registered its node. */
  daemon(options?: DaemonOptions): Promise<Daemon>;
  /** Starts a daemon and does not wait. */
  start(options?: DaemonOptions): Daemon;
  /** What the daemons have logged. */
  logs(): string;
  /** The fields of `scontrol show job`. */
  job(id: number | string): Promise<Readonly<Record<string, string>>>;
  /** Waits until the job has ended for good, and gives its fields. */
  ended(id: number | string): Promise<Readonly<Record<string, string>>>;
  /** Ends all daemons and jobs, and removes the folder. */
  close(): Promise<void>;
}

export interface RunOptions {
  readonly input?: string;
  readonly workDir?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Daemon {
  readonly node: string;
  readonly process: ChildProcess;
  readonly log: () => string;
  /** The file of its node's log, which earlier daemons of the node have begun. */
  readonly logFile: string;
  /** Waits for its end; gives the exit code, or the signal that ended it. */
  over(): Promise<number | string>;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<number | string>;
  /** kill -9, and waits for its end. */
  kill(): Promise<void>;
}

const endStates = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'NODE_FAIL']);

export interface ClusterOptions {
  /** What cluster.yaml says. */
  readonly settings?: object;
  /** The spool is a file system of its own in memory, of so many kilobytes; only root can have that. */
  readonly spoolKilobytes?: number;
  /** The format of the spool; by default the newest. */
  readonly format?: number;
  /** Where the spool lies, for commands (`here`) and for each node, in place of one local folder for all. */
  readonly shared?: Pick<Shared, 'pathOf'>;
}

const logLengthShown = 6000;

export async function makeCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-e2e-'));
  const spoolAt = (machine: string): string => join(options.shared?.pathOf(machine) ?? folder, 'spool');
  const spool = spoolAt('here');
  const work = join(folder, 'work');
  const own = { MGPU_SPOOL: spool, MGPU_LOCAL_DIR: join(folder, 'local'), HOME: folder };
  const environment = cleanEnvironment(own);
  const daemons: Daemon[] = [];
  const logs = (): string =>
    daemons.map((one) => `--- ${one.node}\n${one.log().slice(-logLengthShown)}`).join('\n');
  mkdirSync(work);
  if (options.spoolKilobytes !== undefined) mountMemory(spool, options.spoolKilobytes);
  const { clusterId } = (await makeSpool(spool, options)).spool;
  if (options.settings) writeFileSync(join(spool, 'cluster.yaml'), JSON.stringify(options.settings));
  const client = await openClient(spool, { work, explain: logs });
  const commands = commandsOf({ environment, work, logs });
  const start: Cluster['start'] = (how = {}) => {
    const started = startDaemon({ folder, spool: spoolAt(how.node ?? 'node1'), environment, how });
    daemons.push(started);
    return started;
  };
  return {
    spool,
    folder,
    work,
    environment,
    client,
    ...commands,
    start,
    logs,
    async daemon(how) {
      const started = start(how);
      await registered(started, logs);
      return started;
    },
    async close() {
      for (const one of daemons) await one.kill();
      // A shim may be between two processes at any look.
      await until(
        () => {
          const left = markedProcesses(clusterId);
          for (const { pid } of left) killProcess(pid);
          return left.length === 0;
        },
        { what: 'the jobs of the test end' },
      );
      if (options.spoolKilobytes !== undefined) execFileSync('umount', ['--lazy', spool]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function mountMemory(path: string, kilobytes: number): void {
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'mgpu-e2e', path]);
}

/** Runs a test on a cluster of its own, which is taken down whatever happens. */
export async function withCluster<T>(
  test: (cluster: Cluster) => Promise<T>,
  options: ClusterOptions = {},
): Promise<T> {
  const cluster = await makeCluster(options);
  try {
    return await test(cluster);
  } finally {
    await cluster.close();
  }
}

async function registered(daemon: Daemon, explain: () => string): Promise<void> {
  const { node, process: child } = daemon;
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await until(() => daemon.log().includes('"registered"') || isOver(), {
    what: `${node} registers`,
    explain,
  });
  if (isOver()) throw new Error(`the daemon of ${node} ended before it registered\n${explain()}`);
}

function commandsOf(how: {
  readonly environment: Readonly<Record<string, string>>;
  readonly work: string;
  readonly logs: () => string;
}): Pick<Cluster, 'run' | 'runWith' | 'output' | 'job' | 'ended'> {
  const runWith: Cluster['runWith'] = ({ environment, workDir, input }, command, ...args) =>
    runProcess([join(root, 'bin', command), ...args], {
      environment: { ...how.environment, ...environment },
      workDir: workDir ?? how.work,
      ...(input !== undefined && { input }),
    });
  const run: Cluster['run'] = (command, ...args) => runWith({}, command, ...args);
  const output: Cluster['output'] = async (command, ...args) => {
    const ended = await run(command, ...args);
    if (ended.code !== 0) throw new Error(`${command} ${args.join(' ')}: ${JSON.stringify(ended)}`);
    return ended.stdout;
  };
  const job = async (id: number | string): Promise<Readonly<Record<string, string>>> =>
    fieldsOf(await output('mgpu_scontrol', '-o', 'show', 'job', String(id)));
  return {
    run,
    runWith,
    output,
    job,
    async ended(id) {
      let fields: Readonly<Record<string, string>> = {};
      await until(
        async () => {
          fields = await job(id);
          return endStates.has(fields['JobState'] ?? '');
        },
        { what: `job ${id} ends`, explain: () => `${JSON.stringify(fields)}\n${how.logs()}` },
      );
      return fields;
    },
  };
}

function startDaemon(start: {
  readonly folder: string;
  readonly spool: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly how: DaemonOptions;
}): Daemon {
  const { folder, spool, environment, how } = start;
  const node = how.node ?? 'node1';
  const logFile = join(folder, `${node}.log`);
  const seen = existsSync(logFile) ? readFileSync(logFile).length : 0;
  const program = how.program ?? (how.agedSeconds === undefined ? undefined : 'aged-daemon');
  const own = program === undefined ? [join(root, 'bin/mgpud')] : [process.execPath, toolOf(program)];
  const words = how.words ?? own;
  const args = ['--spool', spool, '--node-name', node, '--verbose', ...(how.arguments ?? [])];
  if (how.gpus !== '') args.push('--gpus', how.gpus ?? '4');
  if (how.cpus !== undefined) args.push('--cpus', String(how.cpus));
  if (how.memory !== undefined) args.push('--memory', how.memory);
  const logFd = openSync(logFile, 'a');
  const [command = '', ...head] = words;
  const child = spawn(command, [...head, ...args], {
    env: { ...environment, [agedVariable]: String(how.agedSeconds ?? 0), ...how.environment },
    stdio: ['ignore', logFd, logFd],
    cwd: '/',
  });
  closeSync(logFd);
  const log = (): string => readFileSync(logFile).subarray(seen).toString();
  const over = async (): Promise<number | string> => {
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
    await until(isOver, { what: `the daemon of ${node} ends`, explain: log });
    return child.exitCode ?? child.signalCode ?? 'unknown';
  };
  return {
    node,
    process: child,
    logFile,
    log,
    over,
    stop() {
      child.kill('SIGTERM');
      return over();
    },
    async kill() {
      child.kill('SIGKILL');
      await over();
    },
  };
}

function toolOf(program: string): string {
  return join(root, `build/test/e2e/tools/${program}.js`);
}

/** Without what belongs to this test's own surroundings. */
function cleanEnvironment(own: Readonly<Record<string, string>>): Record<string, string> {
  const kept = ['PATH', 'LANG', 'TZ', 'USER', 'LOGNAME', 'SHELL', 'TERM'];
  const entries = kept.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]] as const],
  );
  return { ...Object.fromEntries(entries), ...own } as Record<string, string>;
}

export function runProcess(
  words: readonly string[],
  how: {
    readonly environment: Readonly<Record<string, string>>;
    readonly workDir: string;
    readonly input?: string;
  },
): Promise<Ended> {
  const [command = '', ...args] = words;
  const child = spawn(command, args, {
    env: { ...how.environment },
    cwd: how.workDir,
    stdio: [how.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => {
    // The command ended without reading its input.
  });
  child.stdin?.end(how.input);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The `Key=value` words of scontrol's one-line form. */
function fieldsOf(line: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const word of line.trim().split(' ')) {
    const at = word.indexOf('=');
    if (at > 0) fields[word.slice(0, at)] = word.slice(at + 1);
  }
  return fields;
}
