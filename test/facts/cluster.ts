import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../e2e/tools/wait.ts';
import { captured, capturedClusterName, capturedNodes, capturedSettings, daemonWords } from './captured.ts';
import type { Ground, Who } from './ground.ts';

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code, or in words why there is none. */
  readonly exit: number | string;
}

export interface RunOptions {
  readonly who?: Who;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly msMax?: number;
}

/** A spool and four daemons on a ground. */
export interface FactCluster {
  readonly ground: Ground;
  /** The working folder of the facts, as seen from outside. */
  readonly work: string;
  /** Runs a line by `bash -c` in the working folder. */
  run(line: string, options?: RunOptions): Promise<Ran>;
  /** The last id that a job got. */
  lastId(): number;
  /** Lets the next job have this id; ids only rise. */
  nextId(id: number): void;
  /** Empties the working folder. */
  sweep(): void;
  /** Stops and continues the daemons: what is submitted between them starts together. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Waits until no job is left that has not ended; false if some stay. */
  isEmpty(msMax: number): Promise<boolean>;
  close(): Promise<void>;
}

const lineMsMax = 60_000;
/** Nobody waits longer for the streams of what a line left behind. */
const streamsMsMax = 2000;
const pollMs = 100;

export async function startCluster(ground: Ground): Promise<FactCluster> {
  const { home, run: folder } = ground.places;
  const work = ground.outside(join(home, 'w'));
  const hint = ground.outside(join(folder, 'spool/jobs/.last'));
  const run = (line: string, options: RunOptions = {}): Promise<Ran> => runLine(ground, line, options);
  const cluster: FactCluster = {
    ground,
    work,
    run,
    lastId: () => (existsSync(hint) ? Number(readFileSync(hint, 'utf8')) : 0),
    nextId: (id) => writeFileSync(hint, `${id - 1}\n`),
    sweep() {
      for (const name of readdirSync(work)) rmSync(join(work, name), { recursive: true, force: true });
    },
    async pause() {
      await run(`kill -STOP $(cat ${folder}/*.pid)`);
    },
    async resume() {
      await run(`kill -CONT $(cat ${folder}/*.pid)`);
    },
    isEmpty: (msMax) => isEmpty(run, msMax),
    async close() {
      await run(`kill -KILL $(cat ${folder}/*.pid)`);
      await ground.close();
    },
  };
  try {
    await setUp(cluster);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}

async function setUp({ ground, run }: FactCluster): Promise<void> {
  const { home, run: folder, checkout } = ground.places;
  const spool = join(folder, 'spool');
  const bin = join(checkout, 'bin');
  const init = `mkdir -p w .config/mgpu && echo 'spool: ${spool}' > .config/mgpu/config.yaml &&
    ${bin}/mgpu init --no-fsync --name ${capturedClusterName} ${spool}`;
  const made = await runLine(ground, init, { workFolder: home });
  if (made.exit !== 0) throw new Error(`the cluster cannot be made: ${made.stderr}`);
  writeFileSync(ground.outside(join(spool, 'cluster.yaml')), JSON.stringify(capturedSettings));
  const starts = capturedNodes.map((node) => {
    const words = daemonWords(node).map((word) => `'${word}'`);
    const own = `--spool ${spool} --local-dir ${folder}/${node} --log-file ${folder}/${node}.log`;
    return `sh -c 'echo $$ > ${folder}/${node}.pid; exec "$@"' - \
      ${bin}/mgpud --verbose ${own} ${words.join(' ')} </dev/null >>${folder}/${node}.out 2>&1 &`;
  });
  const started = await run(`umask 022\n${starts.join('\n')}`);
  if (started.exit !== 0) throw new Error(`the daemons cannot be started: ${started.stderr}`);
  const logs = capturedNodes.map((node) => ground.outside(join(folder, `${node}.log`)));
  const readLog = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const commits = ground.outside(join(spool, 'log'));
  const isConfigured = (): boolean =>
    readdirSync(commits).some((name) => readLog(join(commits, name)).includes('"clusterConfigured"'));
  await until(() => logs.every((path) => readLog(path).includes('"registered"')) && isConfigured(), {
    what: 'four daemons register, and cluster.yaml is read',
    explain: () => logs.map(readLog).join('\n'),
  });
}

async function isEmpty(run: FactCluster['run'], msMax: number): Promise<boolean> {
  const end = Date.now() + msMax;
  for (;;) {
    const { stdout, exit } = await run('squeue -h -o %i');
    if (exit === 0 && stdout === '') return true;
    if (Date.now() > end) return false;
    await new Promise((resolve) => {
      setTimeout(resolve, pollMs);
    });
  }
}

function runLine(
  ground: Ground,
  line: string,
  options: RunOptions & { readonly workFolder?: string },
): Promise<Ran> {
  const who = options.who ?? 'owner';
  const folder = options.workFolder ?? join(ground.places.home, 'w');
  const [command = '', ...words] = [
    ...ground.words(who),
    ...['env', '-i', `--chdir=${folder}`, ...variablesOf(ground, who, options.env), 'bash', '-c', line],
  ];
  const child = spawn(command, words, {
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8');
    child[name]?.on('data', (part: string) => {
      text[name] += part;
    });
  }
  child.stdin?.on('error', () => {
    // A command that reads no input closes it.
  });
  child.stdin?.end(options.stdin);
  return new Promise((resolve) => {
    const done = (exit: number | string): void => {
      clearTimeout(alarm);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ ...text, exit });
    };
    const alarm = setTimeout(() => {
      child.kill('SIGKILL');
      done(`none after ${(options.msMax ?? lineMsMax) / 1000} s`);
    }, options.msMax ?? lineMsMax);
    child.on('error', (error) => done(error.message));
    child.on('exit', (code, signal) => {
      const exit = code ?? signal ?? 'unknown';
      // A job in the background may hold the streams for longer than anybody looks.
      const late = setTimeout(() => done(exit), streamsMsMax);
      child.on('close', () => {
        clearTimeout(late);
        done(exit);
      });
    });
  });
}

function variablesOf(
  ground: Ground,
  who: Who,
  env: Readonly<Record<string, string>> = {},
): readonly string[] {
  const { checkout, home, node, run } = ground.places;
  const path = [
    `${checkout}/bin/slurm`,
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
    '/usr/local/games',
    '/usr/games',
  ];
  if (!path.includes(node)) path.push(node);
  const name = who === 'owner' ? captured.user : who;
  const own = {
    HOME: who === 'owner' ? home : `/${who === 'root' ? '' : 'home/'}${who}`,
    LOGNAME: name,
    MAIL: `/var/mail/${name}`,
    PATH: path.join(':'),
    SHELL: '/bin/bash',
    USER: name,
    TZ: 'UTC',
    ...(who !== 'owner' && { MGPU_SPOOL: join(run, 'spool') }),
    ...env,
  };
  return Object.entries(own).map(([key, value]) => `${key}=${value}`);
}
