import { IdMap } from '../base/idmap.ts';
import type { Job, PendingJob } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';

/** A specification never changes, and is asked for again in every pass. */
const wishKeys = new WeakMap<JobSpec, string>();

/** Equal for jobs that fit the same nodes. */
export function wishKey(spec: JobSpec): string {
  const known = wishKeys.get(spec);
  if (known !== undefined) return known;
  const key = wishText(spec);
  wishKeys.set(spec, key);
  return key;
}

function wishText(spec: JobSpec): string {
  const { nodes, ntasks, cpusPerTask, ntasksPerNode, memoryPerNodeMb, gpus, gpuIds, nodelist, exclude } =
    spec;
  return JSON.stringify([
    [nodes.min, nodes.max, ntasks, cpusPerTask, ntasksPerNode, memoryPerNodeMb],
    gpus,
    gpuIds,
    nodelist,
    exclude,
  ]);
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
        job.state === 'PENDING' && job.held === undefined
          ? [[`${wishKey(job.spec)} ${job.spec.timeLimit}`, job]]
          : [],
      ),
    ),
  ofParts: (parts) => {
    const [first] = parts;
    if (parts.length === 1) return first;
    const known = parts.filter((part) => part !== undefined);
    return known.length < parts.length ? undefined : bounded(known.flatMap((part) => [...part]));
  },
});

function bounded(wishes: readonly (readonly [string, PendingJob])[]): Wishes {
  const all = new Map(wishes);
  return all.size > wishesMax ? undefined : all;
}
