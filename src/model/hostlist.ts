/** How many names one list may stand for. */
export const hostsMax = 65_536;
/** The longest name that DNS knows. */
const nameLengthMax = 255;
/** A longer text is no list that anybody wrote: this many names need less. */
export const hostlistTextMax = 2 ** 21;
/** The most digits of which every number is exact. */
const digitsMax = 15;

/**
 * The names that a host list stands for, in its order: `gpu[01-03,7],cpu01`. A range keeps the width of its
 * first number. Several brackets make every combination, the last one running fastest; behind the last one
 * nothing may follow, as in Slurm. Names are separated by commas or blanks; an empty list has no names.
 * Brackets that do not match, which Slurm takes for letters, are refused, and so are more than `hostsMax`
 * names.
 */
export function parseHostlist(text: string): readonly string[] | undefined {
  if (text.length > hostlistTextMax) return undefined;
  const names: string[] = [];
  // Separators inside of brackets do not end a name.
  for (const [word] of text.matchAll(/(?:[^\s,[\]]+|\[[^[\]]*\]|[[\]])+/g)) {
    const expanded = expandName(word);
    if (expanded === undefined || names.length + expanded.length > hostsMax) return undefined;
    for (const name of expanded) names.push(name);
  }
  return names;
}

/**
 * The names as Slurm folds them, in the given order: neighbours that differ in their last number share a
 * bracket, and rise by one within a range: `gpu[01-03],cpu01`, `n[9-11]`, `n[1,01]`. Nothing is sorted or
 * removed.
 */
export function formatHostlist(names: readonly string[]): string {
  const groups: { prefix: string; ranges: Range[] }[] = [];
  for (const name of names) {
    const { prefix, digits } = splitName(name);
    const group = groups.at(-1);
    if (digits === '' || group?.prefix !== prefix || group.ranges.length === 0) {
      groups.push({ prefix, ranges: digits === '' ? [] : [{ first: digits, last: digits }] });
    } else {
      extend(group.ranges, digits);
    }
  }
  return groups.map(({ prefix, ranges }) => prefix + formatRanges(ranges)).join(',');
}

/** The order in which sinfo lists nodes: by the part before the last number, then by that number. */
export function compareHostnames(a: string, b: string): number {
  const left = splitName(a);
  const right = splitName(b);
  // Among numbers a longer text is a larger number, or the same one with more zeros.
  return (
    compareTexts(left.prefix, right.prefix) ||
    left.digits.length - right.digits.length ||
    compareTexts(left.digits, right.digits)
  );
}

/** Two numbers as they were written; the last one is printed with the width of the first. */
interface Range {
  readonly first: string;
  last: string;
}

function expandName(word: string): readonly string[] | undefined {
  if (!/[[\]]/.test(word)) return word.length <= nameLengthMax ? [word] : undefined;
  let names: readonly string[] = [''];
  let end = 0;
  for (const [whole, prefix = '', list = ''] of word.matchAll(/([^[\]]*)\[([^[\]]*)\]/gy)) {
    const numbers = expandRanges(list);
    if (numbers === undefined || names.length * numbers.length > hostsMax) return undefined;
    names = names.flatMap((name) => numbers.map((number) => name + prefix + number));
    if (names.some((name) => name.length > nameLengthMax)) return undefined;
    end += whole.length;
  }
  return end === word.length ? names : undefined;
}

function expandRanges(list: string): readonly string[] | undefined {
  const numbers: string[] = [];
  for (const item of list.split(',')) {
    const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(item) ?? [];
    if (first === undefined || first.length > nameLengthMax) return undefined;
    const from = Number(first);
    const to = last === undefined ? from : Number(last);
    const isTooMany = numbers.length + to - from + 1 > hostsMax;
    if (to < from || isTooMany || (last !== undefined && !Number.isSafeInteger(to))) return undefined;
    // A number on its own may be longer than what can be counted on, so it stays as it was written.
    if (last === undefined) numbers.push(first);
    else pushRange(numbers, { from, to, width: first.length });
  }
  return numbers;
}

function pushRange(numbers: string[], range: { from: number; to: number; width: number }): void {
  for (let number = range.from; number <= range.to; number += 1) {
    numbers.push(String(number).padStart(range.width, '0'));
  }
}

function splitName(name: string): { prefix: string; digits: string } {
  let start = name.length;
  while (start > 0 && /\d/.test(name.charAt(start - 1))) start -= 1;
  // A number too long to be counted on is a part of the name.
  if (name.length - start > digitsMax) start = name.length;
  return { prefix: name.slice(0, start), digits: name.slice(start) };
}

/**
 * Lets the last range grow by the number if that is its next one and would be printed alike; else starts
 * another.
 */
function extend(ranges: Range[], digits: string): void {
  const range = ranges.at(-1);
  const next = range && String(Number(range.last) + 1).padStart(range.first.length, '0');
  if (range && next === digits) range.last = digits;
  else ranges.push({ first: digits, last: digits });
}

function formatRanges(ranges: readonly Range[]): string {
  const list = ranges.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(',');
  const isSingle = ranges.length === 1 && ranges[0]?.first === ranges[0]?.last;
  return ranges.length === 0 || isSingle ? list : `[${list}]`;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
