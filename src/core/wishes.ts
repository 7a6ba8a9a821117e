import { IdMap } from '../base/idmap.ts';
import type { Job, PendingJob } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';

/** A specification never changes, and is asked for again in every pass. */
const wishKeys = new WeakMap<JobSpec, string>();

/** Equal for jobs that fit the same nodes of the same partitions, and hold the same there. */
export function wishKey(spec: JobSpec): string {
  const known = wishKeys.get(spec);
  if (known !== undefined) return known;
  const key = wishText(spec);
  wishKeys.set(spec, key);
  return key;
}

/** What a job may be told by that matters neither to where it fits nor to what it takes there. */
type Other =
  | ('name' | 'user' | 'uid' | 'group' | 'gid' | 'account' | 'kind' | 'workDir' | 'command' | 'submitHost')
  | ('requeue' | 'timeLimit' | 'output' | 'error' | 'input' | 'openMode' | 'hold' | 'comment' | 'array')
  | ('tresPerNode' | 'tresPerJob' | 'tresPerSocket' | 'tresPerTask' | 'label' | 'ntasksGiven')
  | ('cpusPerTaskGiven' | 'gpusPerNodeGiven' | 'memoryGiven' | 'timeLimitGiven' | 'beginTime' | 'deadline')
  | ('dependency' | 'dependencyUpdated' | 'killOnInvalidDep' | 'nice' | 'priority' | 'qos' | 'wckey')
  | ('mailTypes' | 'mailUser' | 'warningSignal' | 'timeMin' | 'distribution' | 'gpuBind' | 'gresFlags')
  | ('oversubscribe' | 'noKill' | 'waitAllNodes' | 'switches' | 'propagate' | 'network' | 'delayBootMinutes');

/** All the rest; a field that is new has to be put here or there. */
const wanted: Readonly<Record<Exclude<keyof JobSpec, Other>, true>> = {
  partition: true,
  nodes: true,
  ntasks: true,
  cpusPerTask: true,
  gpus: true,
  ntasksPerNode: true,
  memoryPerNodeMb: true,
  gpuIds: true,
  nodelist: true,
  exclude: true,
  memoryPerCpuMb: true,
  memoryPerGpuMb: true,
  cpusPerGpu: true,
  overcommit: true,
  ntasksPerGpu: true,
  ntasksPerCore: true,
  ntasksPerSocket: true,
  minCpusPerNode: true,
  tmpPerNodeMb: true,
  socketsPerNode: true,
  coresPerSocket: true,
  threadsPerCore: true,
  hint: true,
  exclusive: true,
  constraint: true,
  licenses: true,
  reservation: true,
  contiguous: true,
  spreadJob: true,
  useMinNodes: true,
};
const wantedKeys = Object.keys(wanted) as readonly (keyof typeof wanted)[];

function wishText(spec: JobSpec): string {
  // Who is alone on a node with its own user depends on who that is.
  let text = String(spec.uid);
  wantedKeys.forEach((key, index) => {
    const value = spec[key];
    if (value !== undefined) text += `,${index}:${typeof value === 'number' ? value : JSON.stringify(value)}`;
  });
  return text;
}

/** One waiting job of each kind that the scheduler treats alike; undefined when there are very many. */
export type Wishes = ReadonlyMap<string, PendingJob> | undefined;

/** With more kinds it costs less to look at every job than to tell the kinds apart. */
const wishesMax = 256;

/** The kinds of jobs that wait and are not held: what they ask for, and for how long. */
export const wishesOf: (jobs: IdMap<Job>) => Wishes = IdMap.summary<Job, Wishes>({
  none: new Map(),
  ofValues: (jobs) =>
    bounded(
      jobs.flatMap((job): readonly (readonly [string, PendingJob])[] =>
        job.state === 'PENDING' && job.held === undefined ? [[termsKey(job.spec), job]] : [],
      ),
    ),
  ofParts: (parts) => {
    const [first] = parts;
    if (parts.length === 1) return first;
    const known = parts.filter((part) => part !== undefined);
    return known.length < parts.length ? undefined : bounded(known.flatMap((part) => [...part]));
  },
});

/** Equal for jobs that the scheduler treats alike: the same wish, for the same time. */
export function termsKey(spec: JobSpec): string {
  return `${wishKey(spec)} ${timesOf(spec)}`;
}

/** For how long a job asks, and how much less it would take. */
function timesOf({ timeLimit, timeMin, deadline }: JobSpec): string {
  return timeMin === undefined ? `${timeLimit}` : `${timeLimit} ${timeMin} ${deadline ?? ''}`;
}

function bounded(wishes: readonly (readonly [string, PendingJob])[]): Wishes {
  const all = new Map(wishes);
  return all.size > wishesMax ? undefined : all;
}
