import type { ClusterEvent } from '../../src/model/event.ts';

/** A part of a step that has its marker. */
export interface StepRun {
  readonly jobId: number;
  readonly attempt: number;
  readonly node: string;
  readonly step: number;
  readonly part: number;
  /** It shares nothing with the other steps of its job. */
  readonly isAlone: boolean;
}

/**
 * What is promised of steps: a part starts once; of those that share nothing one runs at a time; none stays
 * when its attempt is over; and what ran is told of by the commit that ends its job.
 */
export class StepWatch {
  readonly #live = new Map<string, StepRun>();
  /** The steps that ran of each attempt. */
  readonly #ran = new Map<string, Set<number>>();
  /** Attempts of which files may be lost, or could not be read. */
  readonly #excused = new Set<string>();
  readonly #started = new Set<string>();
  #isOld = false;
  readonly #note: (line: string) => void;
  readonly #fail: (problem: string) => void;

  constructor(note: (line: string) => void, fail: (problem: string) => void) {
    this.#note = note;
    this.#fail = fail;
  }

  /** How many parts of steps ran. */
  get count(): number {
    return this.#started.size;
  }

  started(run: StepRun): void {
    const key = keyOf(run);
    const attempt = `${run.jobId}.${run.attempt}`;
    this.#note(`starts step ${key}`);
    if (this.#started.has(key)) this.#fail(`step ${key} is started twice`);
    for (const [other, one] of this.#live) {
      if (`${one.jobId}.${one.attempt}` === attempt && one.step !== run.step && one.isAlone && run.isAlone)
        this.#fail(`steps ${other} and ${key} have the same devices at a time`);
    }
    this.#started.add(key);
    this.#live.set(key, run);
    this.#ran.set(attempt, (this.#ran.get(attempt) ?? new Set()).add(run.step));
  }

  ended(run: StepRun): void {
    if (this.#live.delete(keyOf(run))) this.#note(`ends step ${keyOf(run)}`);
  }

  /** What goes down with machines is over, and what was not synced may be gone. */
  machineDown(nodes: readonly string[]): void {
    for (const [key, run] of this.#live) if (nodes.includes(run.node)) this.#live.delete(key);
    for (const attempt of this.#ran.keys()) this.#excused.add(attempt);
  }

  /**
   * Listings are old on a network file system: a node that gives back a job last may not see what another
   * node's step, or one that began as the job ended, has left in its room. It is told of nowhere then.
   */
  readsOldListings(): void {
    this.#isOld = true;
  }

  /** Somebody could not read what is in the rooms of a job's steps. */
  unread(jobId: number): void {
    for (const attempt of this.#ran.keys()) if (attempt.startsWith(`${jobId}.`)) this.#excused.add(attempt);
  }

  follow(event: ClusterEvent, isJobOver: boolean): void {
    if (event.name !== 'nodeReleased' && event.name !== 'attemptLost') return;
    const attempt = `${event.id}.${event.attempt}`;
    for (const [key, run] of this.#live) {
      if (`${run.jobId}.${run.attempt}` === attempt && run.node === event.node)
        this.#fail(`${attempt} was given back while its step ${key} runs`);
    }
    const isExcused = this.#isOld || this.#excused.has(attempt);
    if (event.name !== 'nodeReleased' || !isJobOver || isExcused) return;
    const told = new Set((event.steps ?? []).map(({ step }) => step));
    for (const step of this.#ran.get(attempt) ?? [])
      if (!told.has(step)) this.#fail(`step ${attempt}.${step} ran, and nothing tells of it`);
  }
}

function keyOf({ jobId, attempt, step, part }: StepRun): string {
  return `${jobId}.${attempt}.${step} part ${part}`;
}
