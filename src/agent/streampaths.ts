import { expandFilePattern } from '../model/filepattern.ts';
import type { ActiveJob } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';
import type { Agent } from './agent.ts';

/** The files of a batch job's standard streams on this node, as absolute paths. */
export interface StreamPaths {
  readonly input: string;
  readonly output: string;
  /** That of `output`, unless the job named another one. */
  readonly error: string;
}

export function streamPaths(agent: Pick<Agent, 'node'>, job: ActiveJob): StreamPaths {
  const { spec } = job;
  const path = (pattern: string): string => streamPath(agent, job, pattern);
  const output = path(spec.output ?? defaultOutput(spec));
  const error = spec.error === undefined ? output : path(spec.error);
  return { input: path(spec.input ?? '/dev/null'), output, error };
}

/** Slurm's defaults (sbatch(1), --output). */
function defaultOutput(spec: JobSpec): string {
  return spec.array ? 'slurm-%A_%a.out' : 'slurm-%j.out';
}

function streamPath({ node }: Pick<Agent, 'node'>, job: ActiveJob, pattern: string): string {
  const expanded = expandFilePattern(pattern, {
    jobId: job.id,
    ...(job.arrayJobId !== undefined && { arrayJobId: job.arrayJobId }),
    ...(job.arrayTaskId !== undefined && { arrayTaskId: job.arrayTaskId }),
    jobName: job.spec.name,
    user: job.spec.user,
    host: node.hostName.split('.')[0] ?? node.name,
    node: node.hostName.split('.')[0] ?? node.name,
    nodeIndex: 0,
    taskIndex: 0,
    step: 'batch',
  });
  return expanded.startsWith('/') ? expanded : `${job.spec.workDir}/${expanded}`;
}
