import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { ClusterEvent } from '../src/model/event.ts';
import { rangesOf } from '../src/model/ranges.ts';
import type { JobSpec } from '../src/model/spec.ts';
import { writeCheckpoint } from '../src/store/checkpoint.ts';
import { openJournal } from '../src/store/journal.ts';
import { fileLog } from '../src/store/log.ts';
import { openSpool } from '../src/store/spool.ts';
import { systemClock } from '../src/system/clock.ts';
import { syncFiles } from '../src/system/files.ts';
import { systemIds } from '../src/system/ids.ts';
import { type BenchCluster, benchCluster } from './cluster.ts';
import { bareNode, timesOf } from './latency.ts';
import { type BenchOptions, median, ms, type Row } from './table.ts';

/*
 * How long a look at a long queue takes: so many jobs that wait, each by itself, and as tasks of one array.
 * And what it costs to add to it, and to take from it.
 */

const sizes = [10, 1000, 10_000, 100_000];
const shortSizes = [10, 1000];
/** What a real Slurm took here for as many (squeue, the same columns). */
const slurmMs: ReadonlyMap<number, number> = new Map([
  [1000, 30],
  [10_000, 153],
]);

export async function benchQueue({ folder, isShort }: BenchOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const rounds = isShort ? 3 : 7;
  for (const count of isShort ? shortSizes : sizes) {
    const cluster = benchCluster(folder, `queue-${count}`);
    await fill(cluster, count);
    const array = benchCluster(folder, `array-${count}`);
    await fillArray(array, count);
    const others = benchCluster(folder, `others-${count}`);
    await fill(others, count, (id) => ({ name: `run${id}`, command: `/tmp/train.sh --seed ${id}` }));
    const contests: readonly (readonly [what: string, run: () => unknown])[] = [
      [`squeue, ${count} jobs waiting`, () => cluster.run('mgpu_squeue')],
      [`squeue, ${count} of which each has another command`, () => others.run('mgpu_squeue')],
      [`squeue -j 1, ${count} jobs waiting`, () => cluster.run('mgpu_squeue', '-h', '-j', '1')],
      [`squeue, an array of ${count} waiting`, () => array.run('mgpu_squeue')],
      [`sbatch, ${count} jobs waiting`, () => others.run('mgpu_sbatch', '--wrap', 'true')],
      [`scancel, ${count} jobs waiting`, () => others.run('mgpu_scancel', '1')],
    ];
    const [bare = [], ...times] = timesOf(rounds, [bareNode, ...contests.map(([, run]) => run)]);
    const slurm = slurmMs.get(count);
    contests.forEach(([what], index) => {
      const [own, node] = [median(times[index] ?? []), median(bare)];
      const figure = `${ms(own)}, ${ms(own - node)} above node, ${(own / node).toFixed(2)} times`;
      rows.push({ what, figure, ...(index < 2 && slurm !== undefined && { aim: `Slurm: ${slurm} ms` }) });
    });
  }
  return rows;
}

const { username, uid, gid } = userInfo();

function spec(given: Partial<JobSpec> = {}): JobSpec {
  return {
    name: 'train',
    user: username,
    uid,
    group: username,
    gid,
    account: '',
    partition: 'main',
    kind: 'batch',
    nodes: { min: 1, max: 1 },
    ntasks: 1,
    cpusPerTask: 1,
    gpus: [{ count: 1, per: 'node' }],
    timeLimit: 60,
    workDir: '/tmp',
    command: '/tmp/train.sh',
    submitHost: 'login',
    requeue: true,
    output: '/tmp/slurm-%j.out',
    tresPerNode: 'gres:gpu:1',
    ...given,
  };
}

async function fill(
  cluster: BenchCluster,
  count: number,
  ownOf = (id: number): Partial<JobSpec> => ({ name: `train${id % 7}`, timeLimit: 60 + (id % 5) }),
): Promise<void> {
  const time = systemClock().now();
  const events = Array.from(
    { length: count },
    (_, index): ClusterEvent => ({
      name: 'jobSubmitted',
      time,
      id: index + 1,
      spec: spec(ownOf(index + 1)),
    }),
  );
  await commitAll(cluster, events);
}

async function fillArray(cluster: BenchCluster, count: number): Promise<void> {
  const tasks = rangesOf(Array.from({ length: count }, (_, index) => index));
  const array = spec({ array: { tasks, throttle: 0 } });
  await commitAll(cluster, [{ name: 'jobSubmitted', time: systemClock().now(), id: 1, spec: array }]);
}

/** As the log of a cluster that works: in commits of a thousand, with a checkpoint. */
async function commitAll(cluster: BenchCluster, events: readonly ClusterEvent[]): Promise<void> {
  const ports = { files: syncFiles(), clock: systemClock(), ids: systemIds() };
  const store = await openSpool(ports, join(cluster.spool));
  const journal = await openJournal(fileLog(store, 'bench'), store);
  const { format } = store.spool;
  // The first daemon does that.
  await journal.commit(() => [{ name: 'formatRaised', time: systemClock().now(), format }]);
  for (let from = 0; from < events.length; from += 1000) {
    await journal.commit(() => events.slice(from, from + 1000));
  }
  await writeCheckpoint(store, journal.cluster());
}
