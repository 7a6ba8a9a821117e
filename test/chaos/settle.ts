import { freeNow } from '../../src/core/free.ts';
import { invariants } from '../../src/core/invariants.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import type { EndedJob, Job } from '../../src/model/job.ts';
import { rangesCount } from '../../src/model/ranges.ts';
import { openPresent } from '../../src/services/present.ts';
import { accountedJobs } from '../../src/store/accounting.ts';
import { seqOfName } from '../../src/store/layout.ts';
import { openSpool, type Store } from '../../src/store/spool.ts';
import { systemClock } from '../../src/system/clock.ts';
import { asyncFiles } from '../../src/system/files.ts';
import { systemIds } from '../../src/system/ids.ts';
import { markedProcesses } from '../e2e/tools/proc.ts';
import { until } from '../e2e/tools/wait.ts';
import type { Submissions } from './clients.ts';
import type { Testimony } from './testimony.ts';
import { type Accounted, type Findings, judge } from './witness.ts';

/** What was found when all was well again. */
export interface Aftermath {
  readonly findings: Findings;
  /** What is wrong with the cluster itself. */
  readonly broken: readonly string[];
  readonly jobs: number;
  readonly attempts: number;
  /** How many steps the witness saw begin. */
  readonly steps: number;
  readonly commits: number;
}

const settleMsMax = 180_000;

/** Waits until every job has ended, then looks at everything. */
export async function settle(run: {
  readonly spool: string;
  readonly testimony: Testimony;
  readonly submissions: Submissions;
}): Promise<Aftermath> {
  const ports = { files: asyncFiles(), clock: systemClock(), ids: systemIds() };
  const store = await openSpool(ports, run.spool);
  const present = await openPresent(store);
  let cluster = (await present.view()).cluster;
  const running = (): readonly Job[] => [...cluster.jobs.values()].filter((job) => job.state !== 'ENDED');
  const broken: string[] = [];
  try {
    const isAtRest = async (): Promise<boolean> => {
      cluster = (await present.view()).cluster;
      const nodes = [...cluster.nodes.values()];
      return running().length === 0 && nodes.every((node) => node.presence === 'up' && !node.remnants);
    };
    await until(isAtRest, { what: 'every job ends and every node is up', msMax: settleMsMax });
  } catch {
    broken.push(`it does not come to rest: ${whatIsLeft(cluster, running())}`);
  }
  const accounted = await accountOf(store, cluster);
  const said = run.testimony.read();
  const findings = judge(said, accounted, run.submissions);
  broken.push(...(await faultsOf(store, cluster)));
  const attempts = said.filter(({ what }) => what === 'start').length;
  if (attempts === 0) broken.push('no job ever ran');
  const steps = said.filter(({ what }) => what === 'step').length;
  return { findings, broken, jobs: accounted.length, attempts, steps, commits: cluster.seq };
}

function whatIsLeft({ nodes }: Cluster, left: readonly Job[]): string {
  const jobs = left
    .slice(0, 5)
    .map((job) => `job ${job.id} ${job.state} ${'reason' in job ? job.reason : ''}`);
  const bad = [...nodes.values()].filter(({ presence, remnants }) => presence !== 'up' || remnants);
  const places = bad.map(
    ({ record, presence, remnants }) => `${record.name} ${presence} ${remnants?.length ?? 0}`,
  );
  return `${left.length} jobs (${jobs.join(', ')}), nodes: ${places.join(', ')}`;
}

async function accountOf(store: Store, cluster: Cluster): Promise<readonly Accounted[]> {
  const known = new Map<number, Accounted>();
  for await (const job of accountedJobs(store, 'oldest first'))
    if (job.state === 'ENDED') known.set(job.id, accountedOf(job));
  for (const job of cluster.jobs.values()) if (job.state === 'ENDED') known.set(job.id, accountedOf(job));
  return [...known.values()];
}

function accountedOf(job: EndedJob): Accounted {
  const { id, endState, attempt, allocation, arrayJobId, tasks, spec, steps = [], stepsLeftOut = 0 } = job;
  const share = allocation?.[0];
  return {
    id,
    state: endState,
    attempt,
    node: share?.node,
    gpus: share?.gpus ?? [],
    others: allocation?.slice(1) ?? [],
    kind: spec.kind,
    ...(stepsLeftOut === 0 && { steps }),
    tasks: tasks === undefined ? 1 : rangesCount(tasks),
    ...(arrayJobId !== undefined && { arrayJob: arrayJobId }),
  };
}

async function faultsOf(store: Store, cluster: Cluster): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    invariants(cluster);
  } catch (error) {
    found.push(`the state is not sound: ${String(error)}`);
  }
  const seqs = ((await store.files.list(store.layout.log)) ?? [])
    .flatMap((name) => seqOfName(name) ?? [])
    .sort(byNumber);
  const gap = seqs.findIndex((seq, index) => index > 0 && seq !== (seqs[index - 1] ?? 0) + 1);
  if (gap >= 0) found.push(`the log has a gap before entry ${seqs[gap]}`);
  const left = markedProcesses(store.spool.clusterId);
  if (left.length > 0)
    found.push(`processes are left: ${left.map(({ pid, command }) => `${pid} ${command}`)}`);
  for (const [node, free] of freeNow(cluster)) {
    const { gpus } = cluster.nodes.get(node)?.record ?? {};
    if (free.gpus.length !== gpus?.length) found.push(`${node}: ${free.gpus.length} of its GPUs are free`);
  }
  return found;
}

function byNumber(a: number, b: number): number {
  return a - b;
}
