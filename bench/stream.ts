import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type BenchCluster, benchCluster, root, sleep } from './cluster.ts';
import { type BenchOptions, median, ms, type Row } from './table.ts';

const ways = ['socket', 'file'] as const;
const MB = 1_000_000;

/** What a step's streams carry, and how soon a key shows, by a connection and by files side by side. */
export async function benchStream({ folder, isShort }: BenchOptions): Promise<readonly Row[]> {
  const cluster = benchCluster(folder, 'stream');
  const daemon = await cluster.startDaemon('--node-name', 'bench', '--cpus', '8');
  const bytes = (isShort ? 64 : 1024) * 2 ** 20;
  const rows: Row[] = [];
  try {
    for (const way of ways) {
      const seconds = await timeStream(cluster, way, bytes);
      const figure = `${(bytes / MB / seconds).toFixed(0)} MB/s`;
      rows.push({ what: `${bytes / 2 ** 20} MiB from one task, --io=${way}`, figure, aim: 'over 200 MB/s' });
    }
    for (const way of ways) {
      const times = await timeEcho(cluster, way, isShort ? 10 : 50);
      const figure = `${ms(median(times))}, at most ${ms(Math.max(...times))}`;
      rows.push({ what: `a key until it shows, --pty --io=${way}`, figure });
    }
    return rows;
  } finally {
    daemon.kill('SIGTERM');
  }
}

/** Between the first byte and the last, so that the start of the step does not count. */
async function timeStream(cluster: BenchCluster, way: string, bytes: number): Promise<number> {
  const words = [`--io=${way}`, 'sh', '-c', `yes | head -c ${bytes}`];
  const srun = spawn(join(root, 'bin/mgpu_srun'), words, {
    env: cluster.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let startMs: number | undefined;
  let came = 0;
  srun.stdout.on('data', (chunk: Buffer) => {
    startMs ??= performance.now();
    came += chunk.length;
  });
  await once(srun, 'close');
  if (came !== bytes) throw new Error(`--io=${way}: ${came} bytes came, not ${bytes}`);
  return (performance.now() - (startMs ?? 0)) / 1000;
}

async function timeEcho(cluster: BenchCluster, way: string, count: number): Promise<readonly number[]> {
  // script(1) gives srun the terminal that it asks for.
  const command = `${join(root, 'bin/mgpu_srun')} --io=${way} --pty cat`;
  const terminal = spawn('script', ['-qec', command, '/dev/null'], {
    env: cluster.environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const times: number[] = [];
  try {
    // The task's terminal is there when a key shows.
    await echoOf(terminal, 'a');
    await sleep(500);
    for (let key = 0; key < count; key += 1) {
      const start = performance.now();
      await echoOf(terminal, 'b');
      times.push(performance.now() - start);
      await sleep(100);
    }
    return times;
  } finally {
    terminal.stdin?.end('\u0004\u0004');
    await Promise.race([once(terminal, 'close'), sleep(5000)]);
    terminal.kill('SIGKILL');
  }
}

async function echoOf({ stdin, stdout }: ChildProcess, key: string): Promise<void> {
  stdin?.write(key);
  for (;;) {
    const [chunk] = await once(stdout ?? process.stdin, 'data');
    if (String(chunk).includes(key)) return;
  }
}
