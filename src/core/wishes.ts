import { IdMap } from '../base/idmap.ts';
import type { Job, PendingJob } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import type { TimeLimit } from '../model/timelimit.ts';

/** What a job asks for, and the same with the times for which jobs ask it. */
interface Wish {
  readonly key: string;
  readonly terms: Map<TimeLimit, string>;
}

/** A specification never changes, and is asked for again in every pass. */
const wishes = new WeakMap<JobSpec, Wish>();

/** Equal for jobs that fit the same nodes of the same partitions, and hold the same there. */
export function wishKey(spec: JobSpec): string {
  return wishOf(spec).key;
}

function wishOf(spec: JobSpec): Wish {
  const known = wishes.get(spec);
  if (known !== undefined) return known;
  const wish = { key: wishText(spec), terms: new Map<TimeLimit, string>() };
  wishes.set(spec, wish);
  return wish;
}

/**
 * Tells that a specification is that of another job but for the fields of `differences`. Where none of them
 * is part of its wish, both have the same, which then need not be found out again.
 */
export function tellLikeness(spec: JobSpec, base: JobSpec, differences: Iterable<string>): void {
  for (const key of differences) if (key === 'uid' || Object.hasOwn(wanted, key)) return;
  wishes.set(spec, wishOf(base));
}

/** What a job may be told by that matters neither to where it fits nor to what it takes there. */
type Other =
  | (
      | 'name'
      | 'user'
      | 'uid'
      | 'group'
      | 'gid'
      | 'account'
      | 'kind'
      | 'workDir'
      | 'command'
      | 'submitHost'
      | 'bells'
    )
  | ('requeue' | 'timeLimit' | 'output' | 'error' | 'input' | 'openMode' | 'hold' | 'comment' | 'array')
  | ('tresPerNode' | 'tresPerJob' | 'tresPerSocket' | 'tresPerTask' | 'label' | 'ntasksGiven')
  | ('cpusPerTaskGiven' | 'gpusPerNodeGiven' | 'memoryGiven' | 'timeLimitGiven' | 'beginTime' | 'deadline')
  | ('dependency' | 'dependencyUpdated' | 'killOnInvalidDep' | 'nice' | 'priority' | 'qos' | 'wckey')
  | ('mailTypes' | 'mailUser' | 'warningSignal' | 'timeMin' | 'distribution' | 'gpuBind' | 'gresFlags')
  | ('oversubscribe' | 'noKill' | 'waitAllNodes' | 'propagate' | 'network' | 'delayBootMinutes')
  | 'distributed';

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
  nodeGpuIds: true,
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
  switches: true,
  taskNodes: true,
};
const places: ReadonlyMap<string, number> = new Map(Object.keys(wanted).map((key, place) => [key, place]));

function wishText(spec: JobSpec): string {
  const parts: string[] = [];
  // What is there is asked for, and not all that may be: that is a few of many.
  for (const [key, value] of Object.entries(spec)) {
    const place = places.get(key);
    if (place === undefined || value === undefined) continue;
    parts.push(`${place}:${typeof value === 'number' ? value : JSON.stringify(value)}`);
  }
  // Who is alone on a node with its own user depends on who that is.
  return `${spec.uid},${parts.sort().join()}`;
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
  const { timeLimit, timeMin, deadline } = spec;
  const { key, terms } = wishOf(spec);
  // How much less it would take, too.
  if (timeMin !== undefined) return `${key} ${timeLimit} ${timeMin} ${deadline ?? ''}`;
  const known = terms.get(timeLimit);
  if (known !== undefined) return known;
  const made = `${key} ${timeLimit}`;
  terms.set(timeLimit, made);
  return made;
}

function bounded(wishes: readonly (readonly [string, PendingJob])[]): Wishes {
  const all = new Map(wishes);
  return all.size > wishesMax ? undefined : all;
}
