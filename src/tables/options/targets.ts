import type { JobTarget } from '../../model/request.ts';

/** How many jobs one text may name, so that a short text cannot stand for millions. */
const targetsMax = 100_000;

/**
 * The jobs that a text names: `12`, a task `12_3`, tasks `12_[1-3,7]`, several of these with commas.
 * Undefined for anything else, steps (`12.0`) included; `badTarget` tells which part it was.
 */
export function parseTargets(text: string): readonly JobTarget[] | undefined {
  const targets: JobTarget[] = [];
  for (const item of splitTargets(text)) {
    const found = parseTarget(item);
    if (found === undefined || targets.length + found.length > targetsMax) return undefined;
    targets.push(...found);
  }
  return targets;
}

/** The first part of the text that names no job. */
export function badTarget(text: string): string {
  return splitTargets(text).find((item) => parseTarget(item) === undefined) ?? text;
}

/** A step of a job or of a task of an array, by its number. */
export interface StepName extends JobTarget {
  readonly step: number;
}

/** The same with steps (`12.0`, `12_3.1`) among the jobs; `bad` is the first part that is neither. */
export function parseJobsAndSteps(
  text: string,
): { readonly jobs: readonly JobTarget[]; readonly steps: readonly StepName[] } | { readonly bad: string } {
  const jobs: JobTarget[] = [];
  const steps: StepName[] = [];
  for (const item of splitTargets(text)) {
    const [, job = item, step] = /^(\d+(?:_\d+)?)\.(\d{1,7})$/.exec(item) ?? [];
    const found = parseTarget(job);
    if (found === undefined || jobs.length + found.length > targetsMax) return { bad: item };
    if (step === undefined) jobs.push(...found);
    else steps.push(...found.map((target) => ({ ...target, step: Number(step) })));
  }
  return { jobs, steps };
}

/** At the commas outside of brackets; empty parts are left out. */
function splitTargets(text: string): readonly string[] {
  return text.split(/,(?![^[]*\])/).filter((item) => item !== '');
}

function parseTarget(item: string): readonly JobTarget[] | undefined {
  const [, id, list] = /^0*([1-9]\d{0,9})(?:_(\d{1,10}|\[[\d,-]+\]))?$/.exec(item) ?? [];
  if (id === undefined) return undefined;
  const job = Number(id);
  if (list === undefined) return [{ job }];
  const tasks: JobTarget[] = [];
  for (const range of list.replace(/^\[|\]$/g, '').split(',')) {
    const [, first, last = first] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(range) ?? [];
    if (first === undefined || Number(last) < Number(first)) return undefined;
    if (Number(last) - Number(first) + tasks.length >= targetsMax) return undefined;
    for (let task = Number(first); task <= Number(last); task += 1) tasks.push({ job, task });
  }
  return tasks;
}
