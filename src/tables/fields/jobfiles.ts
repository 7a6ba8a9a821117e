import type { Job } from '../../model/job.ts';

/** The files of a batch job's standard streams, as absolute paths; patterns as they were written. */
export interface JobFiles {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

export function jobFiles({ spec }: Job): JobFiles {
  const absolute = (path: string): string => (path.startsWith('/') ? path : `${spec.workDir}/${path}`);
  const stdout = absolute(spec.output ?? (spec.array === undefined ? 'slurm-%j.out' : 'slurm-%A_%a.out'));
  return {
    stdin: absolute(spec.input ?? '/dev/null'),
    stdout,
    stderr: spec.error === undefined ? stdout : absolute(spec.error),
  };
}

/** What Slurm prints for the task of a job that is none. */
const noTask = 4_294_967_294;

/**
 * A file name as scontrol prints it (captures 'file name patterns'): it knows `%A %a %j %u %x` alone, without
 * padding and without escapes, and leaves every other pattern as it is.
 */
export function shownFile(path: string, { id, spec, arrayJobId, arrayTaskId }: Job, task?: number): string {
  return path.replace(/%([Aajux])/g, (_whole, letter: string) => {
    if (letter === 'A') return String(arrayJobId ?? id);
    if (letter === 'a') return String(arrayTaskId ?? task ?? noTask);
    if (letter === 'j') return String(id);
    return letter === 'u' ? spec.user : spec.name;
  });
}
