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
  return parseHosts(text)?.map(({ prefix, digits }) => prefix + digits);
}

/**
 * A list folded anew, as `scontrol show hostlist` prints it, or in the order of the names. Unlike with the
 * names alone, a number that stood in brackets stays one: `x1[2-3]` is not `x[12-13]`.
 */
export function foldHostlist(text: string, order: 'given' | 'sorted'): string | undefined {
  const hosts = parseHosts(text);
  if (hosts === undefined) return undefined;
  return formatGroups(foldHosts(order === 'given' ? hosts : sortHosts(hosts)));
}

/**
 * The names as Slurm folds them, in the given order: neighbours that differ in their last number share a
 * bracket, and rise by one within a range: `gpu[01-03],cpu01`, `n[9-11]`, `n[1,01]`. Nothing is sorted or
 * removed.
 */
export function formatHostlist(names: readonly string[]): string {
  return names.length === 0 ? '' : formatGroups(foldHosts(names.map(splitName)));
}

/** The order in which sinfo lists nodes: by the part before the last number, then by that number. */
export function compareHostnames(a: string, b: string): number {
  const left = splitName(a);
  const right = splitName(b);
  return compareNatural(left.prefix, right.prefix) || compareDigits(left.digits, right.digits);
}

/** A name and the number at its end, which may be missing. */
interface Host {
  readonly prefix: string;
  readonly digits: string;
}

/** Two numbers as they were written; the last one is printed with the width of the first. */
interface Range {
  readonly first: string;
  last: string;
}

function parseHosts(text: string): readonly Host[] | undefined {
  if (text.length > hostlistTextMax) return undefined;
  const hosts: Host[] = [];
  // Separators inside of brackets do not end a name.
  for (const [word] of text.matchAll(/(?:[^\s,[\]]+|\[[^[\]]*\]|[[\]])+/g)) {
    const expanded = expandName(word);
    if (expanded === undefined || hosts.length + expanded.length > hostsMax) return undefined;
    for (const host of expanded) hosts.push(host);
  }
  return hosts;
}

/**
 * Of several brackets the last one counts fastest, then the first, the second and so on, as in Slurm:
 * `a[1-2]b[1-2]c[1-2]` begins with a1b1c1, a1b1c2, a2b1c1.
 */
function expandName(word: string): readonly Host[] | undefined {
  if (!/[[\]]/.test(word)) return word.length <= nameLengthMax ? [splitName(word)] : undefined;
  const parts: { readonly prefix: string; readonly numbers: readonly string[] }[] = [];
  let end = 0;
  let count = 1;
  for (const [whole, prefix = '', list = ''] of word.matchAll(/([^[\]]*)\[([^[\]]*)\]/gy)) {
    const numbers = expandRanges(list);
    if (numbers === undefined) return undefined;
    count *= numbers.length;
    if (count > hostsMax) return undefined;
    parts.push({ prefix, numbers });
    end += whole.length;
  }
  const last = parts.pop();
  if (last === undefined || end < word.length) return undefined;
  const heads = parts.reduceRight<readonly string[]>(
    (tails, { prefix, numbers }) => tails.flatMap((tail) => numbers.map((digits) => prefix + digits + tail)),
    [''],
  );
  const hosts = heads.flatMap((head) =>
    last.numbers.map((digits) => ({ prefix: head + last.prefix, digits })),
  );
  return hosts.some(({ prefix, digits }) => prefix.length + digits.length > nameLengthMax)
    ? undefined
    : hosts;
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

function splitName(name: string): Host {
  let start = name.length;
  while (start > 0 && /\d/.test(name.charAt(start - 1))) start -= 1;
  // A number too long to be counted on is a part of the name.
  if (name.length - start > digitsMax) start = name.length;
  return { prefix: name.slice(0, start), digits: name.slice(start) };
}

interface Group {
  readonly prefix: string;
  /** None for a name without a number. */
  readonly ranges: Range[];
}

function foldHosts(hosts: readonly Host[]): readonly Group[] {
  const groups: Group[] = [];
  for (const { prefix, digits } of hosts) {
    const group = groups.at(-1);
    if (digits === '' || group?.prefix !== prefix || group.ranges.length === 0) {
      groups.push({ prefix, ranges: digits === '' ? [] : [{ first: digits, last: digits }] });
    } else {
      extend(group.ranges, digits);
    }
  }
  return groups;
}

interface WideRange extends Range {
  readonly prefix: string;
}

/**
 * By the part before the number, then by how wide the number is written, then by the number. Slurm sorts what
 * it has folded, so that all numbers of a range count as wide as its first one, and then joins ranges that
 * overlap.
 */
function sortHosts(hosts: readonly Host[]): readonly Host[] {
  const ranges = foldHosts(hosts)
    .flatMap(({ prefix, ranges: own }): readonly WideRange[] =>
      own.length === 0 ? [{ prefix, first: '', last: '' }] : own.map((range) => ({ prefix, ...range })),
    )
    .sort((a, b) => compareNatural(a.prefix, b.prefix) || compareDigits(a.first, b.first));
  const sorted: Host[] = [];
  let joined: WideRange[] = [];
  for (const range of ranges) {
    if (joined.length > 0 && !overlaps(joined, range)) {
      for (const host of hostsOf(joined)) sorted.push(host);
      joined = [];
    }
    joined.push(range);
  }
  for (const host of hostsOf(joined)) sorted.push(host);
  return sorted;
}

/** True if a range begins within those before it and its first number would be written alike among theirs. */
function overlaps(joined: readonly WideRange[], next: WideRange): boolean {
  const before = joined.at(-1);
  if (before === undefined || before.prefix !== next.prefix || next.last.length > digitsMax) return false;
  const first = Number(next.first);
  const isWithin = joined.some(({ first: from, last }) => from !== last && Number(last) > first);
  return isWithin && String(first).padStart(before.first.length, '0') === next.first;
}

/** The numbers of ranges that overlap, in their order. */
function hostsOf(ranges: readonly WideRange[]): readonly Host[] {
  const hosts = ranges.flatMap((range) =>
    numbersOf(range).map((digits) => ({ prefix: range.prefix, digits })),
  );
  return ranges.length === 1 ? hosts : hosts.sort((a, b) => Number(a.digits) - Number(b.digits));
}

function numbersOf({ first, last }: Range): readonly string[] {
  // What is too long to be counted on is always a range of its own.
  if (first === last) return [first];
  const numbers: string[] = [];
  pushRange(numbers, { from: Number(first), to: Number(last), width: first.length });
  return numbers;
}

/**
 * Lets the last range grow by the number if that is its next one and would be printed alike; else starts
 * another.
 */
function extend(ranges: Range[], digits: string): void {
  const range = ranges.at(-1);
  const next = range && nextDigits(range);
  if (range && next === digits) range.last = digits;
  else ranges.push({ first: digits, last: digits });
}

function nextDigits({ first, last }: Range): string | undefined {
  if (last.length > digitsMax) return undefined;
  return String(Number(last) + 1).padStart(first.length, '0');
}

function formatGroups(groups: readonly Group[]): string {
  return groups.map(({ prefix, ranges }) => prefix + formatRanges(ranges)).join(',');
}

function formatRanges(ranges: readonly Range[]): string {
  const list = ranges.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(',');
  const isSingle = ranges.length === 1 && ranges[0]?.first === ranges[0]?.last;
  return ranges.length === 0 || isSingle ? list : `[${list}]`;
}

/** Among numbers a longer text is a larger number, or the same one with more zeros. */
function compareDigits(a: string, b: string): number {
  return a.length - b.length || compareTexts(a, b);
}

/** Numbers within the texts by what they count, those with a zero before them digit by digit and first. */
function compareNatural(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (a.charAt(at) === b.charAt(at)) at += 1;
  // The number that the first difference is in may have begun before it.
  let start = at;
  while (start > 0 && isDigit(a.charAt(start - 1))) start -= 1;
  const left = digitsFrom(a, start);
  const right = digitsFrom(b, start);
  if (left !== '' && right !== '') {
    const isCounted = !left.startsWith('0') && !right.startsWith('0');
    if (isCounted && left.length !== right.length) return left.length - right.length;
    // One of them ends where the other goes on.
    if (isDigit(a.charAt(at)) !== isDigit(b.charAt(at))) return left.length - right.length;
  }
  return compareTexts(a.slice(at), b.slice(at));
}

function digitsFrom(text: string, start: number): string {
  let end = start;
  while (isDigit(text.charAt(end))) end += 1;
  return text.slice(start, end);
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9' && character.length === 1;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
