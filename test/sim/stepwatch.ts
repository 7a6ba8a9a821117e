import { reduce } from '../../src/core/reduce.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import type { ClusterEvent } from '../../src/model/event.ts';
import { type EndedJob, isActive } from '../../src/model/job.ts';

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

interface Teller {
  note(line: string): void;
  fail(problem: string): void;
  /** The state as of now. */
  cluster(): Cluster;
}

/**
 * What is promised of steps: a part starts once, and where its job has a share; of those that share nothing
 * one runs at a time on a node; none stays there when that node gave back its share; and what ran is told of
 * by the commit that ends its job.
 */
export class StepWatch {
  readonly #live = new Map<string, StepRun>();
  /** The steps that ran of each attempt, and on which of the nodes that can tell of them. */
  readonly #ran = new Map<string, Map<number, Set<string>>>();
  /** Attempts of which files may be lost, or could not be read. */
  readonly #excused = new Set<string>();
  readonly #started = new Set<string>();
  readonly #note: Teller['note'];
  readonly #fail: Teller['fail'];
  readonly #cluster: Teller['cluster'];

  constructor({ note, fail, cluster }: Teller) {
    this.#note = note;
    this.#fail = fail;
    this.#cluster = cluster;
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
    if (!mayStart(this.#cluster(), run)) this.#fail(`step ${key} starts where its job has nothing`);
    for (const [other, one] of this.#live) {
      const isBeside = `${one.jobId}.${one.attempt}` === attempt && one.node === run.node;
      if (isBeside && one.step !== run.step && one.isAlone && run.isAlone)
        this.#fail(`steps ${other} and ${key} have the same devices at a time`);
    }
    this.#started.add(key);
    this.#live.set(key, run);
    const steps = this.#ran.get(attempt) ?? new Map<number, Set<string>>();
    this.#ran.set(attempt, steps.set(run.step, (steps.get(run.step) ?? new Set()).add(run.node)));
  }

  ended(run: StepRun): void {
    if (this.#live.delete(keyOf(run))) this.#note(`ends step ${keyOf(run)}`);
  }

  /** What goes down with machines is over, and what was not synced may be gone. */
  machineDown(nodes: readonly string[]): void {
    for (const [key, run] of this.#live) if (nodes.includes(run.node)) this.#live.delete(key);
    for (const attempt of this.#ran.keys()) this.#excused.add(attempt);
  }

  /** Somebody could not read what is in the rooms of a job's steps. */
  unread(jobId: number): void {
    for (const attempt of this.#ran.keys()) if (attempt.startsWith(`${jobId}.`)) this.#excused.add(attempt);
  }

  /** Looks at a commit that follows on the state. */
  follow(start: Cluster, events: readonly ClusterEvent[]): void {
    let cluster = start;
    for (const event of events) {
      const before = 'id' in event ? cluster.jobs.get(event.id) : undefined;
      const job = before !== undefined && isActive(before) ? before : undefined;
      // What may be left on another node that is lost stays with that node, and is given back by it.
      const isOnFirst = job !== undefined && 'node' in event && job.allocation[0]?.node === event.node;
      cluster = reduce(cluster, event);
      this.#givenBack(event, isOnFirst);
      const after = job === undefined ? undefined : cluster.jobs.get(job.id);
      if (after?.state === 'ENDED') this.#accounted(after);
    }
  }

  #givenBack(event: ClusterEvent, isOnFirst: boolean): void {
    if (event.name !== 'nodeReleased' && event.name !== 'attemptLost') return;
    const attempt = `${event.id}.${event.attempt}`;
    for (const [key, run] of this.#live) {
      const isMeant = event.name === 'nodeReleased' || isOnFirst;
      if (isMeant && `${run.jobId}.${run.attempt}` === attempt && run.node === event.node)
        this.#fail(`${attempt} was given back while its step ${key} runs`);
    }
    if (event.name !== 'attemptLost') return;
    for (const nodes of this.#ran.get(attempt)?.values() ?? []) nodes.delete(event.node);
  }

  /** The attempt that ends with its job; what earlier ones did is told of by nobody. */
  #accounted({ id, attempt: number, steps = [] }: EndedJob): void {
    const attempt = `${id}.${number}`;
    if (this.#excused.has(attempt)) return;
    const told = new Set(steps.map(({ step }) => step));
    for (const [step, nodes] of this.#ran.get(attempt) ?? [])
      if (nodes.size > 0 && !told.has(step))
        this.#fail(`step ${attempt}.${step} ran, and nothing tells of it`);
  }
}

/** A node that was lost with what it had may find out late: that is still its own. */
function mayStart(cluster: Cluster, { jobId, attempt, node }: StepRun): boolean {
  const job = cluster.jobs.get(jobId);
  if (job !== undefined && isActive(job) && job.attempt === attempt && job.holders.includes(node))
    return true;
  const { remnants = [] } = cluster.nodes.get(node) ?? {};
  return remnants.some((one) => one.id === jobId && one.attempt === attempt);
}

function keyOf({ jobId, attempt, step, part }: StepRun): string {
  return `${jobId}.${attempt}.${step} part ${part}`;
}
