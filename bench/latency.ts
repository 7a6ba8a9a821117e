import { spawnSync } from 'node:child_process';
import { benchCluster } from './cluster.ts';
import { type BenchOptions, median, ms, type Row } from './table.ts';

/** What a user waits for: commands beside the bare start of Node, turn by turn. */
export async function benchLatency({ folder, isShort }: BenchOptions): Promise<readonly Row[]> {
  const cluster = benchCluster(folder, 'latency');
  // Of its own, so that the queue which is looked at stays as long as it says.
  const other = benchCluster(folder, 'submission');
  for (let jobs = 0; jobs < 10; jobs += 1) cluster.run('mgpu_sbatch', '--wrap', 'true');
  const contests: readonly Contest[] = [
    { name: 'node -e 0', run: bareNode },
    {
      name: 'squeue, 10 jobs waiting',
      run: () => cluster.run('mgpu_squeue'),
      aim: 'within 20 ms above node',
    },
    {
      name: 'sbatch --wrap true',
      run: () => other.run('mgpu_sbatch', '--wrap', 'true'),
      aim: 'Slurm: 8 ms',
    },
    { name: 'sinfo', run: () => cluster.run('mgpu_sinfo'), aim: 'within 20 ms above node' },
    {
      name: 'scancel of a job that has ended',
      run: () => cluster.run('mgpu_scancel', '1'),
      aim: 'within 20 ms above node',
    },
    {
      name: 'mgpu_complete jobs, for a shell',
      run: () => cluster.run('mgpu_complete', 'jobs'),
      aim: 'within 100 ms',
    },
    { name: 'scontrol show job', run: () => cluster.run('mgpu_scontrol', 'show', 'job', '2') },
    { name: 'sacct -X', run: () => cluster.run('mgpu_sacct', '-X') },
  ];
  const times = timesOf(
    isShort ? 5 : 25,
    contests.map(({ run }) => run),
  );
  const bare = median(times[0] ?? []);
  return contests.map(({ name, aim }, index): Row => {
    const own = median(times[index] ?? []);
    const above = index === 0 ? '' : `, ${ms(own - bare)} above node, ${(own / bare).toFixed(2)} times`;
    return { what: name, figure: `${ms(own)}${above}`, ...(aim !== undefined && { aim }) };
  });
}

interface Contest {
  readonly name: string;
  readonly run: () => unknown;
  readonly aim?: string;
}

/** Milliseconds that each of them takes, turn by turn, so that what disturbs one disturbs all. */
export function timesOf(rounds: number, runs: readonly (() => unknown)[]): readonly (readonly number[])[] {
  const times = runs.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    runs.forEach((run, index) => {
      const start = performance.now();
      run();
      times[index]?.push(performance.now() - start);
    });
  }
  return times;
}

/** The bare start of Node. */
export function bareNode(): void {
  spawnSync(process.execPath, ['-e', '0']);
}
