import { expandFilePattern } from './filepattern.ts';
import type { Job } from './job.ts';
import type { JobSpec } from './spec.ts';

/** The files of a batch job's standard streams on its first node, as absolute paths. */
export interface StreamPaths {
  readonly input: string;
  readonly output: string;
  /** That of `output`, unless the job named another one. */
  readonly error: string;
}

/** Where a batch job reads and writes that has this host as its first node. */
export function streamPaths(job: Job, hostName: string): StreamPaths {
  const { spec } = job;
  const path = (pattern: string): string => streamPath(job, pattern, hostName);
  const output = path(spec.output ?? defaultOutput(spec));
  const error = spec.error === undefined ? output : path(spec.error);
  return { input: path(spec.input ?? '/dev/null'), output, error };
}

/** Slurm's defaults (sbatch(1), --output). */
function defaultOutput(spec: JobSpec): string {
  return spec.array ? 'slurm-%A_%a.out' : 'slurm-%j.out';
}

function streamPath(job: Job, pattern: string, hostName: string): string {
  const host = hostName.split('.')[0] ?? hostName;
  const expanded = expandFilePattern(pattern, {
    jobId: job.id,
    ...(job.arrayJobId !== undefined && { arrayJobId: job.arrayJobId }),
    ...(job.arrayTaskId !== undefined && { arrayTaskId: job.arrayTaskId }),
    jobName: job.spec.name,
    user: job.spec.user,
    host,
    node: host,
    nodeIndex: 0,
    taskIndex: 0,
    step: 'batch',
  });
  return expanded.startsWith('/') ? expanded : `${job.spec.workDir}/${expanded}`;
}
