import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
  /** Another program in place of bin/mgpud. */
  readonly program?: readonly string[];
}

/** A spool in a temporary folder, with daemons and commands as a user starts them. */
export interface Cluster {
  readonly spool: string;
  readonly folder: string;
  readonly work: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a command of bin/ to its end. */
  run(command: string, ...args: string[]): Promise<Ended>;
  /** The same with input, another folder or variables. */
  runWith(options: RunOptions, command: string, ...args: string[]): Promise<Ended>;
  /** Runs a command and gives its output; throws when it fails. */
  output(command: string, ...args: string[]): Promise<string>;
  daemon(options?: DaemonOptions): Promise<Daemon>;
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
  /** Resolves with the exit code, or the signal that ended it. */
  readonly over: Promise<number | string>;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<number | string>;
  /** kill -9, and waits for its end. */
  kill(): Promise<void>;
}

const waitMsMax = 60_000;
const endStates = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'NODE_FAIL']);

export async function makeCluster(options: { readonly spool?: string } = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-e2e-'));
  const spool = options.spool ?? join(folder, 'spool');
  const work = join(folder, 'work');
  const environment = cleanEnvironment({ MGPU_SPOOL: spool, MGPU_LOCAL_DIR: join(folder, 'local'), HOME: folder });
  const daemons: Daemon[] = [];
  const runWith: Cluster['runWith'] = (how, command, ...args) =>
    runProcess([join(root, 'bin', command), ...args], {
      environment: { ...environment, ...how.environment },
      workDir: how.workDir ?? work,
      ...(how.input !== undefined && { input: how.input }),
    });
  const run: Cluster['run'] = (command, ...args) => runWith({}, command, ...args);
  const output: Cluster['output'] = async (command, ...args) => {
    const ended = await run(command, ...args);
    if (ended.code !== 0) throw new Error(`${command} ${args.join(' ')}: ${JSON.stringify(ended)}`);
    return ended.stdout;
  };
  const job = async (id: number | string): Promise<Readonly<Record<string, string>>> =>
    fieldsOf(await output('mgpu_scontrol', '-o', 'show', 'job', String(id)));
  const logs = (): string => daemons.map((one) => `--- ${one.node}\n${one.log()}`).join('\n');
  await runProcess(['mkdir', '-p', work], { environment, workDir: folder });
  await output('mgpu', 'init', spool, '--no-fsync');
  return {
    spool,
    folder,
    work,
    environment,
    run,
    runWith,
    output,
    job,
    async daemon(how = {}) {
      const started = startDaemon({ folder, spool, environment, how });
      daemons.push(started);
      await until(() => started.log().includes('"registered"') || started.process.exitCode !== null, {
        what: `daemon ${started.node} registers`,
        explain: logs,
      });
      return started;
    },
    async ended(id) {
      let fields: Readonly<Record<string, string>> = {};
      await until(
        async () => {
          fields = await job(id);
          return endStates.has(fields['JobState'] ?? '');
        },
        { what: `job ${id} ends`, explain: () => `${JSON.stringify(fields)}\n${logs()}` },
      );
      return fields;
    },
    async close() {
      for (const one of daemons) if (one.process.exitCode === null && one.process.signalCode === null) await one.kill();
      await runProcess(['pkill', '-9', '-f', folder], { environment, workDir: '/' });
      rmSync(folder, { recursive: true, force: true });
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
  const program = how.program ?? [join(root, 'bin/mgpud')];
  const args = ['--spool', spool, '--node-name', node, '--verbose'];
  if (how.gpus !== '') args.push('--gpus', how.gpus ?? '4');
  if (how.cpus !== undefined) args.push('--cpus', String(how.cpus));
  if (how.memory !== undefined) args.push('--memory', how.memory);
  const log = openSync(logFile, 'a');
  const [command = '', ...head] = program;
  const child = spawn(command, [...head, ...args], {
    env: { ...environment, ...how.environment },
    stdio: ['ignore', log, log],
    cwd: '/',
  });
  const over = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return {
    node,
    process: child,
    log: () => readFileSync(logFile).subarray(seen).toString(),
    over,
    stop() {
      child.kill('SIGTERM');
      return over;
    },
    async kill() {
      child.kill('SIGKILL');
      await over;
    },
  };
}

/** Without what belongs to this test's own surroundings. */
function cleanEnvironment(own: Readonly<Record<string, string>>): Record<string, string> {
  const kept = ['PATH', 'LANG', 'TZ', 'USER', 'LOGNAME', 'SHELL', 'TERM'];
  const entries = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));
  return { ...Object.fromEntries(entries), ...own } as Record<string, string>;
}

export function runProcess(
  words: readonly string[],
  how: { readonly environment: Readonly<Record<string, string>>; readonly workDir: string; readonly input?: string },
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
export function fieldsOf(line: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const word of line.trim().split(' ')) {
    const at = word.indexOf('=');
    if (at > 0) fields[word.slice(0, at)] = word.slice(at + 1);
  }
  return fields;
}

/** Polls until the condition holds; when it does not within a minute, throws with what `explain` says. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  how: { readonly what: string; readonly explain?: () => string },
): Promise<void> {
  const end = Date.now() + waitMsMax;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${how.what}\n${how.explain?.() ?? ''}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
