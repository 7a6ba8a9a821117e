import { assert } from '../base/assert.ts';
import { countMax, parseCount } from './counts.ts';
import { formatRanges, type Ranges, rangesOf } from './ranges.ts';

/** The tasks of a job array. */
export interface ArraySpec {
  /** Task indices, rising and unique, at least one. */
  readonly tasks: readonly number[];
  /** How many may run at once; 0 is no limit. */
  readonly limit: number;
  /** The first step that was written, unless it is 1: of `0-8:4` it is 4. */
  readonly step?: number;
}

/**
 * How many indices a specification may say in all, repetitions included, so that a hostile one cannot take
 * long.
 */
const mentionsMax = 2_000_000;

/**
 * The value of --array: indices, ranges and ranges with a step, perhaps a limit after `%`, perhaps in the
 * brackets that squeue prints. Every number lies below `maxSize` (MaxArraySize), the end of a range too, also
 * when a step does not reach it. Lists are merged and sorted; empty items are skipped and `%0` or `%` limit
 * nothing, as in Slurm. Where Slurm ignores what stands after `%`, or takes a list without any task, the text
 * is refused.
 */
export function parseArraySpec(text: string, maxSize: number): ArraySpec | undefined {
  const parts = splitLimit(text);
  const limit =
    parts === undefined || parts.limit === '' ? 0 : parseCount(parts.limit, { min: 0, max: countMax });
  if (parts === undefined || limit === undefined) return undefined;
  const tasks = new Set<number>();
  let mentions = 0;
  let step = 1;
  for (const item of parts.list.split(',')) {
    if (item === '') continue;
    const range = parseArrayRange(item, maxSize);
    mentions += range === undefined ? 0 : Math.floor((range.last - range.first) / range.step) + 1;
    if (range === undefined || mentions > mentionsMax) return undefined;
    if (step === 1) step = range.step;
    for (let task = range.first; task <= range.last; task += range.step) tasks.add(task);
  }
  if (tasks.size === 0) return undefined;
  return { tasks: [...tasks].sort((a, b) => a - b), limit, ...(step !== 1 && { step }) };
}

/** The limit may stand anywhere in the list, once: `1%2,3` is `1,3%2`. */
function splitLimit(text: string): { list: string; limit: string } | undefined {
  const bare = text.replace(/^\[([^[\]]*)\]/, '$1');
  const percent = /%([^,%]*)/.exec(bare);
  if (percent === null) return /[[\]]/.test(bare) ? undefined : { list: bare, limit: '' };
  const list = bare.slice(0, percent.index) + bare.slice(percent.index + percent[0].length);
  return /[[\]%]/.test(list) ? undefined : { list, limit: percent[1] ?? '' };
}

function parseArrayRange(
  item: string,
  maxSize: number,
): { first: number; last: number; step: number } | undefined {
  const [, from, to = from, by = '1'] = /^(\s*\+?\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(item) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const bounds = { min: 0, max: maxSize - 1 };
  const first = parseCount(from, bounds);
  const last = parseCount(to, bounds);
  const step = parseCount(by);
  if (first === undefined || last === undefined || step === undefined || first > last) return undefined;
  return { first, last, step };
}

/**
 * How many characters squeue and scontrol spend on a list of tasks (SLURM_BITSTR_LEN), one of them for its
 * end.
 */
const lengthDefault = 64;

/**
 * The tasks as squeue's %K and scontrol's ArrayTaskId print them, the part between the brackets of
 * `12_[3-9%2]`. Six tasks and more with one step and over ten apart are folded to `1-45:2`. A list that does
 * not fit into `lengthMax` ends in `...`; 0 prints it whole.
 */
export function formatArrayTasks({ tasks, limit }: ArraySpec, lengthMax?: number): string {
  return formatArrayRanges({ tasks: rangesOf(tasks), limit }, lengthMax);
}

/** The same of tasks that are kept as ranges, however many they are. */
export function formatArrayRanges(
  { tasks, limit }: { readonly tasks: Ranges; readonly limit: number },
  lengthMax: number = lengthDefault,
): string {
  assert(tasks.length > 0, 'an array has a task');
  const list = foldStep(tasks) ?? formatRanges(tasks);
  // Slurm cuts one character before the list would reach the end of its room.
  const cut = lengthMax === 0 || list.length <= lengthMax - 3 ? list : cutList(list, lengthMax);
  return limit > 0 ? `${cut}%${limit}` : cut;
}

/** Tasks with a step between them touch nowhere: each is a range of its own. */
function foldStep(tasks: Ranges): string | undefined {
  const [first = 0] = tasks[0] ?? [];
  const [second = 0] = tasks[1] ?? [];
  const [last] = tasks.at(-1) ?? [first];
  const step = second - first;
  if (tasks.length < 6 || last - first <= 10) return undefined;
  const isEven = tasks.every(([from, to], index) => from === to && from === first + index * step);
  return isEven ? `${first}-${last}:${step}` : undefined;
}

function cutList(list: string, lengthMax: number): string {
  return lengthMax < 4 ? '' : `${list.slice(0, lengthMax - 4)}...`;
}
