import { cpuIdsOn } from '../core/cpuids.ts';
import { decide } from '../core/decide.ts';
import { standingOf } from '../core/depend.ts';
import { largestIn, nodesNeeded } from '../core/nodesneeded.ts';
import { waitsOf } from '../core/plan.ts';
import { plannedStarts } from '../core/planned.ts';
import { reduceAll } from '../core/reduce.ts';
import { type Cluster, configOf } from '../model/cluster.ts';
import { backfillSecondsDefault, emptyConfig } from '../model/config.ts';
import { formatDependency } from '../model/dependency.ts';
import type { JobId, Seconds } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import type { Reason } from '../model/states.ts';
import type { ParseYaml } from '../ports/yaml.ts';
import { readInbox } from '../store/inbox.ts';
import { type Journal, openJournal } from '../store/journal.ts';
import { fileLog } from '../store/log.ts';
import { readClusterFile } from '../store/settings.ts';
import type { Store } from '../store/spool.ts';
import type { ClusterView } from './view.ts';

/** The cluster as it is at each look, for commands. */
export interface Present {
  readonly journal: Journal;
  /** The state with what waits in the inbox applied: a job is seen the moment after it was submitted. */
  view(): Promise<ClusterView>;
  /** The state as far as it was read, with the settings that hold. */
  settled(): Promise<Cluster>;
}

/** Opens it; with `parseYaml`, the settings count also where no daemon has taken them in yet. */
export async function openPresent(store: Store, parseYaml?: ParseYaml): Promise<Present> {
  const journal = await openJournal(fileLog(store, 'reader'), store);
  return {
    journal,
    view: () => view(store, journal, parseYaml),
    settled: () => withSettings(store, journal.cluster(), parseYaml),
  };
}

async function view(store: Store, journal: Journal, parseYaml: ParseYaml | undefined): Promise<ClusterView> {
  // The inbox is read before the log: a request that is taken out in between is then in the log.
  const { requests } = await readInbox(store, 'all');
  const cluster = await withSettings(store, await journal.refresh(), parseYaml);
  const now = store.clock.now();
  // The log comes to the spool's format with a daemon's next commit, and requests are decided after that.
  const format = Math.max(cluster.format, store.spool.format);
  const present = reduceAll({ ...cluster, format }, decide({ ...cluster, format }, requests, now));
  return {
    cluster: present,
    clusterName: configOf(present).clusterName ?? store.spool.clusterName,
    ...waitingOf(present, now),
    now,
    utcOffsetMinutes: store.clock.utcOffsetMinutes(now),
  };
}

type Waiting = Pick<
  ClusterView,
  'reasons' | 'reasonTexts' | 'plannedStarts' | 'dependencyOf' | 'cpuIdsOn' | 'nodesNeeded' | 'largestFor'
>;

/** What there is to say of jobs that wait. */
function waitingOf(cluster: Cluster, now: Seconds): Waiting {
  const waitOf = waitsOf(cluster, now);
  let planned: ReturnType<Waiting['plannedStarts']> | undefined;
  return {
    reasons: {
      get: (id) => {
        const wait = waitOf(id);
        const isAsFound = wait === undefined || !shownOtherwise.has(wait.reason);
        return isAsFound ? wait?.reason : shownReason(cluster.jobs.get(id), wait.reason, now);
      },
    },
    reasonTexts: { get: (id) => waitOf(id)?.text },
    plannedStarts: () => {
      planned ??= shownStarts(cluster, now);
      return planned;
    },
    cpuIdsOn: (node) => cpuIdsOn(cluster, node),
    nodesNeeded: (job) => (job.state === 'PENDING' ? nodesNeeded(cluster, job) : undefined),
    largestFor: ({ spec }) => largestIn(cluster, spec),
    dependencyOf: (job, task) => formatDependency(standingOf(cluster, job, now, task).left),
  };
}

/** Slurm's backfill plans starts every so often (bf_interval), and so long a new job has none to show. */
function shownStarts(cluster: Cluster, now: Seconds): ReturnType<Waiting['plannedStarts']> {
  const wait = configOf(cluster).backfillSeconds ?? backfillSecondsDefault;
  const isPlanned = (id: JobId): boolean => now - (cluster.jobs.get(id)?.submitTime ?? 0) >= wait;
  return new Map([...plannedStarts(cluster, now)].filter(([id]) => isPlanned(id)));
}

/** So long, at most, it takes Slurm's scheduler to come round to a job that waits for its time. */
const roundSeconds = 60;
/** And so long to one that was submitted just now. */
const firstRoundSeconds = 2;

/** Reasons that are not always shown; jobs with another one need not be looked up. */
const shownOtherwise: ReadonlySet<Reason> = new Set(['BeginTime', 'PartitionTimeLimit']);

/**
 * What was released has no reason until the scheduler has come round (captures 'hold and release'), and what
 * was submitted with too long a limit the reason that the submission found (capture err.sbatch.time.neg). An
 * array is not tried when it is submitted (capture beh.hold.array).
 */
function shownReason(job: Job | undefined, reason: Reason, now: Seconds): Reason {
  const isNew = job !== undefined && now - job.submitTime <= firstRoundSeconds;
  if (isNew && reason === 'PartitionTimeLimit') return 'PartitionConfig';
  const isArray = job?.state === 'PENDING' && job.tasks !== undefined;
  if (isNew && isArray && reason === 'BeginTime') return 'None';
  const since = job?.state === 'PENDING' ? job.releasedTime : undefined;
  const isFresh = since !== undefined && now - since < roundSeconds;
  return isFresh && reason === 'BeginTime' ? 'None' : reason;
}

/** Where no daemon was ever there, the file says what one will take in. */
async function withSettings(
  store: Store,
  cluster: Cluster,
  parseYaml: ParseYaml | undefined,
): Promise<Cluster> {
  const hasDaemons = cluster.config !== undefined || cluster.nodes.size > 0;
  if (hasDaemons || parseYaml === undefined || store.spool.format < 3) return cluster;
  const { config } = await readClusterFile(store, parseYaml);
  return config === emptyConfig ? cluster : { ...cluster, config };
}
