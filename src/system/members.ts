import type { JobProcesses, ProcessIdentity } from '../ports/processes.ts';
import type { ProcessFacts, ProcFs } from './procfs.ts';

/*
 * Which process belongs to which job. In this order:
 *   1. the mark in its environment: that job and no other, whoever its parent is;
 *   2. what was found at an earlier look: a process keeps its job though it takes another environment, moves
 *      to a session of its own or loses its parent;
 *   3. the session that the job's shim leads, or led;
 *   4. its parent's job.
 */

/** How many environments are read at a time: reads that never end must leave threads of the pool free. */
const readersMax = 2;
/** So long after its start a process may still be between fork and exec, with its parent's environment. */
const youthSeconds = 0.5;
/** Processes may come while we look; we look again for those so often. */
const roundsMax = 4;

/** What is remembered of a process, by its key, as long as it lives. */
interface Known {
  /** Its job's mark. Empty: it bears none. Undefined: that could not be read. */
  readonly mark: string | undefined;
  /** Its environment was read when it was old enough to be its own. */
  readonly isSettled: boolean;
}

export interface Members {
  /** The living processes of each of these jobs, by the job's mark. */
  of(jobs: readonly JobProcesses[]): Promise<ReadonlyMap<string, readonly ProcessIdentity[]>>;
}

export interface MembersOptions {
  readonly bootId: string;
  /** This process, which belongs to no job even if it was started from one. */
  readonly ownPid: number;
  /** How long reading an environment may take before it counts as hanging, in ms. */
  readonly readMsMax?: number;
}

export function createMembers(proc: ProcFs, { bootId, ownPid, readMsMax = 1_000 }: MembersOptions): Members {
  const known = new Map<string, Known>();
  const readMarks = markReader(proc, known, readMsMax);
  const isCandidate = (facts: ProcessFacts): boolean =>
    !facts.isKernel && !facts.isZombie && facts.pid !== ownPid;

  const look = async (oldestTicks: number): Promise<Map<number, ProcessFacts>> => {
    const table = new Map<number, ProcessFacts>();
    for (let round = 0; round < roundsMax; round += 1) {
      const fresh = proc.pids().filter((pid) => !table.has(pid));
      const found = fresh.flatMap((pid) => proc.facts(pid) ?? []);
      if (found.length === 0) break;
      for (const facts of found) table.set(facts.pid, facts);
      await readMarks(found.filter((facts) => isCandidate(facts) && facts.startTicks >= oldestTicks));
    }
    return table;
  };
  const find = async (jobs: readonly JobProcesses[]): Promise<Map<string, ProcessIdentity[]>> => {
    const members = new Map<string, ProcessIdentity[]>(jobs.map(({ mark }) => [mark, []]));
    const table = await look(oldestShim(jobs, bootId));
    forget(known, table);
    const sessions = shimSessions(jobs, bootId, table, known);
    const candidates = [...table.values()].filter(isCandidate);
    for (const [facts, mark] of attribute(candidates, known, sessions)) {
      remember(known, facts, { mark, isSettled: false });
      members.get(mark)?.push({ pid: facts.pid, startTicks: facts.startTicks, bootId });
    }
    return members;
  };

  // One look after the other: they share what is known and the few readers.
  let last: Promise<unknown> = Promise.resolve();
  return {
    of(jobs) {
      if (jobs.length === 0) return Promise.resolve(new Map());
      const next = last.then(() => find(jobs));
      // Who asked is told; the next look does not depend on it.
      last = next.catch(() => undefined);
      return next;
    },
  };
}

/** No process of these jobs is older, so older ones need no look at their environment. */
function oldestShim(jobs: readonly JobProcesses[], bootId: string): number {
  return Math.min(...jobs.map(({ shim }) => (shim?.bootId === bootId ? shim.startTicks : 0)));
}

/** Adds what was found; a mark that was known stays when nothing better is found. */
function remember(known: Map<string, Known>, facts: ProcessFacts, found: Known): void {
  const before = known.get(facts.key);
  known.set(facts.key, {
    mark: found.mark || before?.mark || found.mark,
    isSettled: found.isSettled || before?.isSettled === true,
  });
}

function forget(known: Map<string, Known>, table: ReadonlyMap<number, ProcessFacts>): void {
  const living = new Set([...table.values()].map(({ key }) => key));
  for (const key of known.keys()) if (!living.has(key)) known.delete(key);
}

/**
 * The sessions of these jobs' shims, with the job's mark. While anything is left in a session, the number of
 * its leader is given to no other process; so if that number is another's now, the session is over.
 */
function shimSessions(
  jobs: readonly JobProcesses[],
  bootId: string,
  table: ReadonlyMap<number, ProcessFacts>,
  known: ReadonlyMap<string, Known>,
): ReadonlyMap<number, string> {
  const sessions = new Map<number, string>();
  for (const { mark, shim } of jobs) {
    if (shim === undefined || shim.bootId !== bootId) continue;
    const leader = table.get(shim.pid);
    if (leader && (leader.startTicks !== shim.startTicks || leader.session !== shim.pid)) continue;
    // Who the shim is may come from a file of its user: what bears no mark, or another's, is not this job's.
    const bears = leader && !leader.isZombie ? known.get(leader.key)?.mark : undefined;
    if (bears === undefined || bears === mark) sessions.set(shim.pid, mark);
  }
  return sessions;
}

/** Each process that belongs to a job, with the job's mark. */
function attribute(
  processes: readonly ProcessFacts[],
  known: ReadonlyMap<string, Known>,
  sessions: ReadonlyMap<number, string>,
): ReadonlyMap<ProcessFacts, string> {
  const marks = new Map<ProcessFacts, string>();
  const seen = new Map<number, ProcessFacts>();
  // Parents come before their children so. A parent that is younger than its child is not its parent.
  for (const facts of processes.toSorted((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)) {
    const parent = seen.get(facts.parent);
    const mark = known.get(facts.key)?.mark || sessions.get(facts.session) || (parent && marks.get(parent));
    if (mark) marks.set(facts, mark);
    seen.set(facts.pid, facts);
  }
  return marks;
}

/** Gives the function that reads marks into what is known, of those processes that are not settled. */
function markReader(
  proc: ProcFs,
  known: Map<string, Known>,
  readMsMax: number,
): (processes: readonly ProcessFacts[]) => Promise<void> {
  /** Reads that have not ended; each holds a thread until it does. */
  const hanging = new Set<string>();

  /** False when it hangs. */
  const read = (facts: ProcessFacts, isSettled: boolean): Promise<boolean> =>
    new Promise((resolve, reject) => {
      hanging.add(facts.key);
      const timer = setTimeout(() => resolve(false), readMsMax);
      const ended = (): void => {
        clearTimeout(timer);
        hanging.delete(facts.key);
      };
      proc.mark(facts.pid).then(
        (mark) => {
          ended();
          remember(known, facts, { mark, isSettled });
          resolve(true);
        },
        (error) => {
          ended();
          reject(error);
        },
      );
    });

  return async (processes) => {
    const queue = processes.filter((facts) => !hanging.has(facts.key) && !known.get(facts.key)?.isSettled);
    if (queue.length === 0) return;
    const matureTicks = proc.ticksAgo(youthSeconds);
    const readSome = async (): Promise<void> => {
      for (let facts = queue.pop(); facts; facts = queue.pop()) {
        if (!(await read(facts, facts.startTicks < matureTicks))) return;
      }
    };
    await Promise.all(Array.from({ length: Math.max(0, readersMax - hanging.size) }, readSome));
  };
}
