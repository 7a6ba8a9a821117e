import { isFitting } from '../base/schema.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import { isActive, type Job } from '../model/job.ts';
import { priorityOf } from '../model/jobpriority.ts';
import type { JobChange, SentRequest } from '../model/request.ts';
import { type JobSpec, jobSpecSchema } from '../model/spec.ts';
import { holdEvents } from './decide-hold.ts';
import type { JobDecision } from './decide-jobs.ts';
import { mayAdminister } from './decide-settings.ts';
import { refusalOfValues } from './decide-values.ts';
import { withDependency } from './depend.ts';
import type { JobRefusal } from './refusal.ts';
import { type Chosen, isAllOf } from './targets.ts';

/*
 * `scontrol update JobId=...`: what may be changed of a job, when, and by whom. As captured ('scontrol
 * update') and asked of a Slurm 22.05.8 key by key.
 */

interface Rule {
  /** The states of a job in which it may be changed. */
  readonly when: 'waiting' | 'waiting or running';
  readonly adminOnly?: boolean;
}

const waiting: Rule = { when: 'waiting' };
const always: Rule = { when: 'waiting or running' };
const byAdmin: Rule = { when: 'waiting', adminOnly: true };

/** What is missing here nobody changes. */
const rules: { readonly [K in keyof JobSpec]?: Rule } = {
  account: waiting,
  beginTime: waiting,
  comment: always,
  constraint: waiting,
  contiguous: byAdmin,
  coresPerSocket: waiting,
  cpusPerTask: waiting,
  cpusPerTaskGiven: waiting,
  deadline: byAdmin,
  dependency: waiting,
  exclude: waiting,
  gpus: waiting,
  gpusPerNodeGiven: waiting,
  licenses: waiting,
  mailTypes: always,
  mailUser: always,
  memoryGiven: waiting,
  memoryPerCpuMb: waiting,
  memoryPerNodeMb: waiting,
  minCpusPerNode: waiting,
  name: always,
  nice: always,
  nodelist: waiting,
  nodes: waiting,
  ntasks: waiting,
  ntasksGiven: waiting,
  ntasksPerNode: byAdmin,
  output: waiting,
  oversubscribe: byAdmin,
  partition: waiting,
  qos: always,
  requeue: always,
  reservation: always,
  socketsPerNode: waiting,
  switches: waiting,
  threadsPerCore: waiting,
  timeLimit: always,
  timeLimitGiven: always,
  timeMin: always,
  tmpPerNodeMb: waiting,
  tresPerNode: waiting,
  wckey: waiting,
  workDir: waiting,
};

type SentUpdate = SentRequest & { readonly request: { readonly change: JobChange } };

/** The events of a change; none where the job is so already. */
export function updateEvents(
  cluster: Cluster,
  { job, tasks }: Chosen,
  sent: SentUpdate,
  time: Seconds,
): JobDecision {
  const { change } = sent.request;
  if (job.state === 'ENDED') return 'finished';
  const isThrottleAlone = Object.keys(change).every((key) => key === 'throttle');
  const isPart = tasks !== undefined && !(job.state === 'PENDING' && isAllOf(tasks, job.tasks));
  if (isPart && !isThrottleAlone) return 'single tasks';
  const isAdmin = mayAdminister(cluster, sent);
  const changed = changedSpec(job.spec, change);
  const { dependency } = changed;
  const isNew = change.set?.dependency !== undefined && dependency !== undefined;
  const spec = isNew ? withDependency(cluster, changed, dependency) : changed;
  const refusal =
    refusalOfRules(job, change, isAdmin) ?? refusalOfValues(cluster, { job, change, spec }, isAdmin);
  if (refusal !== undefined) return refusal;
  if (!isFitting(jobSpecSchema, spec)) return 'beyond bounds';
  const { priority } = change;
  const isHold = priority === 0;
  const prior = priority === undefined || isHold || priority === job.priority ? {} : { priority };
  const beginTime = change.set?.beginTime;
  const begin = beginTime === undefined ? {} : { eligibleTime: beginTime };
  const isSame = JSON.stringify(spec) === JSON.stringify(job.spec) && prior.priority === undefined;
  const updated: ClusterEvent = {
    name: 'jobUpdated',
    time,
    id: job.id,
    spec,
    by: sent.uid,
    ...prior,
    ...begin,
  };
  const by = sent.uid === job.spec.uid ? 'user' : 'admin';
  const held = isHold ? holdEvents(cluster, { job }, by, time) : [];
  return typeof held === 'string' ? held : [...(isSame ? [] : [updated]), ...held];
}

/** What a job asks for once it is changed. */
function changedSpec(spec: JobSpec, { set = {}, clear = [], throttle }: JobChange): JobSpec {
  const gone = new Set<string>(clear);
  // Of the ways to say how much memory there is one at a time.
  if (memoryKeys.some((key) => set[key] !== undefined)) for (const key of memoryKeys) gone.add(key);
  if (set.gpus !== undefined) for (const key of gpuKeys) gone.add(key);
  // They are of the nodes that were named; on others the job takes as many.
  if (set.nodelist !== undefined || gone.has('nodelist')) for (const key of placeKeys) gone.add(key);
  if (set.ntasks !== undefined) gone.add('taskNodes');
  if (set.dependency !== undefined || gone.has('dependency')) gone.add('dependencyUpdated');
  const kept = Object.fromEntries(Object.entries(spec).filter(([key]) => !gone.has(key) || key in set));
  const array = spec.array && throttle !== undefined ? { array: { ...spec.array, throttle } } : {};
  return { ...(kept as JobSpec), ...set, ...array };
}

/** What is said of the nodes that were named. */
const placeKeys = ['nodeGpuIds', 'taskNodes'] as const;
const memoryKeys = ['memoryPerNodeMb', 'memoryPerCpuMb', 'memoryPerGpuMb'] as const;
/** What else an earlier wish for GPUs may have said. */
const gpuKeys = [
  'tresPerNode',
  'tresPerJob',
  'tresPerSocket',
  'tresPerTask',
  'gpuIds',
  'nodeGpuIds',
  'gpusPerNodeGiven',
];

function refusalOfRules(job: Job, change: JobChange, isAdmin: boolean): JobRefusal | undefined {
  const { set = {}, clear = [], priority } = change;
  for (const key of [...Object.keys(set), ...clear]) {
    const rule = Object.hasOwn(rules, key) ? rules[key as keyof JobSpec] : undefined;
    if (rule === undefined || (rule.adminOnly && !isAdmin)) return 'denied';
    if (rule.when === 'waiting' && isActive(job)) return 'not pending';
  }
  if (priority === undefined || priority === 0) return undefined;
  const isHeld = job.state !== 'ENDED' && job.held !== undefined;
  if (isHeld) return isAdmin ? 'held' : 'denied';
  return isAdmin || priority <= priorityOf(job) ? undefined : 'denied';
}
