import type { Cluster } from '../model/cluster.ts';
import { type ActiveJob, isActive, shownJobId } from '../model/job.ts';
import type { StepRecord, StepUsage } from '../model/steprecord.ts';
import { liveSteps, mainUsage } from './livesteps.ts';
import type { Session } from './session.ts';

/** Which steps of which job. */
export interface StatQuery {
  readonly job: number;
  readonly task?: number;
  /** `batch`, `extern`, or a number. */
  readonly step?: string;
  /** All running steps, where no step is named. */
  readonly isAll: boolean;
}

/** A step that runs, and what was measured of it last. */
export interface RunningStep {
  readonly jobId: string;
  readonly step: string;
  readonly ntasks: number;
  readonly nodes: readonly string[];
  readonly pids: string;
  readonly usage: StepUsage | undefined;
}

export interface StepStats {
  readonly lines: readonly RunningStep[];
}

/** What was measured of running steps, query by query. */
export async function stepStats(
  session: Session,
  queries: readonly StatQuery[],
): Promise<readonly StepStats[]> {
  const { cluster } = await session.present.view();
  const answers: StepStats[] = [];
  for (const query of queries) {
    const job = findJob(cluster, query);
    const all = job === undefined ? [] : await runningSteps(session, job);
    answers.push({ lines: chosen(all, query) });
  }
  return answers;
}

function findJob(cluster: Cluster, { job, task }: StatQuery): ActiveJob | undefined {
  const found =
    task === undefined
      ? cluster.jobs.get(job)
      : [...cluster.jobs.values()].find((one) => one.arrayJobId === job && one.arrayTaskId === task);
  return found !== undefined && isActive(found) ? found : undefined;
}

function chosen(all: readonly RunningStep[], { step, isAll }: StatQuery): readonly RunningStep[] {
  if (step !== undefined) return all.filter((one) => one.step === step);
  if (isAll) return all;
  // The lowest number, and a batch script only where it is all there is.
  return [all.find((one) => one.step !== 'batch') ?? all[0]].flatMap((one) => one ?? []);
}

async function runningSteps({ store }: Session, job: ActiveJob): Promise<readonly RunningStep[]> {
  const records = (await liveSteps(store, [job])).get(job.id) ?? [];
  const first = await firstStep(job, () => mainUsage(store, job));
  const own = records.filter(({ state }) => state === 'RUNNING').map((record) => ofRecord(job, record));
  return [...first, ...own];
}

/** The batch script, or step 0 of an interactive job. */
async function firstStep(
  job: ActiveJob,
  usage: () => Promise<StepUsage | undefined>,
): Promise<readonly RunningStep[]> {
  if (job.spec.kind === 'allocation') return [];
  const isBatch = job.spec.kind === 'batch';
  const nodes = job.allocation.map(({ node }) => node);
  return [
    {
      jobId: shownJobId(job),
      step: isBatch ? 'batch' : '0',
      ntasks: isBatch ? 1 : job.spec.ntasks,
      nodes: isBatch ? nodes.slice(0, 1) : nodes,
      pids: '',
      usage: await usage(),
    },
  ];
}

function ofRecord(job: ActiveJob, { step, ntasks, nodes, usage }: StepRecord): RunningStep {
  const common = { jobId: shownJobId(job), step: String(step), ntasks, pids: '' };
  return { ...common, nodes: nodes.map(({ node }) => node), usage };
}
