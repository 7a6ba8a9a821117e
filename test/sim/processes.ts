import type { Processes, ProcessIdentity, ShimLaunch } from '../../src/ports/processes.ts';
import type { Random } from '../fakes/random.ts';
import { callsOf, type SimCalls } from './calls.ts';
import { hasLease, startGuard } from './guard.ts';
import { kill, type Machine, type SimProcess } from './machine.ts';
import type { Mount } from './mount.ts';
import { type Actor, type Scheduler, SystemError } from './scheduler.ts';
import type { Script } from './steps.ts';
import type { Watchman } from './watchman.ts';
import { ownerUid } from './world.ts';

/*
 * The processes of a machine, and what the shim does as src/agent/shim.ts has it: one exclusive create of the
 * start marker, its content, the script, the exit record by rename (or beside it on the local disk), and the
 * mark of success or failure. A job is a process with a length; it may ignore SIGTERM and leave another
 * behind.
 */

export interface ProcessWorld {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly watchman: Watchman;
  mountOf(machine: Machine): Mount;
  /** A script makes a step; missing where none does. */
  readonly makeStep?: (script: Script) => void;
  /** A local file that a watcher of that machine may look at has changed. */
  ended(machine: Machine): void;
}

/** What a script does; it is the script's text. */
export interface JobPlan {
  readonly ms: number;
  readonly code: number;
  readonly onTerm: 'end' | 'ignore';
  /** How much longer a process lives that it leaves behind; 0: none. */
  readonly orphanMs: number;
  /** When it makes steps after its start, in ms; missing: none. */
  readonly stepsAtMs?: readonly number[];
}

/** An attempt that runs. */
export interface JobFacts {
  readonly jobId: number;
  readonly attempt: number;
  readonly node: string;
}

const ticksPerMs = 0.1;
const killSignal = 9;
const termSignal = 15;
const stopSignal = 19;
const contSignal = 18;

export function processesFor(world: ProcessWorld, actor: Actor): Processes {
  const { scheduler } = world;
  const { machine } = actor;
  const step = <T>(op: string, effect: () => T): Promise<T> =>
    scheduler.call({ actor, op, path: '', isChange: op === 'spawn', effect });
  const isAlive = (one: ProcessIdentity): boolean => {
    const process = one.bootId === machine.bootId ? machine.processes.get(one.pid) : undefined;
    return process?.startTicks === one.startTicks;
  };
  return {
    bootId: () => machine.bootId,
    usage: (all) =>
      step('usage', () => all.filter(isAlive).map(({ pid }) => ({ ...nothingUsed, pid, rssKb: 1000 + pid }))),
    launch: (shim) =>
      step('spawn', () =>
        shim.args[0]?.endsWith('/guard.sh') ? launchGuard(world, actor, shim) : startShim(world, actor, shim),
      ),
    isAlive: (one) => step('isAlive', () => isAlive(one)),
    uptimeSeconds: () => (scheduler.nowMs - machine.bootMs) / 1000,
    ageSeconds: ({ startTicks }) => (scheduler.nowMs - machine.bootMs - startTicks / ticksPerMs) / 1000,
    members: (jobs) =>
      step('members', () => {
        const all = [...machine.processes.values()].sort((a, b) => a.startMs - b.startMs);
        return new Map(
          jobs.map(({ mark }) => [mark, all.filter((one) => one.mark === mark).map(identityOf)] as const),
        );
      }),
    signal: (one, number) =>
      step('signal', () => {
        if (isAlive(one)) machine.processes.get(one.pid)?.signal(number);
      }),
  };
}

const nothingUsed = {
  node: undefined,
  step: undefined,
  task: 0,
  userMs: 10,
  systemMs: 10,
  vmKb: 2000,
  pages: 0,
  readBytes: 0,
  writeBytes: 0,
} as const;

function identityOf({ pid, startTicks, bootId }: SimProcess): ProcessIdentity {
  return { pid, startTicks, bootId };
}

export function addProcess(
  world: ProcessWorld,
  machine: Machine,
  facts: Pick<SimProcess, 'mark' | 'signal'> & { readonly session?: number },
): SimProcess {
  machine.pidNext += 1;
  const pid = machine.pidNext;
  const startMs = world.scheduler.nowMs;
  const startTicks = Math.floor((startMs - machine.bootMs) * ticksPerMs);
  const { bootId } = machine;
  const process: SimProcess = { pid, startTicks, startMs, bootId, session: facts.session ?? pid, ...facts };
  machine.processes.set(pid, process);
  return process;
}

/** A process of a job goes; with the last one the attempt is over. */
export function leave(
  { watchman }: ProcessWorld,
  machine: Machine,
  { process, facts }: { readonly process: SimProcess; readonly facts: JobFacts },
): void {
  if (machine.processes.get(process.pid) !== process) return;
  machine.processes.delete(process.pid);
  const left = [...machine.processes.values()].some(
    (one) => one.mark === process.mark && one.session !== one.pid,
  );
  if (!left) watchman.ended(facts);
}

function launchGuard(world: ProcessWorld, daemon: Actor, launch: ShimLaunch): ProcessIdentity {
  const { machine } = daemon;
  const onExit = (): void => world.scheduler.afterFor(daemon, 0, launch.onExit);
  startGuard(world, machine, world.mountOf(machine).disk, { ...launch, onExit });
  return { pid: 1, startTicks: 0, bootId: machine.bootId };
}

function startShim(world: ProcessWorld, daemon: Actor, launch: ShimLaunch): ProcessIdentity {
  const { machine } = daemon;
  const [, local = '', room = '', attempt = ''] = launch.args;
  const name = `shim ${room.split('/').at(-1)}.${attempt}`;
  const actor: Actor = { name, kind: 'shim', machine, isDead: false, pausedUntilMs: 0, atDeath: [] };
  const mark = launch.environment['MGPU_JOB_MARK'] ?? '';
  const process = addProcess(world, machine, {
    mark,
    // The shim traps the others.
    signal: (number) => void (number === killSignal && kill(actor)),
  });
  machine.actors.add(actor);
  actor.atDeath.push(() => {
    machine.processes.delete(process.pid);
    world.scheduler.afterFor(daemon, world.random() * 3, launch.onExit);
  });
  const calls = callsOf({
    scheduler: world.scheduler,
    actor,
    mount: world.mountOf(machine),
    uid: ownerUid,
    random: world.random,
    oldListing: () => 0,
  });
  const shim: Shim = {
    world,
    actor,
    calls,
    process,
    local,
    room,
    attempt: Number(attempt),
    args: launch.args,
    lease: launch.environment['MGPU_LEASE'],
  };
  runShim(shim).then(
    () => kill(actor),
    (error: unknown) => world.scheduler.fail(error),
  );
  return identityOf(process);
}

interface Shim {
  readonly world: ProcessWorld;
  readonly actor: Actor;
  readonly calls: SimCalls;
  readonly process: SimProcess;
  readonly local: string;
  readonly room: string;
  readonly attempt: number;
  readonly args: readonly string[];
  readonly lease: string | undefined;
}

const encoder = new TextEncoder();

/** True if the shell's redirection worked. */
async function shell(step: Promise<unknown>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}

async function runShim(shim: Shim): Promise<void> {
  const { calls, process, room, local, attempt, args, world, actor, lease } = shim;
  const marker = `${room}/started.${attempt}`;
  if (!(await shell(calls.overwrite(marker, new Uint8Array(), true)))) return;
  const facts = JSON.parse(`{${args[4]}}`);
  const content = { ...facts, pid: process.pid, startTicks: process.startTicks };
  await shell(calls.overwrite(marker, encoder.encode(`${JSON.stringify(content)}\n`), false));
  if (lease !== undefined && !(await isLeased(shim, lease))) {
    await shell(calls.overwrite(`${local}/fenced`, new Uint8Array(), false));
    await shell(calls.overwrite(`${local}.ended`, new Uint8Array(), false));
    world.ended(actor.machine);
    return;
  }
  const plan = world.watchman.planOf(args[10] ?? '', world.mountOf(actor.machine).disk);
  const { code, signal } = await runJob(shim, plan, facts);
  const record = { mgpu: 'exit', format: 1, attempt, code, signal, launched: true };
  const bytes = encoder.encode(`${JSON.stringify(record)}\n`);
  const isWritten =
    (await shell(calls.overwrite(`${room}/.exit.${attempt}`, bytes, false))) &&
    (await shell(Promise.resolve(calls.rename(`${room}/.exit.${attempt}`, `${room}/exit.${attempt}`))));
  if (!isWritten) {
    await shell(calls.overwrite(`${local}/.exit`, bytes, false));
    await shell(Promise.resolve(calls.rename(`${local}/.exit`, `${local}/exit`)));
  }
  await shell(
    calls.overwrite(`${room}/${code + signal === 0 ? 'SUCCESS' : 'FAILED'}`, new Uint8Array(), false),
  );
  await shell(calls.overwrite(`${local}.ended`, new Uint8Array(), false));
  world.ended(actor.machine);
}

function isLeased({ world, actor }: Shim, lease: string): Promise<boolean> {
  const { scheduler } = world;
  const { machine } = actor;
  const effect = (): boolean => hasLease(world.mountOf(machine).disk, machine, scheduler.nowMs, lease);
  return scheduler.call({ actor, op: 'isAlive', path: '', isChange: false, effect });
}

/** A process that ends after so long, and may be stopped on the way: what it is sent then, it gets later. */
function standingStill(scheduler: Scheduler, ms: number, end: () => void) {
  let leftMs = ms;
  let sinceMs: number | undefined = scheduler.nowMs;
  let turn = 0;
  const waiting: (() => void)[] = [];
  const run = (): void => {
    const own = turn;
    scheduler.after(leftMs, () => {
      if (own === turn && sinceMs !== undefined) end();
    });
  };
  run();
  return {
    stop(): void {
      if (sinceMs === undefined) return;
      leftMs = Math.max(0, leftMs - (scheduler.nowMs - sinceMs));
      sinceMs = undefined;
      turn += 1;
    },
    goOn(): void {
      if (sinceMs !== undefined) return;
      sinceMs = scheduler.nowMs;
      run();
      for (const act of waiting.splice(0)) act();
    },
    whenAwake(act: () => void): void {
      if (sinceMs === undefined) waiting.push(act);
      else act();
    },
  };
}

/** Settles in the shim when the script's own process is gone. */
function runJob(
  { world, actor, process: shim }: Shim,
  plan: JobPlan,
  facts: JobFacts,
): Promise<{ readonly code: number; readonly signal: number }> {
  const { machine } = actor;
  const { scheduler, watchman, random } = world;
  return new Promise((resolve) => {
    const start = (ms: number, isScript: boolean): SimProcess => {
      const end = (code: number, signal: number): void => {
        if (machine.processes.get(process.pid) !== process) return;
        leave(world, machine, { process, facts });
        if (isScript) scheduler.afterFor(actor, random() * 2, () => resolve({ code, signal }));
      };
      const still = standingStill(scheduler, ms, () => end(plan.code, 0));
      const process: SimProcess = addProcess(world, machine, {
        mark: shim.mark,
        session: shim.pid,
        signal(number) {
          if (number === killSignal) end(0, killSignal);
          else if (number === stopSignal) still.stop();
          else if (number === contSignal) still.goOn();
          else if (number === termSignal && plan.onTerm === 'end')
            still.whenAwake(() => scheduler.after(random() * 2000, () => end(0, termSignal)));
        },
      });
      return process;
    };
    watchman.started(facts);
    const script = start(plan.ms, true);
    for (const atMs of plan.stepsAtMs ?? []) {
      scheduler.after(atMs, () => {
        if (machine.processes.get(script.pid) !== script) return;
        world.makeStep?.({ machine, facts, mark: shim.mark, session: shim.pid, ms: plan.ms / 4 });
      });
    }
    if (plan.orphanMs > 0) start(plan.ms + plan.orphanMs, false);
  });
}
