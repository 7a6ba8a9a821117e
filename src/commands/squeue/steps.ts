import type { ShownStep } from '../../services/steplist.ts';
import { type StepLine, squeueStepFields, squeueStepFormat } from '../../tables/fields/squeue-steps.ts';
import { type Format, headLine, lineMaker, parseFormat, parseLongFormat } from '../../tables/format.ts';
import type { SqueueValues } from './options.ts';

export interface StepListing {
  readonly values: SqueueValues;
  readonly now: number;
  readonly utcOffsetMinutes: number;
  /** Which jobs are meant, by the other options. */
  readonly isWanted: (jobId: number) => boolean;
}

/** The lines of `squeue -s`, in the order of partitions, jobs and steps (captured: tab.squeue.s). */
export function stepLines(
  steps: readonly ShownStep[],
  { values, now, utcOffsetMinutes, isWanted }: StepListing,
): { readonly lines: readonly string[]; readonly unknown: readonly string[] } {
  const format = formatOf(values);
  const named = values.steps ?? [];
  const wanted = steps.filter(
    ({ id, job }) =>
      isWanted(job.id) && (named.length === 0 || named.includes(id) || named.includes(String(job.id))),
  );
  const partitionOf = ({ job }: ShownStep): string => job.partition ?? job.spec.partition;
  const sorted = [...wanted].sort(
    (a, b) => compare(partitionOf(a), partitionOf(b)) || a.job.id - b.job.id || rank(a) - rank(b),
  );
  const lines = sorted.map((step): StepLine => {
    const { id, job, name, startTime, ntasks, timeLimit, tresPerNode } = step;
    const nodes = step.shares.map(({ node }) => node);
    const shown = { id, job, name, startTime, ntasks, timeLimit, nodes, now, utcOffsetMinutes };
    return { ...shown, ...(tresPerNode !== undefined && { tresPerNode }) };
  });
  const heads = values.noheader === true ? [] : [headLine(format)];
  return { lines: [...heads, ...lines.map(lineMaker(format))], unknown: format.unknown };
}

function formatOf({ format, longFormat }: SqueueValues): Format<StepLine> {
  if (longFormat !== undefined) return parseLongFormat(longFormat, squeueStepFields);
  return parseFormat(format ?? squeueStepFormat, squeueStepFields);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Numbers first, as Slurm has it. */
function rank({ step }: ShownStep): number {
  return step === 'batch' ? Number.MAX_SAFE_INTEGER : Number(step);
}
