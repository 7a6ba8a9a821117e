import { type Cluster, configOf } from '../model/cluster.ts';
import { formatDependency, type ShownClause } from '../model/dependency.ts';
import type { JobId, NodeName, Seconds } from '../model/ids.ts';
import { type Job, type PendingJob, shownJobId, shownState } from '../model/job.ts';
import { nodeTakesJobs } from '../model/node.ts';
import { rangesNumbers } from '../model/ranges.ts';
import type { JobSpec } from '../model/spec.ts';
import type { Reason } from '../model/states.ts';
import type { TimeLimit } from '../model/timelimit.ts';
import { bidsOf, partitionReason } from './bids.ts';
import { standingOf } from './depend.ts';
import { activeJobs, heldShares } from './free.ts';
import { licensesFree } from './licenses.ts';
import { plan } from './plan.ts';
import { type PlannedStart, plannedStarts } from './planned.ts';
import { pendingByPriority } from './queue.ts';
import { endOf } from './reserve.ts';
import { switchWaitEnd } from './switchwait.ts';
import { switchesOf } from './topology.ts';

/** One thing that a job waits for. */
export type WaitFact =
  | { readonly about: 'hold'; readonly by: 'user' | 'admin' }
  | { readonly about: 'clause'; readonly clause: string; readonly parents: readonly string[] }
  | { readonly about: 'begin'; readonly time: Seconds }
  | { readonly about: 'deadline'; readonly time: Seconds }
  | {
      readonly about: 'partition';
      readonly partition: string;
      readonly reason: Reason;
      readonly limit: TimeLimit;
      readonly nodes: number;
    }
  | { readonly about: 'license'; readonly name: string; readonly wanted: number; readonly free: number }
  | { readonly about: 'reservation'; readonly name: string; readonly startTime: Seconds | undefined }
  | { readonly about: 'throttle'; readonly limit: number; readonly running: readonly string[] }
  | { readonly about: 'before'; readonly job: string }
  | { readonly about: 'away'; readonly node: NodeName; readonly why: string }
  | { readonly about: 'switches'; readonly count: number; readonly until: Seconds }
  | { readonly about: 'device'; readonly node: NodeName; readonly index: number; readonly why: string }
  | {
      readonly about: 'holder';
      readonly job: string;
      readonly nodes: readonly NodeName[];
      readonly until: Seconds;
    };

/** Why a job waits, and when that may be over. */
export interface WhyWaiting {
  readonly reason: Reason | undefined;
  readonly text: string | undefined;
  readonly facts: readonly WaitFact[];
  readonly planned: PlannedStart | undefined;
}

/** How many jobs that stand in the way are named. */
const holdersMax = 10;

export function whyWaiting(cluster: Cluster, job: PendingJob, now: Seconds): WhyWaiting {
  const { reasons, texts } = plan(cluster, now);
  const reason = reasons.get(job.id);
  return {
    reason,
    text: texts.get(job.id),
    facts: reason === undefined ? [] : factsOf({ cluster, job, now, reason }),
    planned: plannedStarts(cluster, now).get(job.id),
  };
}

interface Asked {
  readonly cluster: Cluster;
  readonly job: PendingJob;
  readonly now: Seconds;
  readonly reason: Reason;
}

function factsOf(asked: Asked): readonly WaitFact[] {
  const { cluster, job, now, reason } = asked;
  const { spec } = job;
  const facts: WaitFact[] = [];
  if (job.held !== undefined || reason === 'JobHeldUser')
    facts.push({ about: 'hold', by: job.held ?? 'user' });
  facts.push(...clauseFacts(asked));
  if (job.eligibleTime > now && job.eligibleTime > job.submitTime)
    facts.push({ about: 'begin', time: job.eligibleTime });
  if (spec.deadline !== undefined) facts.push({ about: 'deadline', time: spec.deadline });
  for (const bid of bidsOf(cluster, spec)) {
    const why = partitionReason(bid, spec);
    const { name: partition, timeLimit: limit, nodes } = bid.partition;
    if (why !== undefined)
      facts.push({ about: 'partition', partition, reason: why, limit, nodes: nodes.length });
  }
  if (reason === 'Licenses') facts.push(...licenseFacts(asked));
  if (spec.reservation !== undefined) {
    const startTime = cluster.reservations.get(spec.reservation)?.startTime;
    facts.push({ about: 'reservation', name: spec.reservation, startTime });
  }
  if (reason === 'JobArrayTaskLimit') facts.push(throttleFact(asked));
  if (reason === 'Priority' || reason === 'Resources' || reason === 'ReqNodeNotAvail') {
    facts.push(...roomFacts(asked));
  }
  return facts;
}

function clauseFacts({ cluster, job, now }: Asked): readonly WaitFact[] {
  const [task] = rangesNumbers(job.tasks ?? []);
  const { any, clauses } = standingOf(cluster, job, now, task).left;
  return clauses.map((clause) => ({
    about: 'clause' as const,
    clause: formatDependency({ any, clauses: [clause] }),
    parents: parentsOf(cluster, clause),
  }));
}

function parentsOf(cluster: Cluster, { jobId }: ShownClause): readonly string[] {
  const parent = jobId === undefined ? undefined : cluster.jobs.get(jobId);
  return parent === undefined ? [] : [`${shownJobId(parent)} is ${shownState(parent)}`];
}

function licenseFacts({ cluster, job }: Asked): readonly WaitFact[] {
  const free = licensesFree(cluster);
  const all = configOf(cluster).licenses ?? {};
  return (job.spec.licenses ?? []).flatMap(({ name, count }): readonly WaitFact[] => {
    const left = Object.hasOwn(all, name) ? (free.get(name) ?? 0) : 0;
    return left < count ? [{ about: 'license', name, wanted: count, free: left }] : [];
  });
}

function throttleFact({ cluster, job }: Asked): WaitFact {
  const array = job.arrayJobId ?? job.id;
  const running = activeJobs(cluster).filter((one) => one.arrayJobId === array);
  return { about: 'throttle', limit: job.spec.array?.throttle ?? 0, running: running.map(shownJobId) };
}

/** Which jobs go first, which nodes are away, and who holds what the job may have. */
function roomFacts({ cluster, job, now, reason }: Asked): readonly WaitFact[] {
  const bids = bidsOf(cluster, job.spec);
  const nodes = new Set(bids.flatMap((bid) => [...bid.nodes]));
  const mayHave = (name: NodeName): boolean =>
    nodes.has(name) && !job.spec.exclude?.includes(name) && (job.spec.nodelist?.includes(name) ?? true);
  const first = reason === 'Priority' ? firstBefore(cluster, job) : undefined;
  const away = [...cluster.nodes.values()]
    .filter((node) => mayHave(node.record.name) && !nodeTakesJobs(node))
    .map((node) => {
      const { presence, admin } = node;
      const why =
        presence !== 'up' ? `its daemon is ${presence}` : (admin?.reason?.text ?? 'taken out of service');
      return { about: 'away' as const, node: node.record.name, why };
    });
  const holders = activeJobs(cluster)
    .map((one) => ({ one, on: one.holders.filter(mayHave) }))
    .filter(({ on }) => on.length > 0)
    .map(({ one, on }) => ({
      about: 'holder' as const,
      job: shownJobId(one),
      nodes: on,
      until: endOf(one, now),
    }))
    .sort((a, b) => a.until - b.until)
    .slice(0, holdersMax);
  const { switches } = job.spec;
  const until = switchWaitEnd(cluster, job);
  const isWired = switchesOf(cluster).length > 0;
  const isChoosy = isWired && switches !== undefined && until !== undefined && until > now;
  const few = isChoosy ? [{ about: 'switches' as const, count: switches.count, until }] : [];
  const before = first ? [{ about: 'before' as const, job: first }] : [];
  return [...before, ...few, ...away, ...deviceFacts(cluster, job.spec), ...holders];
}

/** Which of the GPUs that a job asks for by node and index are not free, and why. */
function deviceFacts(cluster: Cluster, { nodeGpuIds = [] }: JobSpec): readonly WaitFact[] {
  const active = activeJobs(cluster);
  const facts = nodeGpuIds.flatMap(({ node, gpus }) =>
    gpus.flatMap((index): readonly WaitFact[] => {
      const holder = active.find((one) =>
        heldShares(one).some((share) => share.node === node && share.gpus.includes(index)),
      );
      const trouble = cluster.nodes.get(node)?.gpuTroubles.find((one) => one.index === index);
      const why = holder === undefined ? trouble?.reason : `job ${shownJobId(holder)} has it`;
      return why === undefined ? [] : [{ about: 'device', node, index, why }];
    }),
  );
  return facts.slice(0, holdersMax);
}

/** The first job of the same partitions that waits for room. */
function firstBefore(cluster: Cluster, job: PendingJob): string | undefined {
  const names = new Set(job.spec.partition.split(','));
  const shares = (one: Job): boolean => one.spec.partition.split(',').some((name) => names.has(name));
  const isFree = (one: PendingJob): boolean => one.held === undefined && one.id !== job.id && shares(one);
  const found = pendingByPriority(cluster).find(isFree);
  return found === undefined ? undefined : shownJobId(found);
}

/** The job of an id as users write it: that of a task that started, else the one that waits. */
export function jobNamed(cluster: Cluster, id: JobId, task: number | undefined): Job | undefined {
  const own = cluster.jobs.get(id);
  if (task === undefined) return own;
  for (const job of cluster.jobs.values()) if (job.arrayJobId === id && job.arrayTaskId === task) return job;
  return own;
}
