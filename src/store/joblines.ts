import { MgpuError } from '../base/error.ts';
import { checked, type Infer, object } from '../base/schema.ts';
import type { JobId } from '../model/ids.ts';
import { type Job, jobSchema } from '../model/job.ts';
import type { JobSpec } from '../model/spec.ts';

/*
 * Jobs as lines of a file. The tasks of an array share one specification: it is written with the first of
 * them, and the others name that job in `specOf`. Read back, they share it again.
 */

const jobLine = object({ job: jobSchema });
const refSchema = object({ job: object({}), specOf: (value) => value });

export function jobLines(jobs: Iterable<Job>): readonly object[] {
  const first = new Map<JobSpec, JobId>();
  const lines: object[] = [];
  for (const job of jobs) {
    const specOf = first.get(job.spec);
    if (specOf === undefined) first.set(job.spec, job.id);
    const { spec: _spec, ...rest } = job;
    lines.push(specOf === undefined ? { job } : { job: rest, specOf });
  }
  return lines;
}

/** True for a line that `jobLines` made. */
export function isJobLine(line: unknown): boolean {
  return typeof line === 'object' && line !== null && 'job' in line;
}

/** Reads lines one after the other. Throws `SCHEMA` naming the place when one is not as it should be. */
export function jobLineReader(): (line: unknown, origin: string) => Job {
  const specs = new Map<unknown, JobSpec>();
  return (line, origin) => {
    const { job } = checked(jobLine, withSpec(specs, line, origin), origin);
    if (!specs.has(job.id)) specs.set(job.id, job.spec);
    return job;
  };
}

function withSpec(specs: ReadonlyMap<unknown, JobSpec>, line: unknown, origin: string): unknown {
  if (typeof line !== 'object' || line === null || !('specOf' in line)) return line;
  const { job, specOf }: Infer<typeof refSchema> = checked(refSchema, line, origin);
  const spec = specs.get(specOf);
  if (spec === undefined) throw new MgpuError('SCHEMA', `${origin}: specOf: expected a job of a line above`);
  return { ...line, job: { ...job, spec } };
}
