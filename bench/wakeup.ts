import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { glusterMounts, whyNoGluster } from '../test/chaos/gluster.ts';
import { localFolder, type Shared } from '../test/chaos/shared.ts';
import { root, until } from './cluster.ts';
import { bareNode, timesOf } from './latency.ts';
import { type BenchOptions, median, ms, type Row } from './table.ts';

/*
 * How soon one machine does what another one asked for: commands at one mount, the daemons of two nodes at
 * mounts of their own, on a local disk and on GlusterFS, with and without the doorbell.
 */

interface Ground {
  readonly name: string;
  readonly makeShared: (folder: string) => Promise<Shared>;
  readonly daemonWords: readonly string[];
}

const machines = ['here', 'node1', 'node2'];

function grounds(): readonly Ground[] {
  const local: Ground = {
    name: 'local',
    makeShared: async (folder) => localFolder(folder),
    daemonWords: [],
  };
  const makeShared = (folder: string): Promise<Shared> => glusterMounts(folder, machines);
  if (whyNoGluster() !== undefined) return [local];
  return [
    local,
    { name: 'GlusterFS', makeShared, daemonWords: [] },
    { name: 'GlusterFS, no doorbell', makeShared, daemonWords: ['--port', 'none'] },
  ];
}

/** The same things on each ground, so that their figures stand beside each other. */
export async function benchWakeUp({ folder, isShort }: BenchOptions): Promise<readonly Row[]> {
  const measured: (readonly Measured[])[] = [];
  const used = grounds();
  for (const [index, ground] of used.entries()) {
    const own = join(folder, `wakeup${index}`);
    mkdirSync(own);
    measured.push(await measureOn(ground, own, isShort ? 4 : 15));
  }
  const why = whyNoGluster();
  const without = why === undefined ? [] : [{ what: 'GlusterFS', figure: `not measured: ${why}` }];
  const rows = (measured[0] ?? []).flatMap(({ what, aim }, row): Row[] =>
    used.map(({ name }, index) => {
      const figure = figureOf(measured[index]?.[row]?.times ?? []);
      return { what: `${what}: ${name}`, figure, ...(index === 0 && { aim }) };
    }),
  );
  return [...rows, ...without];
}

/** The middle one, and the one that nine of ten stay below. */
function figureOf(times: readonly number[]): string {
  const high = [...times].sort((a, b) => a - b)[Math.ceil(times.length * 0.9) - 1] ?? Number.NaN;
  return `${ms(median(times))}, nine of ten below ${ms(high)}`;
}

interface Measured {
  readonly what: string;
  readonly times: readonly number[];
  readonly aim: string;
}

async function measureOn(
  { makeShared, daemonWords }: Ground,
  folder: string,
  rounds: number,
): Promise<readonly Measured[]> {
  const shared = await makeShared(folder);
  const daemons: ChildProcess[] = [];
  const environmentAt = (machine: string): NodeJS.ProcessEnv => ({
    ...process.env,
    MGPU_SPOOL: join(shared.pathOf(machine), 'spool'),
    MGPU_LOCAL_DIR: join(folder, machine),
  });
  const run = (command: string, ...words: readonly string[]): string => {
    const options = { env: environmentAt('here'), cwd: folder, encoding: 'utf8' } as const;
    return execFileSync(join(root, 'bin', command), [...words], options);
  };
  try {
    run('mgpu', 'init', join(shared.pathOf('here'), 'spool'));
    for (const node of ['node1', 'node2']) {
      const logPath = join(folder, `${node}.log`);
      const log = openSync(logPath, 'a');
      const words = ['--node-name', node, '--cpus', '4', '--gpus', '1', '--memory', '4G', ...daemonWords];
      const options = { env: environmentAt(node), cwd: '/', stdio: ['ignore', log, log] as const };
      daemons.push(spawn(join(root, 'bin/mgpud'), words, { ...options, stdio: [...options.stdio] }));
      await until(() => readFileSync(logPath, 'utf8').includes('registered'), `${node} registers`);
    }
    return await measureAll(run, folder, rounds);
  } finally {
    for (const daemon of daemons) await end(daemon);
    await shared.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function end(daemon: ChildProcess): Promise<void> {
  daemon.kill('SIGTERM');
  await until(() => daemon.exitCode !== null || daemon.signalCode !== null, 'the daemon ends');
}

type RunCommand = (command: string, ...words: readonly string[]) => string;

async function measureAll(run: RunCommand, folder: string, rounds: number): Promise<readonly Measured[]> {
  const starts: number[] = [];
  const gaps: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    starts.push(await timeStart(run, folder));
    gaps.push(await timeNext(run, folder));
  }
  const [bare = [], one = [], two = []] = timesOf(rounds, [
    bareNode,
    () => run('mgpu_srun', '-w', 'node2', 'true'),
    () => run('mgpu_srun', '-N2', 'true'),
  ]);
  const above = (times: readonly number[]): readonly number[] => times.map((time) => time - median(bare));
  return [
    { what: 'sbatch typed to job started', times: starts, aim: 'Slurm: 1.0 s' },
    {
      what: 'end of a job to start of the next on its GPU',
      times: gaps,
      aim: 'under 50 ms local, 150 ms GlusterFS; Slurm: 2.0 s, tuned 1.0 s',
    },
    { what: 'srun -w node2 true, above node', times: above(one), aim: 'under 150 ms; Slurm: 45 ms' },
    { what: 'srun -N2 true, above node', times: above(two), aim: '' },
  ];
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
