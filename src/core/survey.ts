import { AssertionError } from '../base/assert.ts';
import { type Cluster, emptyCluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import { invariants } from './invariants.ts';
import { reduceCommit } from './reduce.ts';
import { stateDifference } from './samestate.ts';

/*
 * What is wrong with a log and its checkpoints, and what that means. A reader begins at the newest checkpoint
 * and needs each entry after it; what lies before is history, and a witness against the checkpoints.
 */

/** An entry as it was read. `blank`: an empty file that keeps the number of an entry that is lost. */
export type EntryFacts =
  | { readonly is: 'whole'; readonly events: readonly ClusterEvent[] }
  | { readonly is: 'blank' }
  | { readonly is: 'bad'; readonly why: string };

export type CheckpointFacts =
  | { readonly is: 'whole'; readonly cluster: Cluster }
  | { readonly is: 'bad'; readonly why: string };

export interface LogFacts {
  readonly checkpoints: ReadonlyMap<number, CheckpointFacts>;
  readonly entries: ReadonlyMap<number, EntryFacts>;
  /** Entries before this one may have been pruned; a writer that slept may have left one among them. */
  readonly keptFrom: number;
}

/** What the entries from `seq` on are, that nobody can come to. */
export interface Cut {
  readonly kind: 'cut';
  readonly seq: number;
  readonly why: string;
  /** The entries and the checkpoints from there on. */
  readonly entries: readonly number[];
  readonly checkpoints: readonly number[];
  /** The jobs that those of the entries name which can be read. */
  readonly jobs: readonly number[];
}

export type LogProblem =
  /** A checkpoint that cannot be read; `remade` is what it should say, where the log reaches back. */
  | {
      readonly kind: 'checkpoint';
      readonly seq: number;
      readonly why: string;
      readonly remade?: Cluster;
    }
  /**
   * An entry that nobody reads any more, for a good checkpoint lies at or beyond it. `isMissed`: readers stop
   * all the same, for they look whether the entry with the checkpoint's own number is there.
   */
  | { readonly kind: 'history'; readonly seq: number; readonly why: string; readonly isMissed: boolean }
  | Cut
  /** Replaying the log does not give what the checkpoint says. */
  | { readonly kind: 'difference'; readonly seq: number; readonly why: string }
  /** The state after this commit breaks an invariant. */
  | { readonly kind: 'impossible'; readonly seq: number; readonly why: string }
  /** There is nothing to begin at. */
  | { readonly kind: 'baseless'; readonly seq: number };

export interface LogSurvey {
  /** The state at the newest entry; undefined where that cannot be known. */
  readonly cluster: Cluster | undefined;
  readonly problems: readonly LogProblem[];
}

/** Beyond so many jobs the invariants are not looked at after each commit, for that takes long. */
const jobsCheckedEachCommit = 5000;

export function surveyLog(facts: LogFacts): LogSurvey {
  const base = lowestBase(facts);
  if (base === undefined) return { cluster: undefined, problems: baseless(facts) };
  const walk: Walk = { facts, problems: before(facts, base), cluster: base };
  const end = Math.max(base.seq, lastOf(facts.entries), lastOf(facts.checkpoints));
  walk.problems.push(...impossible(base));
  let seq = base.seq + 1;
  while (seq <= end) {
    const reached = step(walk, seq);
    if (reached === undefined) return { cluster: undefined, problems: walk.problems };
    seq = reached + 1;
  }
  if (walk.cluster.jobs.size > jobsCheckedEachCommit) walk.problems.push(...impossible(walk.cluster));
  return { cluster: walk.cluster, problems: walk.problems };
}

interface Walk {
  readonly facts: LogFacts;
  readonly problems: LogProblem[];
  cluster: Cluster;
}

const missing = 'the entry is missing';

function firstOf(map: ReadonlyMap<number, unknown>): number | undefined {
  return [...map.keys()].sort((a, b) => a - b)[0];
}

function lastOf(map: ReadonlyMap<number, unknown>): number {
  return [...map.keys()].sort((a, b) => a - b).at(-1) ?? 0;
}

/**
 * The earliest state that the entries can be applied to. The first entry may be of a writer that slept once
 * it may have been pruned, and is believed only where no checkpoint is good.
 */
function lowestBase({ checkpoints, entries, keptFrom }: LogFacts): Cluster | undefined {
  const isEmpty = entries.size === 0 && checkpoints.size === 0;
  if (isEmpty || (entries.has(1) && keptFrom <= 1)) return emptyCluster;
  const lowest = goodFrom(checkpoints, 0);
  if (lowest !== undefined) return wholeAt(checkpoints, lowest);
  return entries.has(1) ? emptyCluster : undefined;
}

/** The number of the first checkpoint from `seq` on that can be read. */
function goodFrom(checkpoints: LogFacts['checkpoints'], seq: number): number | undefined {
  return firstOf(new Map([...checkpoints].filter(([at, one]) => at >= seq && one.is === 'whole')));
}

function wholeAt(checkpoints: LogFacts['checkpoints'], seq: number): Cluster | undefined {
  const found = checkpoints.get(seq);
  return found?.is === 'whole' ? found.cluster : undefined;
}

function baseless({ checkpoints, entries }: LogFacts): readonly LogProblem[] {
  const bad = [...checkpoints].flatMap(([seq, one]) => badCheckpoint(seq, one));
  return [...bad, { kind: 'baseless', seq: firstOf(entries) ?? lastOf(checkpoints) }];
}

function badCheckpoint(seq: number, one: CheckpointFacts | undefined, remade?: Cluster): LogProblem[] {
  if (one?.is !== 'bad') return [];
  return [{ kind: 'checkpoint', seq, why: one.why, ...(remade && { remade }) }];
}

/** What lies before the first state that can be known. */
function before(facts: LogFacts, base: Cluster): LogProblem[] {
  const first = firstOf(facts.entries) ?? base.seq;
  const problems: LogProblem[] = [];
  for (const [seq, one] of facts.checkpoints) if (seq < base.seq) problems.push(...badCheckpoint(seq, one));
  return [...problems, ...historyBetween(facts, Math.min(first, base.seq), base.seq)];
}

function historyBetween(
  { entries, checkpoints, keptFrom }: LogFacts,
  first: number,
  last: number,
): LogProblem[] {
  const newest = lastOf(checkpoints);
  const problems: Extract<LogProblem, { readonly kind: 'history' }>[] = [];
  for (const [seq, entry] of entries) {
    if (seq >= first && seq <= last && entry.is === 'bad')
      problems.push({ kind: 'history', seq, why: entry.why, isMissed: false });
  }
  for (let seq = Math.max(1, first, keptFrom); seq <= last; seq += 1) {
    if (!entries.has(seq)) problems.push({ kind: 'history', seq, why: missing, isMissed: seq === newest });
  }
  return problems.sort((one, other) => one.seq - other.seq);
}

/** Goes on to the given entry, or to the next good checkpoint; gives where it came to. */
function step(walk: Walk, seq: number): number | undefined {
  const { facts, problems } = walk;
  const next = applied(walk.cluster, seq, facts.entries.get(seq));
  if (typeof next !== 'string') {
    walk.cluster = next;
    if (next.jobs.size <= jobsCheckedEachCommit) problems.push(...impossible(next));
    compare(walk, seq);
    return seq;
  }
  const beyond = goodFrom(facts.checkpoints, seq);
  const checkpoint = beyond === undefined ? undefined : wholeAt(facts.checkpoints, beyond);
  if (beyond === undefined || checkpoint === undefined) {
    problems.push(cutAt(facts, seq, next));
    return undefined;
  }
  if (facts.entries.get(seq)?.is === 'whole') problems.push({ kind: 'difference', seq, why: next });
  problems.push(...historyBetween(facts, seq, beyond));
  for (let at = seq; at < beyond; at += 1) problems.push(...badCheckpoint(at, facts.checkpoints.get(at)));
  problems.push(...impossible(checkpoint));
  walk.cluster = checkpoint;
  return beyond;
}

/** The state after an entry, or why there is none. */
function applied(cluster: Cluster, seq: number, entry: EntryFacts | undefined): Cluster | string {
  if (entry === undefined) return missing;
  if (entry.is === 'bad') return entry.why;
  if (entry.is === 'blank') return 'it is empty';
  const next = attempt(() => reduceCommit(cluster, seq, entry.events));
  return typeof next === 'string' ? `it cannot follow on the entries before it: ${next}` : next;
}

/** What the checkpoint of this number says counts from here on, whether the log agrees or not. */
function compare(walk: Walk, seq: number): void {
  const checkpoint = walk.facts.checkpoints.get(seq);
  if (checkpoint?.is === 'bad') walk.problems.push(...badCheckpoint(seq, checkpoint, walk.cluster));
  if (checkpoint?.is !== 'whole') return;
  const why = stateDifference(walk.cluster, checkpoint.cluster);
  if (why !== undefined) {
    walk.problems.push({ kind: 'difference', seq, why: `replaying the log gives another state: ${why}` });
  }
  walk.cluster = checkpoint.cluster;
}

function impossible(cluster: Cluster): LogProblem[] {
  const why = attempt(() => invariants(cluster));
  return typeof why === 'string' ? [{ kind: 'impossible', seq: cluster.seq, why }] : [];
}

function attempt<T>(compute: () => T): T | string {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    return error.message.replace(/^assertion failed: /, '');
  }
}

function cutAt({ entries, checkpoints }: LogFacts, seq: number, why: string): Cut {
  const rest = (numbers: Iterable<number>): readonly number[] =>
    [...numbers].filter((one) => one >= seq).sort((a, b) => a - b);
  const left = rest(entries.keys());
  const jobs = new Set<number>();
  for (const one of left) {
    const entry = entries.get(one);
    for (const event of entry?.is === 'whole' ? entry.events : []) if ('id' in event) jobs.add(event.id);
  }
  return {
    kind: 'cut',
    seq,
    why,
    entries: left,
    checkpoints: rest(checkpoints.keys()),
    jobs: [...jobs].sort((a, b) => a - b),
  };
}
