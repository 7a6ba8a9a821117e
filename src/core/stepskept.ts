import { limits } from '../model/limits.ts';
import type { StepRecord, StepsKept } from '../model/steprecord.ts';

/*
 * What is kept of an attempt's steps. Each node that gives back its share tells what it sees in the job's
 * room and the state does not say yet: a node sees for certain what began on itself, and of others perhaps an
 * older picture. A step in state RUNNING is one of which not all parts are known to have ended.
 */

/** Of what a node sees, that which is not known yet; a step that ended is told of once. */
export function stepsNews(known: StepsKept, seen: StepsKept): StepsKept {
  const before = byNumber(known);
  const steps = (seen.steps ?? []).filter((step) => isNews(before.get(step.step), step));
  const isMoreLeftOut = (seen.stepsLeftOut ?? 0) > (known.stepsLeftOut ?? 0);
  return {
    ...(steps.length > 0 && { steps }),
    ...(isMoreLeftOut && { stepsLeftOut: seen.stepsLeftOut }),
    ...(seen.usage !== undefined && { usage: seen.usage }),
  };
}

/** What is known when a node has told of some: the newest, as many as are kept. */
export function stepsTold(known: StepsKept, told: StepsKept): StepsKept {
  const all = byNumber(known);
  for (const step of told.steps ?? []) if (isNews(all.get(step.step), step)) all.set(step.step, step);
  const sorted = [...all.values()].sort((a, b) => a.step - b.step);
  const steps = sorted.slice(-limits.stepsKept);
  const dropped = sorted.length - steps.length;
  const leftOut = Math.max((known.stepsLeftOut ?? 0) + dropped, told.stepsLeftOut ?? 0);
  const usage = told.usage ?? known.usage;
  return {
    ...(steps.length > 0 && { steps }),
    ...(leftOut > 0 && { stepsLeftOut: leftOut }),
    ...(usage !== undefined && { usage }),
  };
}

/** What the job's end took away before anybody could say how it ended counts as killed. */
export function stepsEnded({ steps, ...kept }: StepsKept, endTime: number): StepsKept {
  if (steps === undefined) return kept;
  const killed = { state: 'CANCELLED', exitCode: { code: 0, signal: 9 }, endTime } as const;
  return { ...kept, steps: steps.map((step) => (step.state === 'RUNNING' ? { ...step, ...killed } : step)) };
}

function byNumber({ steps = [] }: StepsKept): Map<number, StepRecord> {
  return new Map(steps.map((step) => [step.step, step]));
}

function isNews(known: StepRecord | undefined, step: StepRecord): boolean {
  return known === undefined || (known.state === 'RUNNING' && step.state !== 'RUNNING');
}
