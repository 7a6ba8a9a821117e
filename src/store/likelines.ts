import { isFitting } from '../base/schema.ts';
import type { PendingJob } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { type JobSpec, partialSpecSchema } from '../model/spec.ts';

/*
 * A long queue is mostly of waiting jobs that have nothing of their own but when they were submitted and how
 * they differ from one above. Such a line is told from its characters, in the form in which it is written, and
 * what differs is parsed and looked at once for all jobs that differ in the same way, which then share their
 * specification. Anything else, whatever it is, is left to the schemas.
 */

const number = '(0|[1-9]\\d{0,14})';
const lineForm = new RegExp(
  `\\{"job":\\{"state":"PENDING","id":${number},"submitTime":${number},"eligibleTime":${number},` +
    `"attempt":${number},"reason":"(None|JobHeldUser)"(,"held":"user")?(?:,"spec":(\\{[^{}\\n]*\\}))?\\},` +
    `"spec(Of|Like)":${number}\\}\\n`,
  'y',
);

/**
 * Takes the job of the line that begins at `start` of a text, and gives where the next line begins; undefined
 * for a line that has to be looked at closely. `specs` are those of the jobs above by their ids.
 */
export function likeLineReader(
  specs: ReadonlyMap<unknown, JobSpec>,
  take: (job: PendingJob) => void,
): (text: string, start: number) => number | undefined {
  const changed = changedSpecs();
  return (text, start) => {
    lineForm.lastIndex = start;
    const found = lineForm.exec(text);
    if (found === null) return undefined;
    const [, id, submitTime, eligibleTime, tries, reason, held, differences, by, other] = found;
    const jobId = Number(id);
    const attempt = Number(tries);
    const base = specs.get(Number(other));
    const isSane = jobId >= 1 && jobId <= limits.jobIdMax && attempt <= limits.tasksPerJob;
    const isLike = by === 'Like';
    if (!isSane || base === undefined || isLike !== (differences !== undefined)) return undefined;
    const spec = differences === undefined ? base : changed(base, differences);
    if (spec === undefined) return undefined;
    take({
      state: 'PENDING',
      id: jobId,
      submitTime: Number(submitTime),
      eligibleTime: Number(eligibleTime),
      attempt,
      reason: reason as 'None' | 'JobHeldUser',
      ...(held !== undefined && { held: 'user' }),
      spec,
    });
    return lineForm.lastIndex;
  };
}

/** A specification with some differences, as text; undefined for what is not plainly that. */
function changedSpecs(): (base: JobSpec, differences: string) => JobSpec | undefined {
  const known = new Map<JobSpec, Map<string, JobSpec | undefined>>();
  return (base, differences) => {
    const ofBase = known.get(base) ?? new Map<string, JobSpec | undefined>();
    if (ofBase.size === 0) known.set(base, ofBase);
    if (ofBase.has(differences)) return ofBase.get(differences);
    const spec = changedSpec(base, differences);
    ofBase.set(differences, spec);
    return spec;
  };
}

function changedSpec(base: JobSpec, differences: string): JobSpec | undefined {
  const given = parsed(differences);
  if (!isFitting(partialSpecSchema, given) || Object.values(given).includes(null as never)) return undefined;
  return { ...base, ...given };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Whoever reads the line as a whole tells what is wrong with it.
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
