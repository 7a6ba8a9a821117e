/*
 * What the jobs of a run have said themselves, each line added to one file on a disk of this machine, and
 * whether that agrees with what the cluster says of them.
 */

/** A line: times are seconds since the machine started. `step` and `done` are the ends of a step. */
export interface Said {
  readonly what: 'start' | 'alive' | 'end' | 'step' | 'done';
  readonly job: number;
  readonly attempt: number;
  readonly node: string;
  readonly gpus: readonly number[];
  readonly atSeconds: number;
  readonly step?: number;
}

/** Job, attempt, node, GPUs, time. */
const common = String.raw`(\d+) (\d+) (\S+) ([\d,]+) ([\d.]+)`;
const form = new RegExp(`^(?:(start|alive|end) ${common}|(step|alive|done) ${common} (\\d+))$`);

/** Throws for a line that no job wrote. */
export function parseSaid(line: string): Said {
  const found = (form.exec(line) ?? []).slice(1).filter((field) => field !== undefined);
  const [what, job, attempt, node = '', gpus = '', at, step] = found;
  if (what === undefined) throw new Error(`the witness has a line that is none: ${JSON.stringify(line)}`);
  return {
    what: what as Said['what'],
    job: Number(job),
    attempt: Number(attempt),
    node,
    gpus: gpus.split(',').map(Number),
    atSeconds: Number(at),
    ...(step !== undefined && { step: Number(step) }),
  };
}

/** An attempt as it was seen, from its first word to its last. */
interface Seen {
  readonly first: Said;
  lastSeconds: number;
  starts: number;
  ends: number;
  /** Its steps, by their numbers. */
  readonly steps: Map<number, StepSeen>;
}

interface StepSeen {
  starts: number;
  ends: number;
}

const noStep: StepSeen = { starts: 0, ends: 0 };

/** A job as the cluster accounts for it. */
export interface Accounted {
  readonly id: number;
  readonly state: string;
  readonly attempt: number;
  readonly node: string | undefined;
  readonly gpus: readonly number[];
  /** What it had of further nodes. */
  readonly others?: readonly { readonly node: string; readonly gpus: readonly number[] }[];
  readonly arrayJob?: number;
  /** How many tasks it stands for: more than one for those of an array that never began. */
  readonly tasks: number;
  readonly kind?: 'batch' | 'interactive' | 'allocation';
  /** The steps of its last attempt; missing when older ones are not among them. */
  readonly steps?: readonly { readonly step: number; readonly state: string }[];
}

/** What a client was told that it had: a job, or an array of so many. */
export interface Acknowledged {
  readonly id: number;
  readonly tasks: number;
  /** By srun or salloc. */
  readonly isFollowed?: boolean;
}

/** What clients know. */
export interface Asked {
  readonly acknowledged: readonly Acknowledged[];
  /** The jobs and arrays that somebody tried to cancel. */
  readonly cancelled: ReadonlySet<number>;
}

export interface Findings {
  readonly lost: readonly string[];
  readonly duplicates: readonly string[];
  readonly doubleOwners: readonly string[];
  readonly disagreements: readonly string[];
  /** Attempts that came to their end on a node that could not say so any more, and were made again. */
  readonly endsUnheard: number;
}

/** Compares all three; each finding is a sentence. */
export function judge(
  said: readonly Said[],
  accounted: readonly Accounted[],
  { acknowledged, cancelled }: Asked,
): Findings {
  const attempts = seenBy(said, ({ job, attempt }) => keyOf(job, attempt));
  const places = seenBy(said, ({ job, attempt, node }) => `${keyOf(job, attempt)} on ${node}`);
  return {
    lost: lostJobs(accounted, acknowledged),
    duplicates: [
      ...startedTwice(attempts),
      ...stepsTwice(places),
      ...together(attempts, ({ job }) => [`job ${job}`]),
    ],
    doubleOwners: together(places, ({ node, gpus }) => gpus.map((gpu) => `GPU ${gpu} of ${node}`)),
    disagreements: [
      ...runsAside(attempts, accounted),
      ...endsAside(attempts, accounted, cancelled),
      ...placesAside(places, accounted),
      ...stepsAside(attempts, accounted),
    ],
    endsUnheard: endsUnheard(attempts, accounted),
  };
}

function seenBy(said: readonly Said[], keyOfOne: (one: Said) => string): ReadonlyMap<string, Seen> {
  const attempts = new Map<string, Seen>();
  for (const one of said) {
    const key = keyOfOne(one);
    const seen = attempts.get(key) ?? {
      first: one,
      lastSeconds: one.atSeconds,
      starts: 0,
      ends: 0,
      steps: new Map(),
    };
    attempts.set(key, seen);
    seen.lastSeconds = Math.max(seen.lastSeconds, one.atSeconds);
    if (one.what === 'start') seen.starts += 1;
    if (one.what === 'end') seen.ends += 1;
    if (one.step !== undefined) countStep(seen, one.step, one.what);
  }
  return attempts;
}

function countStep({ steps }: Seen, number: number, what: Said['what']): void {
  const step = steps.get(number) ?? { starts: 0, ends: 0 };
  steps.set(number, step);
  if (what === 'step') step.starts += 1;
  if (what === 'done') step.ends += 1;
}

function keyOf(job: number, attempt: number): string {
  return `job ${job}, attempt ${attempt}`;
}

function lostJobs(accounted: readonly Accounted[], acknowledged: readonly Acknowledged[]): readonly string[] {
  const tasks = new Map<number, number>();
  for (const { id, arrayJob, tasks: count } of accounted) {
    const key = arrayJob ?? id;
    tasks.set(key, (tasks.get(key) ?? 0) + count);
  }
  return acknowledged
    .filter(({ id, tasks: count }) => tasks.get(id) !== count)
    .map(({ id, tasks: count }) => `job ${id}: ${tasks.get(id) ?? 0} of ${count} are accounted for`);
}

function startedTwice(attempts: ReadonlyMap<string, Seen>): readonly string[] {
  return (
    [...attempts]
      // Of an allocation only its steps are seen.
      .filter(([, { starts, ends, steps }]) => starts > 1 || ends > 1 || (starts === 0 && steps.size === 0))
      .map(
        ([key, { starts, ends }]) => `${key}: it started ${starts} times and came to its end ${ends} times`,
      )
  );
}

function stepsTwice(attempts: ReadonlyMap<string, Seen>): readonly string[] {
  return [...attempts].flatMap(([key, { steps }]) =>
    [...steps]
      .filter(([, { starts, ends }]) => starts !== 1 || ends > 1)
      .map(
        ([step, { starts, ends }]) =>
          `${key}, step ${step}: it started ${starts} times and ended ${ends} times`,
      ),
  );
}

/** Steps that ran and are not accounted for, or not as they ran. */
function stepsAside(attempts: ReadonlyMap<string, Seen>, accounted: readonly Accounted[]): readonly string[] {
  return accounted.flatMap(({ id, attempt, steps: rows }) => {
    const seen = attempts.get(keyOf(id, attempt));
    if (seen === undefined || rows === undefined) return [];
    const states = new Map(rows.map(({ step, state }) => [step, state]));
    const ran = [...seen.steps.keys()].filter((step) => !states.has(step));
    const hasEnded = ({ starts, ends }: StepSeen): boolean => ends > 0 && ends === starts;
    const unfinished = rows.filter(
      ({ step, state }) => state === 'COMPLETED' && !hasEnded(seen.steps.get(step) ?? noStep),
    );
    return [
      ...ran.map((step) => `job ${id}: its step ${step} ran, and nothing accounts for it`),
      ...unfinished.map(
        ({ step }) => `job ${id}: its step ${step} is COMPLETED, and did not come to its end`,
      ),
    ];
  });
}

/** The attempts that had the same thing at the same time. */
function together(
  attempts: ReadonlyMap<string, Seen>,
  thingsOf: (first: Said) => readonly string[],
): readonly string[] {
  const users = new Map<string, Seen[]>();
  for (const seen of attempts.values()) {
    for (const thing of thingsOf(seen.first)) {
      const list = users.get(thing) ?? [];
      users.set(thing, list);
      list.push(seen);
    }
  }
  const found: string[] = [];
  for (const [thing, list] of users) {
    list.sort((a, b) => a.first.atSeconds - b.first.atSeconds);
    let before: Seen | undefined;
    for (const seen of list) {
      if (before !== undefined && seen.first.atSeconds < before.lastSeconds) {
        const [a, b] = [before.first, seen.first].map(({ job, attempt }) => keyOf(job, attempt));
        found.push(
          `${thing}: ${b} began at ${seen.first.atSeconds}, ${a} was there until ${before.lastSeconds}`,
        );
      }
      if (before === undefined || seen.lastSeconds > before.lastSeconds) before = seen;
    }
  }
  return found;
}

/** What ran and is not accounted for. */
function runsAside(attempts: ReadonlyMap<string, Seen>, accounted: readonly Accounted[]): readonly string[] {
  const known = new Map(accounted.map(({ id, attempt }) => [id, attempt]));
  return [...attempts].flatMap(([key, { first }]) => {
    const last = known.get(first.job);
    if (last === undefined) return [`${key}: it ran, and nothing accounts for it`];
    return first.attempt > last ? [`${key}: it ran, and only ${last} are accounted for`] : [];
  });
}

/** What is accounted for and did not happen so. */
function endsAside(
  attempts: ReadonlyMap<string, Seen>,
  accounted: readonly Accounted[],
  cancelled: ReadonlySet<number>,
): readonly string[] {
  return accounted.flatMap((job) => {
    const { id, arrayJob, attempt, state, kind = 'batch' } = job;
    const seen = attempts.get(keyOf(id, attempt));
    const isCancelled = state === 'CANCELLED' && cancelled.has(arrayJob ?? id);
    if (state !== 'COMPLETED' && !isCancelled && !mayEnd(job, seen)) {
      return [`job ${id}: it ended ${state}, and nobody wanted that`];
    }
    if (kind !== 'allocation' && state === 'COMPLETED' && seen?.ends !== 1)
      return [`job ${id}: it is COMPLETED, and did not come to its end`];
    return [];
  });
}

/** What ran with other devices than are accounted for. */
function placesAside(places: ReadonlyMap<string, Seen>, accounted: readonly Accounted[]): readonly string[] {
  const known = new Map(accounted.map((job) => [keyOf(job.id, job.attempt), job]));
  return [...places.values()].flatMap(({ first }) => {
    const job = known.get(keyOf(first.job, first.attempt));
    if (job === undefined) return [];
    const ran = `${first.node} ${first.gpus}`;
    const said = [job, ...(job.others ?? [])].map(({ node, gpus }) => `${node} ${gpus}`);
    return said.includes(ran)
      ? []
      : [`job ${job.id}: it ran on ${ran}, accounted for is ${said.join(' and ')}`];
  });
}

/**
 * An allocation ends as its salloc does, which may be killed. A job of srun fails where its streams cannot be
 * opened, but not when it has come to its end.
 */
function mayEnd({ kind, state }: Accounted, seen: Seen | undefined): boolean {
  if (kind === 'allocation') return state === 'FAILED' || state === 'CANCELLED';
  return kind === 'interactive' && (state === 'FAILED' || state === 'CANCELLED') && (seen?.ends ?? 0) === 0;
}

function endsUnheard(attempts: ReadonlyMap<string, Seen>, accounted: readonly Accounted[]): number {
  const last = new Map(accounted.map(({ id, attempt }) => [id, attempt]));
  const isBefore = ({ job, attempt }: Said): boolean => attempt < (last.get(job) ?? attempt);
  return [...attempts.values()].filter(({ first, ends }) => ends > 0 && isBefore(first)).length;
}
