import { formatRanges, rangesOf } from './ranges.ts';

/** The largest index of a device that a list may name. */
export const indexMax = 65_535;

/** How many indices a list may say in all, repetitions included, so that a hostile one cannot take long. */
const mentionsMax = 1_000_000;

/** What a list may name and how much it may say; device indices if nothing is said. */
export interface IndexBounds {
  readonly indexMax?: number;
  readonly mentionsMax?: number;
}

/**
 * A list of indices, of devices or of an array's tasks: `0,2,4-7` is [0, 2, 4, 5, 6, 7]. The result is sorted
 * and unique. Blanks, empty items and falling ranges are refused.
 */
export function parseIndexList(text: string, bounds: IndexBounds = {}): readonly number[] | undefined {
  const lastMax = bounds.indexMax ?? indexMax;
  const saidMax = bounds.mentionsMax ?? mentionsMax;
  const indices = new Set<number>();
  let mentions = 0;
  for (const item of text.split(',')) {
    const [, from, to = from] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(item) ?? [];
    if (from === undefined || to === undefined) return undefined;
    const first = Number(from);
    const last = Number(to);
    mentions += last - first + 1;
    if (first > last || last > lastMax || mentions > saidMax) return undefined;
    for (let index = first; index <= last; index += 1) indices.add(index);
  }
  return [...indices].sort((a, b) => a - b);
}

/** Indices, in any order, as a list with ranges: [0, 1, 2, 5] is `0-2,5`. */
export function formatIndexList(indices: Iterable<number>): string {
  return formatRanges(rangesOf(indices));
}
