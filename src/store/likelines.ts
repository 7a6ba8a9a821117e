import { isFitting } from '../base/schema.ts';
import { tellLikeness } from '../core/wishes.ts';
import type { JobId } from '../model/ids.ts';
import type { PendingJob } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { type JobSpec, partialSpecSchema } from '../model/spec.ts';

/*
 * A long queue is mostly of waiting jobs that have nothing of their own but when they were submitted and how
 * they differ from one above. Such a line is told from its characters, in the form in which it is written,
 * and what differs is parsed and looked at once for all jobs that differ in the same way, which then share
 * their specification. Anything else, whatever it is, is left to the schemas.
 */

const number = String.raw`(?:0|[1-9]\d{0,14})`;
const lineForm = new RegExp(
  String.raw`\{"job":\{"state":"PENDING","id":(${number}),("submitTime":[\w":,]*)` +
    String.raw`(?:,"spec":(\{[^\n]*\}))?\},("spec(?:Of|Like)":${number})\}\n`,
  'y',
);
const factsForm = new RegExp(
  `^"submitTime":(${number}),"eligibleTime":(${number}),"attempt":(${number}),` +
    '"reason":"(None|JobHeldUser)"(,"held":"user")?$',
);

/** The specifications of the jobs above, by their ids. */
export type SpecOfJob = (id: JobId) => JobSpec | undefined;

/**
 * Takes the job of the line that begins at `start` of a text, and gives where the next line begins; undefined
 * for a line that has to be looked at closely.
 */
export function likeLineReader(
  specOfJob: SpecOfJob,
  take: (job: PendingJob) => void,
): (text: string, start: number) => number | undefined {
  // Most lines have these parts from the line before.
  const factsOf = lastKept(readFacts);
  const baseOf = lastKept((text): Base | undefined => readBase(text, specOfJob));
  const changed = changedSpecs();
  return (text, start) => {
    lineForm.lastIndex = start;
    const found = lineForm.exec(text);
    if (found === null) return undefined;
    const [, id, factsText = '', differences, baseText = ''] = found;
    const facts = factsOf(factsText);
    const base = baseOf(baseText);
    const jobId = Number(id);
    if (facts === undefined || base === undefined || jobId < 1 || jobId > limits.jobIdMax) return undefined;
    if (base.isShared !== (differences === undefined)) return undefined;
    const spec = differences === undefined ? base.spec : changed(base.spec, differences);
    if (spec === undefined) return undefined;
    const { submitTime, eligibleTime, attempt, reason, held } = facts;
    // Spelled out: an object that is spread into another is one that V8 is slow to read.
    const state = 'PENDING';
    take(
      held === undefined
        ? { state, id: jobId, submitTime, eligibleTime, attempt, reason, spec }
        : { state, id: jobId, submitTime, eligibleTime, attempt, reason, held, spec },
    );
    return lineForm.lastIndex;
  };
}

/** What a text says, with the last answer kept for the next that is the same. */
function lastKept<T>(read: (text: string) => T | undefined): (text: string) => T | undefined {
  let last: string | undefined;
  let known: T | undefined;
  return (text) => {
    if (text === last && known !== undefined) return known;
    last = text;
    known = read(text);
    return known;
  };
}

type Facts = Pick<PendingJob, 'submitTime' | 'eligibleTime' | 'attempt' | 'reason' | 'held'>;

function readFacts(text: string): Facts | undefined {
  const [, submitTime, eligibleTime, tries, reason, held] = factsForm.exec(text) ?? [];
  const attempt = Number(tries);
  if (reason === undefined || attempt > limits.tasksPerJob) return undefined;
  return {
    submitTime: Number(submitTime),
    eligibleTime: Number(eligibleTime),
    attempt,
    reason: reason as 'None' | 'JobHeldUser',
    ...(held !== undefined && { held: 'user' }),
  };
}

/** The specification of another job, as it is or to be changed. */
interface Base {
  readonly spec: JobSpec;
  readonly isShared: boolean;
}

function readBase(text: string, specOfJob: SpecOfJob): Base | undefined {
  const spec = specOfJob(Number(text.slice(text.indexOf(':') + 1)));
  return spec && { spec, isShared: text.startsWith('"specOf"') };
}

/** How many ways to differ are remembered: where jobs differ in more, there is little to share. */
const differencesMax = 256;

/** A specification with some differences, as text; undefined for what is not plainly that. */
function changedSpecs(): (base: JobSpec, differences: string) => JobSpec | undefined {
  const known = new Map<string, JobSpec>();
  let knownBase: JobSpec | undefined;
  return (base, differences) => {
    if (base !== knownBase || known.size >= differencesMax) known.clear();
    knownBase = base;
    const before = known.get(differences);
    if (before !== undefined) return before;
    const spec = changedSpec(base, differences);
    if (spec !== undefined) known.set(differences, spec);
    return spec;
  };
}

function changedSpec(base: JobSpec, differences: string): JobSpec | undefined {
  const given = parsed(differences);
  if (!isFitting(partialSpecSchema, given) || Object.values(given).includes(null as never)) return undefined;
  const keys = Object.keys(given);
  // V8 gives each object a kind of its own that is spread into another and then gets more fields.
  const isOfItsKind = keys.every((key) => Object.hasOwn(base, key));
  const spec = isOfItsKind ? { ...base, ...given } : Object.assign({}, base, given);
  tellLikeness(spec, base, keys);
  return spec;
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
