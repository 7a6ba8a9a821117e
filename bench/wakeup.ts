import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { glusterMounts, whyNoGluster } from '../test/chaos/gluster.ts';
import { localFolder, type Shared } from '../test/chaos/shared.ts';
import { root, until } from './cluster.ts';
import { bareNode } from './latency.ts';
import { type BenchOptions, median, ms, type Row } from './table.ts';

/*
 * How soon one machine does what another one asked for: commands at one mount, the daemons of two nodes at
 * mounts of their own, on a local disk and on GlusterFS, with and without the doorbell.
 */

interface Ground {
  readonly name: string;
  readonly shared: Shared;
  /** Of the spool in it. */
  readonly spool: string;
  readonly daemonWords: readonly string[];
}

const machines = ['here', 'node1', 'node2'];

/** The same things on each ground, turn by turn, so that what disturbs one disturbs all. */
export async function benchWakeUp({ folder, isShort }: BenchOptions): Promise<readonly Row[]> {
  const why = whyNoGluster();
  const own = join(folder, 'wakeup');
  mkdirSync(own);
  const local = { name: 'local', shared: localFolder(own), spool: 'spool', daemonWords: [] };
  const shared = why === undefined ? await glusterMounts(own, machines) : undefined;
  const gluster =
    shared === undefined
      ? []
      : [
          { name: 'GlusterFS', shared, spool: 'spool', daemonWords: [] },
          { name: 'GlusterFS, no doorbell', shared, spool: 'quiet', daemonWords: ['--port', 'none'] },
        ];
  const sites: Site[] = [];
  try {
    for (const ground of [local, ...gluster]) sites.push(await openSite(ground, own));
    const rounds = isShort ? 4 : 15;
    const bare: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(timeOf(bareNode));
      for (const site of sites) await measure(site);
    }
    return [...rowsOf(sites, median(bare)), ...notMeasured(why)];
  } finally {
    for (const site of sites) await site.close();
    await shared?.close();
    rmSync(own, { recursive: true, force: true });
  }
}

function notMeasured(why: string | undefined): readonly Row[] {
  return why === undefined ? [] : [{ what: 'GlusterFS', figure: `not measured: ${why}` }];
}

const figures = {
  start: { what: 'sbatch typed to job started', aim: 'Slurm: 1.0 s' },
  next: {
    what: 'end of a job to start of the next on its GPU',
    aim: 'under 50 ms local, 150 ms GlusterFS; Slurm: 2.0 s, tuned 1.0 s',
  },
  one: { what: 'srun -w node2 true, above node', aim: 'under 150 ms; Slurm: 45 ms' },
  two: { what: 'srun -N2 true, above node', aim: '' },
} as const;
type Figure = keyof typeof figures;

function rowsOf(sites: readonly Site[], bare: number): readonly Row[] {
  return (Object.keys(figures) as Figure[]).flatMap((key) =>
    sites.map(({ name, times }, index): Row => {
      const { what, aim } = figures[key];
      const above = key === 'one' || key === 'two' ? bare : 0;
      const figure = figureOf(times[key].map((time) => time - above));
      return { what: `${what}: ${name}`, figure, ...(index === 0 && { aim }) };
    }),
  );
}

/** The middle one, and the one that nine of ten stay below. */
function figureOf(times: readonly number[]): string {
  const high = [...times].sort((a, b) => a - b)[Math.ceil(times.length * 0.9) - 1] ?? Number.NaN;
  return `${ms(median(times))}, nine of ten below ${ms(high)}`;
}

type RunCommand = (command: string, ...words: readonly string[]) => string;

/** A cluster on a ground, with the daemons of two nodes. */
interface Site {
  readonly name: string;
  readonly folder: string;
  readonly times: Readonly<Record<Figure, number[]>>;
  readonly run: RunCommand;
  close(): Promise<void>;
}

async function openSite({ name, shared, spool, daemonWords }: Ground, parent: string): Promise<Site> {
  const folder = mkdtempSync(join(parent, 'site-'));
  const daemons: ChildProcess[] = [];
  const environmentAt = (machine: string): NodeJS.ProcessEnv => ({
    ...process.env,
    MGPU_SPOOL: join(shared.pathOf(machine), spool),
    MGPU_LOCAL_DIR: join(folder, machine),
  });
  const run: RunCommand = (command, ...words) =>
    execFileSync(join(root, 'bin', command), [...words], {
      env: environmentAt('here'),
      cwd: folder,
      encoding: 'utf8',
      // What a command says of its waiting is not part of the table.
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  run('mgpu', 'init', join(shared.pathOf('here'), spool));
  for (const node of ['node1', 'node2']) {
    const logPath = join(folder, `${node}.log`);
    const log = openSync(logPath, 'a');
    const words = ['--node-name', node, '--cpus', '4', '--gpus', '1', '--memory', '4G', ...daemonWords];
    const env = environmentAt(node);
    daemons.push(spawn(join(root, 'bin/mgpud'), words, { env, cwd: '/', stdio: ['ignore', log, log] }));
    await until(() => readFileSync(logPath, 'utf8').includes('registered'), `${node} registers`);
  }
  return {
    name,
    folder,
    times: { start: [], next: [], one: [], two: [] },
    run,
    async close() {
      for (const daemon of daemons) await end(daemon);
    },
  };
}

async function end(daemon: ChildProcess): Promise<void> {
  daemon.kill('SIGTERM');
  await until(() => daemon.exitCode !== null || daemon.signalCode !== null, 'the daemon ends');
}

async function measure({ run, folder, times }: Site): Promise<void> {
  times.start.push(await timeStart(run, folder));
  times.next.push(await timeNext(run, folder));
  times.one.push(timeOf(() => run('mgpu_srun', '-w', 'node2', 'true')));
  times.two.push(timeOf(() => run('mgpu_srun', '-N2', 'true')));
}

function timeOf(action: () => unknown): number {
  const before = performance.now();
  action();
  return performance.now() - before;
}

const stamp = 'date +%s%N';

async function timeStart(run: RunCommand, folder: string): Promise<number> {
  const path = join(folder, 'started');
  rmSync(path, { force: true });
  const before = Date.now();
  run('mgpu_sbatch', '-w', 'node2', '-o', '/dev/null', '--wrap', `${stamp} > ${path}`);
  return (await stampIn(path)) - before;
}

/** Two jobs that want the only GPU of one node. */
async function timeNext(run: RunCommand, folder: string): Promise<number> {
  const [ended, started] = [join(folder, 'ended'), join(folder, 'next')];
  for (const path of [ended, started]) rmSync(path, { force: true });
  const words = ['-N1', '-w', 'node1', '--gpus', '1', '-o', '/dev/null', '--wrap'];
  run('mgpu_sbatch', ...words, `sleep 1; ${stamp} > ${ended}`);
  run('mgpu_sbatch', ...words, `${stamp} > ${started}`);
  return (await stampIn(started)) - (await stampIn(ended));
}

/** Milliseconds since the epoch, as `date` wrote them. */
async function stampIn(path: string): Promise<number> {
  let text = '';
  await until(() => {
    text = spawnSync('cat', [path], { encoding: 'utf8' }).stdout;
    return text.endsWith('\n');
  }, path);
  return Number(text) / 1e6;
}
