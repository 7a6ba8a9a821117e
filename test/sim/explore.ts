import { operationOf } from './chaos.ts';
import type { Choice, Fault } from './choices.ts';
import type { Turn } from './director.ts';
import { type Met, runChoices, type SmallOutcome } from './small.ts';

/*
 * All lists of choices up to a length, each run once. A run is left when it comes into a state from which all
 * was tried already. Where two choices cannot differ in what comes of them, only the first is tried: a crash
 * after a call and one before the next of the same process, or another process's going first before and after
 * a call that nobody else can see.
 *
 * Operations that show only in what follows on the last choice get a crash before and one after them as well.
 */

export interface Exploration {
  /** So many choices may differ from the default. */
  readonly depth: number;
  /** The longest lists are dealt out to so many parts, of which this one is run. */
  readonly part: number;
  readonly parts: number;
  /** True when no further run shall begin. */
  isOver(): boolean;
  onFailure(choices: readonly Choice[], failure: NonNullable<SmallOutcome['failure']>): void;
}

interface Branch {
  readonly choices: readonly Choice[];
  /** Further choices are made from this turn on, and before that one. */
  readonly from: number;
  readonly to: number;
}

/** What was explored. */
export class Explored {
  runs = 0;
  /** Runs that were left in a state that had been met. */
  met = 0;
  steps = 0;
  broken = 0;
  /** False if there was no time for all. */
  isWhole = true;
  readonly states: Met = new Map();
  readonly choices = new Map<string, number>();
  readonly operations = new Set<string>();
  /** How often somebody died before or after which operation. */
  readonly crashes = new Map<string, number>();
  readonly #options: Exploration;
  /** Where operations were first seen before or after which nobody has died so far. */
  readonly #missed = new Map<string, readonly Choice[]>();
  #number = 0;

  constructor(options: Exploration) {
    this.#options = options;
  }

  async explore(): Promise<void> {
    const { depth } = this.#options;
    const root = await this.#run([], depth);
    let branches: Branch[] = [{ choices: [], from: 0, to: root.turns.length }];
    for (let left = depth - 1; left >= 0; left -= 1) {
      const next: Branch[] = [];
      for (const branch of branches) {
        const { turns } = branch.choices.length === 0 ? root : await runChoices(branch.choices);
        next.push(...(await this.#further(branch, turns, left)));
        if (!this.isWhole) return;
      }
      branches = next;
    }
    await this.#crashWhereNobodyDid();
  }

  /** Runs each choice that can be added to these; gives where those that come after it may be added. */
  async #further({ choices, from, to }: Branch, turns: readonly Turn[], left: number): Promise<Branch[]> {
    const branches: Branch[] = [];
    for (let turn = from; turn < to; turn += 1) {
      for (const what of optionsAt(turns, turn)) {
        if (left === 0 && !this.#isOwn()) continue;
        if (this.#options.isOver()) {
          this.isWhole = false;
          return [];
        }
        for (const point of pointsOf(turns, turn, what)) this.#reach(point);
        const more = [...choices, { turn, what }];
        const outcome = await this.#run(more, left);
        if (left > 0) branches.push({ choices: more, from: turn + 1, to: outcome.turns.length });
      }
    }
    return branches;
  }

  #isOwn(): boolean {
    const { part, parts } = this.#options;
    this.#number += 1;
    return this.#number % parts === part % parts;
  }

  async #crashWhereNobodyDid(): Promise<void> {
    for (const [point, choices] of this.#missed) {
      if (this.crashes.has(point)) continue;
      if (this.#options.isOver()) {
        this.isWhole = false;
        return;
      }
      this.#reach(point);
      await this.#run(choices, 0);
    }
  }

  #reach(point: string): void {
    count(this.crashes, point);
    this.#missed.delete(point);
  }

  async #run(choices: readonly Choice[], left: number): Promise<SmallOutcome> {
    const outcome = await runChoices(choices, { met: this.states, left });
    this.runs += 1;
    this.steps += outcome.steps;
    if (outcome.isMet) this.met += 1;
    const what = choices.at(-1)?.what;
    if (what !== undefined) count(this.choices, typeof what === 'string' ? what : 'to');
    const from = (choices.at(-1)?.turn ?? -1) + 1;
    for (const [turn, { call }] of outcome.turns.entries()) {
      const operation = operationOf(call);
      this.operations.add(operation);
      if (turn < from) continue;
      for (const [side, fault] of sides) {
        const point = `${operation} ${side}`;
        if (!this.crashes.has(point) && !this.#missed.has(point))
          this.#missed.set(point, [...choices, { turn, what: fault }]);
      }
    }
    if (outcome.failure !== undefined) {
      this.broken += 1;
      this.#options.onFailure(choices, outcome.failure);
    }
    return outcome;
  }
}

const sides = [
  ['before', 'kill'],
  ['after', 'kill-after'],
] as const;

const crashesBefore: readonly Fault[] = ['kill', 'leave', 'cut', 'cut-names', 'cut-some'];
const crashesAfter: readonly Fault[] = ['kill-after', 'cut-after'];

/** What may be chosen at a turn, and has not been at an earlier one with the same outcome. */
function optionsAt(turns: readonly Turn[], at: number): readonly Choice['what'][] {
  const turn = turns[at];
  if (turn === undefined) return [];
  const last = turns[at - 1];
  const options: Choice['what'][] = [];
  if (last === undefined || !goesOn(turns, at - 1) || isEffective(last)) {
    options.push('kill', 'cut');
    // With nothing to lose, all power cuts are the same.
    if (turn.isUnsynced) options.push('cut-names', 'cut-some');
    if (turn.call.actor.kind === 'daemon') options.push('leave');
  }
  if (!goesOn(turns, at)) options.push(...crashesAfter);
  if (!goesOn(turns, at) || !isHidden(turn)) options.push('pause', ...turn.others.map((to) => ({ to })));
  return options;
}

/** The crash points that a choice stands for: whether a process dies before or after a look is the same. */
function pointsOf(turns: readonly Turn[], at: number, what: Choice['what']): readonly string[] {
  const pointAt = (index: number, side: 'before' | 'after'): readonly string[] => {
    const turn = turns[index];
    return turn === undefined ? [] : [`${operationOf(turn.call)} ${side}`];
  };
  if (crashesAfter.some((fault) => fault === what)) return pointAt(at, 'after');
  if (!crashesBefore.some((fault) => fault === what)) return [];
  const points = [...pointAt(at, 'before'), ...(goesOn(turns, at - 1) ? pointAt(at - 1, 'after') : [])];
  for (let look = at; goesOn(turns, look); look += 1) {
    const turn = turns[look];
    if (turn === undefined || isEffective(turn)) break;
    points.push(...pointAt(look, 'after'), ...pointAt(look + 1, 'before'));
  }
  return points;
}

/** True if the next turn was the same process's, and nothing came between. */
function goesOn(turns: readonly Turn[], at: number): boolean {
  const [one, next] = [turns[at], turns[at + 1]];
  return one !== undefined && one.call.actor === next?.call.actor && one.nowMs === next.nowMs;
}

/** True if anybody can tell whether the call was made. */
function isEffective({ call: { isChange, op } }: Turn): boolean {
  return isChange || op === 'lock' || op === 'signal';
}

const folders = /^\/(spool(\/(log|inbox|checkpoints|jobs|accounting))?|local\/[^/]+(\/runs)?)$/;

/** True if no other living process can tell when the call was made. */
function isHidden({ call: { op, path } }: Turn): boolean {
  return op === 'fsync' || /\/\.tmp\.[^/]+$/.test(path) || (op === 'open' && folders.test(path));
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
