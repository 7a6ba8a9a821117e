import type { ShimLaunch } from '../../src/ports/processes.ts';
import { callsOf, type SimCalls } from './calls.ts';
import { runHolder } from './holder.ts';
import { type JobFacts, kill, type SimProcess } from './machine.ts';
import { addProcess, type JobPlan, leave, type ProcessWorld } from './proctable.ts';
import type { Actor, Scheduler } from './scheduler.ts';
import { isLeased, shell } from './shell.ts';
import { ownerUid } from './world.ts';

/*
 * What the shim does as src/agent/shim.ts has it: one exclusive create of the start marker, its content, the
 * script, the exit record by rename (or beside it on the local disk), and the mark of success or failure. A
 * job is a process with a length; it may ignore SIGTERM and leave another behind.
 */

const killSignal = 9;
const termSignal = 15;
const stopSignal = 19;
const contSignal = 18;

/** Starts a shim for a daemon. */
export function startShim(world: ProcessWorld, daemon: Actor, launch: ShimLaunch): SimProcess {
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
    environment: launch.environment,
  };
  runShim(shim).then(
    () => kill(actor),
    (error: unknown) => world.scheduler.fail(error),
  );
  return process;
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
  readonly environment: Readonly<Record<string, string>>;
}

const encoder = new TextEncoder();

async function runShim(shim: Shim): Promise<void> {
  const { calls, process, room, local, attempt, args, world, actor, environment } = shim;
  const lease = environment['MGPU_LEASE'];
  const marker = `${room}/started.${attempt}`;
  if (!(await shell(calls.overwrite(marker, new Uint8Array(), true)))) return;
  const facts = JSON.parse(`{${args[4]}}`);
  const content = { ...facts, pid: process.pid, startTicks: process.startTicks };
  await shell(calls.overwrite(marker, encoder.encode(`${JSON.stringify(content)}\n`), false));
  if (lease !== undefined && !(await isLeased(world, actor, lease))) {
    await shell(calls.overwrite(`${local}/fenced`, new Uint8Array(), false));
    await shell(calls.overwrite(`${local}.ended`, new Uint8Array(), false));
    world.ended(actor.machine);
    return;
  }
  const [kind, pulse = '', looks] = args.slice(13);
  const { code, signal } =
    kind === 'holder'
      ? await runHolder(shim, { facts, pulse, looksMax: Number(looks) })
      : await runJob(shim, world.watchman.planOf(args[10] ?? '', world.mountOf(actor.machine).disk), facts);
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
  { world, actor, process: shim, environment }: Shim,
  plan: JobPlan,
  facts: JobFacts,
): Promise<{ readonly code: number; readonly signal: number }> {
  const { machine } = actor;
  const { scheduler, watchman, random } = world;
  return new Promise((resolve) => {
    const start = (ms: number, isScript: boolean): SimProcess => {
      const end = (code: number, signal: number): void => {
        if (machine.processes.get(process.pid) !== process) return;
        leave(world, machine, process);
        if (isScript) scheduler.afterFor(actor, random() * 2, () => resolve({ code, signal }));
      };
      const still = standingStill(scheduler, ms, () => end(plan.code, 0));
      const process: SimProcess = addProcess(world, machine, {
        mark: shim.mark,
        facts,
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
    const nodeCount = Number(environment['SLURM_JOB_NUM_NODES'] ?? 1);
    const script = start(plan.ms, true);
    for (const atMs of plan.stepsAtMs ?? []) {
      scheduler.after(atMs, () => {
        if (machine.processes.get(script.pid) !== script) return;
        world.makeStep?.({ machine, facts, mark: shim.mark, ms: plan.ms / 4, nodeCount });
      });
    }
    if (plan.orphanMs > 0) start(plan.ms + plan.orphanMs, false);
  });
}
