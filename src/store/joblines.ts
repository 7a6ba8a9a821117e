import { MgpuError } from '../base/error.ts';
import { checked, type Infer, object } from '../base/schema.ts';
import type { JobId } from '../model/ids.ts';
import { type Job, jobSchema, jobSchemaWith } from '../model/job.ts';
import { type JobSpec, jobSpecSchema, partialSpecSchema } from '../model/spec.ts';
import { likeLineReader } from './likelines.ts';
import type { LineReader } from './linefile.ts';

/*
 * Jobs as lines of a file. The tasks of an array share one specification: it is written with the first of
 * them, and the others name that job in `specOf`. Read back, they share it again. Where a file may say so, a
 * job that asks for nearly the same as one above names that job in `specLike` and has of its own
 * specification only what differs, null for what it lacks: long queues are mostly of such jobs.
 */

const jobLine = object({ job: jobSchema });
/** For a job whose specification was looked at by itself. */
const knownSpec = (value: unknown): JobSpec => value as JobSpec;
const restLine = object({ job: jobSchemaWith(knownSpec) });
const refSchema = object({ job: object({}) }, { specOf: knownId, specLike: knownId });

function knownId(value: unknown): unknown {
  return value;
}

/** With more that differs, a line of its own costs little more and is easier to read. */
const differencesMax = 8;

export function jobLines(jobs: Iterable<Job>, mayBeLike = false): readonly object[] {
  const first = new Map<JobSpec, JobId>();
  const bases = new Map<string, Job>();
  const lines: object[] = [];
  for (const job of jobs) {
    const { spec, ...rest } = job;
    const specOf = first.get(spec);
    if (specOf !== undefined) {
      lines.push({ job: rest, specOf });
      continue;
    }
    first.set(spec, job.id);
    const like = mayBeLike ? likeOf(bases, spec) : undefined;
    if (like === undefined) {
      bases.set(`${spec.uid}`, job).set(`${spec.uid} ${spec.command}`, job);
      lines.push({ job });
    } else lines.push({ job: { ...rest, spec: like.differences }, specLike: like.id });
  }
  return lines;
}

type Differences = Readonly<Record<string, unknown>>;

/** A job above that asks for nearly the same: of the same command, or the last of its user. */
function likeOf(
  bases: ReadonlyMap<string, Job>,
  spec: JobSpec,
): { readonly id: JobId; readonly differences: Differences } | undefined {
  for (const key of [`${spec.uid} ${spec.command}`, `${spec.uid}`]) {
    const base = bases.get(key);
    const differences = base && differencesOf(base.spec, spec);
    if (base && differences) return { id: base.id, differences };
  }
  return undefined;
}

function differencesOf(base: JobSpec, spec: JobSpec): Differences | undefined {
  const [from, to]: [Differences, Differences] = [base, spec];
  const differences: Record<string, unknown> = {};
  let count = 0;
  for (const key of Object.keys(to)) {
    if (isSame(from[key], to[key])) continue;
    differences[key] = to[key];
    count += 1;
  }
  for (const key of Object.keys(from)) {
    if (to[key] !== undefined) continue;
    differences[key] = null;
    count += 1;
  }
  return count > differencesMax ? undefined : differences;
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  try {
    return JSON.stringify(a) === JSON.stringify(b);
  } catch (error) {
    // Nested too deeply to be printed: whoever writes the line refuses it.
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

/** True for a line that `jobLines` made. */
export function isJobLine(line: unknown): boolean {
  return typeof line === 'object' && line !== null && 'job' in line;
}

/** Reads lines one after the other, and adds their jobs to `jobs`. */
export function jobLineReader(jobs: Job[]): Required<LineReader> {
  const specOfJob = specsOf(jobs);
  return {
    /** Throws `SCHEMA` naming the place when the line is not as it should be. */
    line(line, origin) {
      const withSpec = withSpecOf(specOfJob, line, origin);
      jobs.push((withSpec ? checked(restLine, withSpec, origin) : checked(jobLine, line, origin)).job);
    },
    quick: likeLineReader(specOfJob, (job) => jobs.push(job)),
  };
}

/** The specifications of jobs by their ids, of the first of an id. They are listed when one is looked for. */
function specsOf(jobs: readonly Job[]): (id: unknown) => JobSpec | undefined {
  const specs = new Map<unknown, JobSpec>();
  let listed = 0;
  return (id) => {
    const found = specs.get(id);
    if (found !== undefined) return found;
    for (const job of jobs.slice(listed)) if (!specs.has(job.id)) specs.set(job.id, job.spec);
    listed = jobs.length;
    return specs.get(id);
  };
}

/** The line with the specification that it takes from another; undefined when it has one of its own. */
function withSpecOf(specOfJob: (id: unknown) => JobSpec | undefined, line: unknown, origin: string): unknown {
  if (typeof line !== 'object' || line === null || !('specOf' in line || 'specLike' in line))
    return undefined;
  const ref: Infer<typeof refSchema> = checked(refSchema, line, origin);
  const name = ref.specOf === undefined ? 'specLike' : 'specOf';
  const base = specOfJob(ref[name]);
  if (base === undefined) throw new MgpuError('SCHEMA', `${origin}: ${name}: expected a job of a line above`);
  const spec = name === 'specOf' ? base : changed(base, ref.job, origin);
  // Put into what was parsed: an object that is spread into another is one that V8 is slow to read.
  return Object.assign(line, { job: Object.assign(ref.job, { spec }) });
}

function changed(base: JobSpec, job: object, origin: string): JobSpec {
  const given = 'spec' in job ? job.spec : undefined;
  const differences: Differences = checked(object({}), given, `${origin}: job.spec`);
  const own = Object.keys(differences);
  const without = own.filter((key) => differences[key] === null);
  if (without.length === 0)
    return { ...base, ...checked(partialSpecSchema, differences, `${origin}: job.spec`) };
  const all = Object.entries({ ...base, ...differences }).filter(([, value]) => value !== null);
  return checked(jobSpecSchema, Object.fromEntries(all), `${origin}: job.spec`);
}
