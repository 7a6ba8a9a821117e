import { type Token, tokensOf } from './tokens.ts';

/*
 * Whether a line of ours says what Slurm's line says. Ids stand for each other one to one within a fact; an
 * instant may be any that lies as far from the fact's first as Slurm's does; a length that passes while one
 * looks may be some seconds off. Nothing else is given away: a blank too many is a difference.
 */

export interface Setting {
  /** The ids that the fact shows. */
  readonly ids: ReadonlySet<number>;
  /** The ids that our cluster gave meanwhile: from the first to the last. */
  readonly ours: { readonly first: number; readonly last: number };
  /** For how long the queue that the fact looks at has stood, beyond what it had when it was captured. */
  readonly ageSeconds: number;
  /** The lines that were run. A date that stands in them is no instant of the day. */
  readonly inputs: string;
}

/** How far apart instants and lengths may be, besides the queue's age. */
const spanSecondsMax = 30;
/** After so long what runs does not show a length of nothing any more. */
const zeroSecondsMax = 3;
/** Jobs that a fact names in no place of their own have ids near those that it does. */
const unnamedIdsMax = { before: 3, after: 40 };
/** Below it a number is too often something else. */
const unnamedIdMin = 100;
/** A daemon may have kept ids for array tasks from a while ago. */
const spareIdsMax = 64;
const dateLength = '2030-01-01'.length;

export class Matcher {
  readonly #setting: Setting;
  readonly #first: number;
  readonly #last: number;
  readonly #spanSeconds: number;
  #ours = new Map<number, number>();
  #theirs = new Map<number, number>();
  #ranks = new Map<number, number>();
  #offsetMs: number | undefined;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#spanSeconds = spanSecondsMax + setting.ageSeconds;
    const first = Math.min(...setting.ids);
    this.#first = first < unnamedIdMin ? first : first - unnamedIdsMax.before;
    this.#last = Math.max(...setting.ids) + unnamedIdsMax.after;
  }

  /** True if the lines say the same; what was learnt of ids and instants is kept only then. */
  line(expected: string, got: string): boolean {
    return this.#try(expected, got, { isKept: true });
  }

  /** The same, and nothing is learnt. */
  wouldMatch(expected: string, got: string): boolean {
    return this.#try(expected, got, { isKept: false });
  }

  #try(expected: string, got: string, { isKept }: { readonly isKept: boolean }): boolean {
    const before = { ours: new Map(this.#ours), theirs: new Map(this.#theirs), offset: this.#offsetMs };
    const ranks = new Map(this.#ranks);
    const theirTokens = tokensOf(expected);
    const ourTokens = tokensOf(got);
    const isSame =
      theirTokens.length === ourTokens.length &&
      theirTokens.every((token, index) => {
        const other = ourTokens[index];
        return other !== undefined && this.#token(token, other);
      });
    if (!isSame || !isKept) {
      this.#ours = before.ours;
      this.#theirs = before.theirs;
      this.#offsetMs = before.offset;
      this.#ranks = ranks;
    }
    return isSame;
  }

  #token(expected: Token, got: Token): boolean {
    if (expected.kind !== got.kind) return false;
    if (expected.kind === 'time' && got.kind === 'time') return this.#time(expected, got);
    if (expected.kind === 'length' && got.kind === 'length') {
      return (
        sameShape(expected.text, got.text) && sameLength(expected.seconds, got.seconds, this.#spanSeconds)
      );
    }
    if (expected.kind === 'number' && got.kind === 'number') return this.#number(expected, got);
    if (expected.kind === 'priority' && got.kind === 'priority') return this.#priority(expected, got);
    return expected.text === got.text;
  }

  /** As far from the anchor as theirs; or the very instant; or that time of another day (`noon`). */
  #time(expected: Token & { kind: 'time' }, got: Token & { kind: 'time' }): boolean {
    if (formOf(expected.text) !== formOf(got.text)) return false;
    if (expected.ms === got.ms) return true;
    if (this.#setting.inputs.includes(expected.text.slice(0, dateLength))) return false;
    const offset = got.ms - expected.ms;
    this.#offsetMs ??= offset;
    if (Math.abs(offset - this.#offsetMs) <= this.#spanSeconds * 1000) return true;
    return offset % 86_400_000 === 0 && expected.ms % 60_000 === 0;
  }

  /** One to one, and in the same order: how many jobs had a priority before is of the day. */
  #priority(expected: Token & { kind: 'priority' }, got: Token & { kind: 'priority' }): boolean {
    if (!sameShape(expected.text, got.text)) return false;
    const isInOrder = [...this.#ranks].every(
      ([theirs, ours]) => Math.sign(theirs - expected.rank) === Math.sign(ours - got.rank),
    );
    if (isInOrder) this.#ranks.set(expected.rank, got.rank);
    return isInOrder;
  }

  #number(expected: Token & { kind: 'number' }, got: Token & { kind: 'number' }): boolean {
    const theirs = Number(expected.text);
    const ours = Number(got.text);
    const isId = expected.isFree && theirs >= this.#first && theirs <= this.#last;
    if (!isId) return expected.text === got.text;
    if (expected.text.length !== got.text.length || !got.isFree) return false;
    if (theirs === ours) return this.#isPaired(theirs, ours) || !this.#setting.ids.has(theirs);
    const { first, last } = this.#setting.ours;
    return ours >= first - spareIdsMax && ours <= last && this.#isPaired(theirs, ours);
  }

  /** Pairs the two ids unless one of them has another partner. */
  #isPaired(theirs: number, ours: number): boolean {
    const partner = this.#ours.get(theirs);
    const suitor = this.#theirs.get(ours);
    if (partner === undefined && suitor === undefined) {
      this.#ours.set(theirs, ours);
      this.#theirs.set(ours, theirs);
      return true;
    }
    return partner === ours && suitor === theirs;
  }
}

/** How an instant is written: the days' and months' names and a second's parts are left out. */
function formOf(time: string): string {
  return time.replace(/\..*/, '').replace(/[\w ]/g, '0');
}

function sameShape(one: string, other: string): boolean {
  return one.replace(/\d/g, '0') === other.replace(/\d/g, '0');
}

/** A whole number of minutes is a limit, which does not pass. */
function sameLength(expected: number, got: number, span: number): boolean {
  if (expected === got) return true;
  if (expected === 0) return got <= zeroSecondsMax;
  if (expected % 60 === 0) return false;
  return (got > 0 || expected < zeroSecondsMax) && Math.abs(expected - got) <= span;
}

/** The line with a sign in place of what may differ, to sort and to lay side by side by. */
export function keyOf(line: string, ids: ReadonlySet<number>): string {
  return tokensOf(line)
    .map((token) => {
      if (token.kind === 'time') return '<time>';
      if (token.kind === 'priority') return '<priority>';
      if (token.kind === 'length') return token.seconds % 60 === 0 ? token.text : '<length>';
      if (token.kind === 'number' && token.isFree && ids.has(Number(token.text))) return '<id>';
      return token.text;
    })
    .join('');
}
