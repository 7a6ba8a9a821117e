import type { Cluster } from '../model/cluster.ts';
import { demandsOf, formatConstraint, meets, parseConstraint, withoutChoice } from '../model/constraint.ts';
import type { JobId, NodeName, Seconds } from '../model/ids.ts';
import type { NodeShare, PendingJob } from '../model/job.ts';
import { rangesNumbers } from '../model/ranges.ts';
import type { JobSpec } from '../model/spec.ts';
import { type Bid, bidsOf, partitionReason } from './bids.ts';
import { nodesWithin } from './bookings.ts';
import { whyNotYet } from './eligible.ts';
import {
  activeJobs,
  freeNow,
  type Holding,
  holdingsOf,
  holdingsOfJob,
  type NodeFree,
  takeAll,
  withBack,
} from './free.ts';
import { plan } from './plan.ts';
import { pendingByPriority } from './queue.ts';
import { endOf } from './reserve.ts';
import { specAt, switchWaitEnd, withoutSwitches } from './switchwait.ts';
import { placeIn } from './terms.ts';
import { wholesOf } from './wholes.ts';

/** When and where a job is expected to start. */
export interface PlannedStart {
  readonly time: Seconds;
  readonly nodes: readonly NodeName[];
}

/** For how many waiting jobs one look plans a start, and how many parts of nodes it counts for them. */
const jobsMax = 100;
const holdingsMax = 2_000_000;

/** What has no end is taken to last a year, as in Slurm. */
const yearSeconds = 365 * 86_400;

/**
 * When the waiting jobs start if all that runs, and all that starts before, uses its whole time: the order is
 * that of the scheduler, and each job takes the earliest gap. A job that waits for something else than nodes
 * or its time has no start.
 */
export function plannedStarts(cluster: Cluster, now: Seconds): ReadonlyMap<JobId, PlannedStart> {
  const timeline = newTimeline(cluster, now);
  const found = new Map<JobId, PlannedStart>();
  const starting = new Map(plan(cluster, now).starts.map((start) => [start.job.id, start]));
  for (const { job, allocation, partition, timeLimit } of starting.values()) {
    found.set(job.id, { time: now, nodes: allocation.map(({ node }) => node) });
    const holdings = holdingsOf(job.spec, allocation, partition);
    add(timeline, { from: now, to: endAfter({ timeLimit }, now), holdings });
  }
  for (const job of pendingByPriority(cluster)) {
    if (found.size >= jobsMax || timeline.work > holdingsMax) break;
    const earliest = starting.has(job.id) ? undefined : earliestOf(cluster, job, now);
    if (earliest === undefined) continue;
    const bids = bidsOf(cluster, job.spec).filter((bid) => partitionReason(bid, job.spec) === undefined);
    const start = firstGap(timeline, { job, bids, earliest });
    if (start === undefined) continue;
    const { time, allocation, partition } = start;
    found.set(job.id, { time, nodes: allocation.map(({ node }) => node) });
    const holdings = holdingsOf(job.spec, allocation, partition);
    add(timeline, { from: time, to: endAfter(job.spec, time), holdings });
  }
  return found;
}

/** A start that was looked for. */
export interface FoundStart {
  readonly time: Seconds;
  readonly partition: string;
  readonly allocation: readonly NodeShare[];
}

/**
 * When a job that was not submitted could start at the earliest, as far as what runs goes (sbatch
 * --test-only): of those that wait Slurm knows nothing there, nor asks it whether the partition would let it.
 */
export function earliestStart(cluster: Cluster, spec: JobSpec, now: Seconds): FoundStart | undefined {
  const earliest = Math.max(now, spec.beginTime ?? 0);
  const bids = bidsOf(cluster, spec);
  const gap = (wanted: JobSpec): FoundStart | undefined =>
    firstGap(newTimeline(cluster, now), { job: { spec: wanted, eligibleTime: earliest }, bids, earliest });
  return gapOfAnyFeature(cluster, spec, gap) ?? gap(spec);
}

/**
 * Of features in brackets Slurm's --test-only takes the nodes that are best with any of them, where a start
 * takes the first feature that has nodes (measured on a Slurm 22.05.8). Nothing where these would not do.
 */
function gapOfAnyFeature(
  cluster: Cluster,
  spec: JobSpec,
  gap: (wanted: JobSpec) => FoundStart | undefined,
): FoundStart | undefined {
  const constraint = parseConstraint(spec.constraint ?? '') ?? [];
  const any = withoutChoice(constraint);
  if (any === undefined) return undefined;
  const found = gap({ ...spec, constraint: formatConstraint(any) });
  const wholes = wholesOf(cluster);
  const features = (found?.allocation ?? []).map(
    ({ node }) => wholes.get(node)?.features ?? new Set<string>(),
  );
  return demandsOf(constraint).some((demand) => meets(demand, features)) ? found : undefined;
}

/** From when on a job may run; undefined where no clock tells. */
function earliestOf(cluster: Cluster, job: PendingJob, now: Seconds): Seconds | undefined {
  const [task] = rangesNumbers(job.tasks ?? []);
  const reason = whyNotYet(cluster, job, { now, task });
  if (reason === undefined) return now;
  return reason === 'BeginTime' ? job.eligibleTime : undefined;
}

interface Interval {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly holdings: readonly Holding[];
}

interface Timeline {
  readonly cluster: Cluster;
  /** The nodes as if nobody held anything. */
  readonly empty: ReadonlyMap<string, NodeFree>;
  readonly intervals: Interval[];
  /** How many holdings were counted. */
  work: number;
}

function newTimeline(cluster: Cluster, now: Seconds): Timeline {
  const empty = new Map(freeNow(cluster));
  const timeline: Timeline = { cluster, empty, intervals: [], work: 0 };
  for (const job of activeJobs(cluster)) {
    const holdings = holdingsOfJob(job);
    const end = endOf(job, now);
    const to = end === Number.POSITIVE_INFINITY ? job.startTime + yearSeconds : end;
    // What is over its time will be gone any moment.
    add(timeline, { from: 0, to: Math.max(now + 1, to), holdings });
    for (const holding of holdings) {
      const node = empty.get(holding.node);
      if (node) empty.set(holding.node, withBack(node, holding));
    }
  }
  return timeline;
}

function add({ intervals }: Timeline, interval: Interval): void {
  intervals.push(interval);
}

function endAfter({ timeLimit }: Pick<JobSpec, 'timeLimit'>, start: Seconds): Seconds {
  return start + (timeLimit === 'UNLIMITED' ? yearSeconds : timeLimit * 60);
}

/** The first instant from which on there is room for as long as the job may run. */
function firstGap(
  timeline: Timeline,
  {
    job,
    bids,
    earliest,
  }: {
    readonly job: Pick<PendingJob, 'spec' | 'eligibleTime'>;
    readonly bids: readonly Bid[];
    readonly earliest: Seconds;
  },
): FoundStart | undefined {
  const { cluster, empty, intervals } = timeline;
  const last = withoutSwitches(job.spec);
  const isEver = bids.some((bid) => placeIn(bid, last, empty, bid.nodes) !== undefined);
  if (!isEver) return undefined;
  const changes = [...intervals.map(({ to }) => to), switchWaitEnd(cluster, job) ?? earliest];
  const times = new Set([earliest, ...changes.filter((time) => time > earliest)]);
  for (const time of [...times].sort((a, b) => a - b)) {
    if (timeline.work > holdingsMax) return undefined;
    const spec = specAt(cluster, job, time);
    const free = freeBetween(timeline, time, endAfter(spec, time));
    for (const bid of bids) {
      const allocation = placeIn(bid, spec, free, nodesWithin(cluster, bid.nodes, { spec, now: time }));
      if (allocation !== undefined) return { time, partition: bid.partition.name, allocation };
    }
  }
  return undefined;
}

function freeBetween(timeline: Timeline, from: Seconds, to: Seconds): ReadonlyMap<string, NodeFree> {
  const free = new Map(timeline.empty);
  const taken = timeline.intervals
    .filter((one) => one.from < to && one.to > from)
    .flatMap(({ holdings }) => holdings);
  timeline.work += taken.length + timeline.intervals.length;
  takeAll(free, taken);
  return free;
}
