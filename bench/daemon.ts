import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type BenchCluster, benchCluster, sleep } from './cluster.ts';
import type { BenchOptions, Row } from './table.ts';

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Jobs per second of one node, and what its daemon costs when there is nothing to do. */
export async function benchDaemon({ folder, isShort }: BenchOptions): Promise<readonly Row[]> {
  const cluster = benchCluster(folder, 'daemon');
  const daemon = await cluster.startDaemon('--node-name', 'bench', '--gpus', '8', '--cpus', '64');
  try {
    const count = isShort ? 200 : 1000;
    const seconds = timeArray(cluster, count);
    const busy = {
      what: `array of ${count} true, 64 CPUs`,
      figure: `${(count / seconds).toFixed(0)} jobs/s`,
    };
    return [
      { ...busy, aim: 'over 100 jobs/s; Slurm: 6, tuned 16' },
      ...(await timeIdle(daemon, isShort ? 3 : 20)),
    ];
  } finally {
    daemon.kill('SIGTERM');
  }
}

function timeArray(cluster: BenchCluster, count: number): number {
  const start = performance.now();
  // It waits by watching the log: asking again and again would take the CPUs that are measured.
  cluster.run('mgpu_sbatch', '--wait', `--array=0-${count - 1}`, '--output=/dev/null', '--wrap', 'true');
  return (performance.now() - start) / 1000;
}

async function timeIdle(daemon: ChildProcess, seconds: number): Promise<readonly Row[]> {
  const before = cpuTicks(daemon);
  await sleep(seconds * 1000);
  const share = (cpuTicks(daemon) - before) / ticksPerSecond / seconds;
  return [
    { what: 'idle mgpud, CPU', figure: `${(share * 100).toFixed(2)} % of one core over ${seconds} s` },
    { what: 'idle mgpud, memory', figure: `${rssMb(daemon).toFixed(0)} MB`, aim: 'under 90 MB' },
  ];
}

function cpuTicks(daemon: ChildProcess): number {
  const stat = readFileSync(`/proc/${daemon.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function rssMb(daemon: ChildProcess): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}
