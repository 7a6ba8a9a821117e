import { fail, int, list, pair, type Schema } from '../base/schema.ts';
import { limits } from './limits.ts';

/** A set of whole numbers as first-last pairs, in order, never touching: `[[1,4],[7,7]]`. */
export type Ranges = readonly (readonly [number, number])[];

/** The largest task number of an array; the three above it have meanings of their own in Slurm. */
export const taskIdMax = 0xffff_fffc;

export const rangesSchema: Schema<Ranges> = schemaOf(taskIdMax, limits.arrayRanges);

/** Any set of job ids: as many ranges as there can be, for jobs leave the state in any order. */
export const jobIdRangesSchema: Schema<Ranges> = schemaOf(limits.jobIdMax, Math.ceil(limits.jobIdMax / 2));

function schemaOf(max: number, rangesMax: number): Schema<Ranges> {
  const pairsSchema = list(pair(int(0, max), int(0, max)), rangesMax);
  return (value) => {
    const ranges = pairsSchema(value);
    const isInOrder = ranges.every(([first, last], index) => {
      const before = ranges[index - 1];
      return first <= last && (before === undefined || before[1] + 1 < first);
    });
    return isInOrder ? ranges : fail('first-last pairs in order, none touching the next');
  };
}

/** The ranges that hold the given numbers, which may come in any order. */
export function rangesOf(numbers: Iterable<number>): Ranges {
  const result: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = result.at(-1);
    if (last !== undefined && number <= last[1] + 1) last[1] = Math.max(last[1], number);
    else result.push([number, number]);
  }
  return result;
}

/** As a list: `0-2,5`. */
export function formatRanges(ranges: Ranges): string {
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

export function rangesHas(ranges: Ranges, number: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = ranges[middle] as readonly [number, number];
    if (number < first) high = middle - 1;
    else if (number > last) low = middle + 1;
    else return true;
  }
  return false;
}

export function rangesCount(ranges: Ranges): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** The numbers, in order. */
export function* rangesNumbers(ranges: Ranges): IterableIterator<number> {
  for (const [first, last] of ranges) for (let number = first; number <= last; number += 1) yield number;
}

/** The ranges with the given numbers added. */
export function rangesAdd(ranges: Ranges, numbers: readonly number[]): Ranges {
  const pairs = [...ranges, ...rangesOf(numbers)].sort(([a], [b]) => a - b);
  const result: [number, number][] = [];
  for (const [first, last] of pairs) {
    const previous = result.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else result.push([first, last]);
  }
  return result;
}

/** The ranges without the given numbers. */
export function rangesRemove(ranges: Ranges, numbers: readonly number[]): Ranges {
  let result = ranges;
  for (const [first, last] of rangesOf(numbers)) {
    result = result.flatMap(([a, b]): [number, number][] => {
      if (last < a || first > b) return [[a, b]];
      const kept: [number, number][] = [];
      if (a < first) kept.push([a, first - 1]);
      if (b > last) kept.push([last + 1, b]);
      return kept;
    });
  }
  return result;
}
