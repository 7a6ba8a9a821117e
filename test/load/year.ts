import type { Agent } from '../../src/agent/agent.ts';
import { serve } from '../../src/agent/daemon.ts';
import { lastJobId } from '../../src/model/cluster.ts';
import { rangesCount } from '../../src/model/ranges.ts';
import type { Watcher } from '../../src/ports/watch.ts';
import { accountedJobs } from '../../src/store/accounting.ts';
import { openJournal } from '../../src/store/journal.ts';
import { fileLog } from '../../src/store/log.ts';
import { listings } from './meter.ts';
import { bounded, type Figure, shown } from './report.ts';
import { type Client, type LoadWorld, loadWorld } from './world.ts';

/*
 * A year of a spool: jobs come one by one, run for some minutes, end and are accounted; once a week one is an
 * array; once a month the daemon is started anew. The clock is moved on from one thing that happens to the
 * next, and the daemon takes a turn at each.
 */

export interface YearSize {
  readonly days: number;
  readonly jobsPerDay: number;
}

export const fullYear: YearSize = { days: 365, jobsPerDay: 96 };
export const shortYear: YearSize = { days: 365, jobsPerDay: 3 };

const daySeconds = 86_400;
const runSeconds = [60, 500] as const;
const arrayTasks = 8;
const gpus = 4;

export async function year(size: YearSize): Promise<readonly Figure[]> {
  const world = await loadWorld(() => runSeconds);
  const quarters: Quarter[] = [];
  const submit = await world.client('login');
  let daemon = await startDaemon(world);
  let jobs = 0;
  let counted = 0;
  let startMs = performance.now();
  for (let day = 1; day <= size.days; day += 1) {
    if (day % 30 === 0) {
      await daemon.stop();
      daemon = await startDaemon(world);
    }
    for (let count = 0; count < size.jobsPerDay; count += 1) {
      const isArray = day % 7 === 0 && count === 0;
      jobs += isArray ? arrayTasks : 1;
      await oneJob(world, { submit, daemon }, { isArray, seconds: daySeconds / size.jobsPerDay });
    }
    if (day % Math.floor(size.days / 4) !== 0) continue;
    quarters.push({ jobs: jobs - counted, ms: performance.now() - startMs });
    counted = jobs;
    startMs = performance.now();
  }
  await daemon.stop();
  return figuresOf(world, daemon.agent, { jobs, quarters });
}

interface Quarter {
  readonly jobs: number;
  readonly ms: number;
}

/** A daemon that takes a turn when it is told to, and rests in between however long that is. */
interface Daemon {
  readonly agent: Agent;
  turn(): Promise<void>;
  stop(): Promise<void>;
}

async function startDaemon(world: LoadWorld): Promise<Daemon> {
  const agent = await world.agent('node1', gpus);
  let isStopping = false;
  let wakeUp = (): void => {};
  let rests = (): void => {};
  const watcher: Watcher = {
    ...agent.watcher,
    wait: () =>
      new Promise((resolve) => {
        wakeUp = resolve;
        rests();
      }),
  };
  const resting = (): Promise<void> =>
    new Promise((resolve) => {
      rests = resolve;
    });
  const first = resting();
  const served = serve({ ...agent, watcher }, { isAsked: () => isStopping });
  served.catch((error: unknown) => world.scheduler.fail(error));
  await world.until(first);
  return {
    agent,
    async turn() {
      const next = resting();
      wakeUp();
      await world.until(next);
    },
    async stop() {
      isStopping = true;
      wakeUp();
      await world.until(served);
    },
  };
}

async function oneJob(
  world: LoadWorld,
  { submit, daemon }: { readonly submit: Client; readonly daemon: Daemon },
  { isArray, seconds }: { readonly isArray: boolean; readonly seconds: number },
): Promise<void> {
  await submit(isArray ? { array: { tasks: [[1, arrayTasks]], throttle: 0 } } : {});
  await daemon.turn();
  for (let rounds = isArray ? arrayTasks / gpus : 1; rounds > 0; rounds -= 1) {
    await world.pass(runSeconds[1]);
    await daemon.turn();
  }
  await world.pass(Math.max(0, seconds - runSeconds[1]));
  await daemon.turn();
}

async function figuresOf(
  world: LoadWorld,
  { journal }: Agent,
  { jobs, quarters }: { readonly jobs: number; readonly quarters: readonly Quarter[] },
): Promise<readonly Figure[]> {
  const { meter, files } = world;
  const store = await world.open('reader');
  const cluster = journal.cluster();
  const { closed, seq } = cluster;
  let told = 0;
  for await (const _ of accountedJobs(store, 'oldest first')) told += 1;
  const bytesOf = (folder: string): number => meter.of(folder).bytesCreated / jobs;
  const names = listings(meter, 1);
  const sizes = [
    bounded('bytes in accounting/ for each job', bytesOf('accounting'), 1200),
    bounded('bytes in accounting/history/ for each job', bytesOf('accounting/history'), 3000),
  ];
  meter.reset();
  await openJournal(fileLog(store, 'reader'), store);
  const read = meter.of('log').bytesRead + meter.of('checkpoints').bytesRead;
  const rooms = ((await files.list(store.layout.jobs)) ?? []).length;
  return [
    { what: 'jobs of a year', figure: shown(jobs) },
    bounded('jobs that are told of nowhere', jobs - told - cluster.jobs.size, 0),
    bounded('commits for each job', seq / jobs, 5),
    ...sizes,
    bounded('bytes that a command reads at the end of the year', read, 512 * 1024),
    bounded('ranges of closed ids', closed.length, 5),
    bounded('ids that were never used', lastJobId(cluster) - rangesCount(closed) - cluster.jobs.size, 5),
    ...names,
    bounded('jobs/: names at the end of the year', rooms, 5),
    {
      what: 'ms for each job, quarter by quarter',
      figure: quarters.map((one) => shown(one.ms / one.jobs)).join(', '),
    },
    bounded('complaints of daemons', world.complaints.length, 0),
  ];
}
