import { wakeSignal } from '../../src/agent/holder.ts';
import { callsOf, type SimCalls } from './calls.ts';
import { type JobFacts, kill, type SimProcess } from './machine.ts';
import { addProcess, leave, type ProcessWorld } from './proctable.ts';
import { type Actor, type Scheduler, SystemError } from './scheduler.ts';
import { ownerUid } from './world.ts';

/*
 * The first process of an allocation, as src/agent/holder.ts has it: a shell that reads the pulse in the
 * job's room twice a second. A room that cannot be seen counts for nothing.
 */

const lookMs = 500;
const silentExitCode = 137;
const killSignal = 9;
const termSignal = 15;
const stopSignal = 19;
const contSignal = 18;

interface Held {
  readonly facts: JobFacts;
  readonly pulse: string;
  /** How many looks in a row may find the pulse as it was. */
  readonly looksMax: number;
}

interface Starter {
  readonly world: ProcessWorld;
  /** The shim. */
  readonly actor: Actor;
  readonly process: SimProcess;
}

/** Settles in the shim when the holder is gone. */
export function runHolder(
  { world, actor: shim, process: { mark } }: Starter,
  held: Held,
): Promise<{ readonly code: number; readonly signal: number }> {
  const { scheduler, random, watchman } = world;
  const { machine } = shim;
  const { facts, pulse } = held;
  const name = `holder of ${facts.jobId}.${facts.attempt}`;
  const actor: Actor = { name, kind: 'job', machine, isDead: false, pausedUntilMs: 0, atDeath: [] };
  machine.actors.add(actor);
  watchman.started(facts);
  const state: State = { isStopped: false, isTermed: false, wake() {} };
  const process = addProcess(world, machine, {
    mark,
    facts,
    signal(number) {
      if (number === killSignal) kill(actor);
      else if (number === stopSignal) state.isStopped = true;
      else if (number === contSignal) state.isStopped = false;
      else if (number === termSignal) state.isTermed = true;
      else if (number === wakeSignal) state.wake();
    },
  });
  const calls = callsOf({
    scheduler,
    actor,
    mount: world.mountOf(machine),
    uid: ownerUid,
    random,
    oldListing: () => 0,
  });
  let code: number | undefined;
  hold({ world, actor, calls, state }, held).then(
    (ended) => {
      code = ended;
      kill(actor);
    },
    (error: unknown) => scheduler.fail(error),
  );
  return new Promise((resolve) => {
    actor.atDeath.push(() => {
      leave(world, machine, process);
      watchman.note(`${name} ends with ${code ?? 'a signal'}, the pulse is ${pulse}`);
      const end = code === undefined ? { code: 0, signal: killSignal } : { code, signal: 0 };
      scheduler.afterFor(shim, random() * 2, () => resolve(end));
    });
  });
}

interface State {
  isStopped: boolean;
  isTermed: boolean;
  /** Ends the rest between two looks. */
  wake(): void;
}

interface Holder {
  readonly world: ProcessWorld;
  readonly actor: Actor;
  readonly calls: SimCalls;
  readonly state: State;
}

function rest(scheduler: Scheduler, actor: Actor, state: State): Promise<void> {
  return new Promise((resolve) => {
    state.wake = () => scheduler.afterFor(actor, 0, resolve);
    scheduler.afterFor(actor, lookMs, resolve);
  });
}

/** Gives the code that it exits with. */
async function hold({ world, actor, calls, state }: Holder, held: Held): Promise<number> {
  const { scheduler, watchman } = world;
  const { pulse, looksMax, facts } = held;
  const room = pulse.slice(0, pulse.lastIndexOf('/'));
  const exit = (code: number, lookedMs: number): number => {
    watchman.pulses.holderEnds({ ...facts, code, lookedMs });
    return code;
  };
  let last = '';
  let still = 0;
  for (;;) {
    const lookedMs = scheduler.nowMs;
    const { line, isWhole } = await readLine(calls, pulse);
    if (isWhole || line !== '' || (await exists(calls, `${room}/launch.json`))) {
      const code = /^end (.*)$/.exec(line)?.[1];
      if (code !== undefined) return exit(exitCodeOf(code), lookedMs);
      still = line === last && line !== 'stay' ? still + 1 : 0;
      if (line !== 'stay') last = line;
    }
    if (still >= looksMax) return exit(silentExitCode, lookedMs);
    do await rest(scheduler, actor, state);
    while (state.isStopped);
    if (state.isTermed) return 0;
  }
}

/** What a shell makes of it: a word that is no number is an error of its own. */
function exitCodeOf(word: string): number {
  return /^\d+$/.test(word) ? Number(word) & 0xff : 2;
}

const lineBytesMax = 200;

/** As read(1) does it: what stands before an end of the file that comes too early is read all the same. */
async function readLine(
  calls: SimCalls,
  path: string,
): Promise<{ readonly line: string; readonly isWhole: boolean }> {
  let fd: number | undefined;
  try {
    fd = await calls.open(path, 0, 0);
    const bytes = new Uint8Array(lineBytesMax);
    const length = await calls.read(fd, bytes, { offset: 0, length: bytes.length, position: 0 });
    const [line = '', ...more] = new TextDecoder().decode(bytes.subarray(0, length)).split('\n');
    return { line, isWhole: more.length > 0 };
  } catch (error) {
    if (error instanceof SystemError) return { line: '', isWhole: false };
    throw error;
  } finally {
    if (fd !== undefined) await calls.close(fd);
  }
}

async function exists(calls: SimCalls, path: string): Promise<boolean> {
  try {
    await calls.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}
