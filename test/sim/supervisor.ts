import { constants } from 'node:fs';
import { MgpuError } from '../../src/base/error.ts';
import { stepMarkVariable } from '../../src/model/step.ts';
import type { StepClient } from '../../src/model/steprequest.ts';
import type { Tasks } from '../../src/ports/tasks.ts';
import { clientWatch } from '../../src/step/clientwatch.ts';
import { supervise } from '../../src/step/supervise.ts';
import { takePart } from '../../src/step/takepart.ts';
import { stepRoom } from '../../src/store/layout.ts';
import { callsOf } from './calls.ts';
import { type JobFacts, kill, type Machine, type SimProcess } from './machine.ts';
import { watcherOf } from './ports.ts';
import { addProcess, isRunning, leave, type PartLaunch } from './proctable.ts';
import { type Actor, SystemError } from './scheduler.ts';
import { isLeased } from './shell.ts';
import { newActor, ownerUid, portsFor, type World } from './world.ts';

/*
 * The supervisors of steps: each takes its part, runs a task of some length by the product's own
 * supervision, and leaves what came of it. It is started by a srun within the job, or by the daemon of its
 * node. It may die at any operation; its task then lives on until the job's daemon ends it.
 */

/** Where it runs, and for whom. */
export interface Place {
  readonly machine: Machine;
  readonly facts: JobFacts;
  readonly mark: string;
  /** How long the task takes. */
  readonly ms: number;
}

interface Part {
  readonly room: string;
  readonly part: number;
}

const killSignal = 9;
const termSignal = 15;
const graceMs = 3000;

/** Starts one for a srun; settles when it has ended, however. */
export function startSupervisor(world: World, place: Place, part: Part): Promise<void> {
  const { actor, process, asked } = processOf(world, place);
  const ended = new Promise<void>((resolve) => {
    actor.atDeath.push(() => world.scheduler.after(0, resolve));
  });
  endWithWork(world, actor, superviseOne(world, place, { actor, process, asked, ...part }));
  return ended;
}

const slowMsMax = 20_000;

/** Starts one for a daemon, as src/agent/stepparts.ts has it: by a shell that looks at the lease first. */
export function startPart(world: World, { daemon, node, launch }: PartLaunch): SimProcess {
  const { scheduler, random, chaos } = world;
  const { machine } = daemon;
  const { args, environment, onExit } = launch;
  const [log = '', room = '', part = ''] = args.slice(3);
  const mark = environment['MGPU_JOB_MARK'] ?? '';
  const [, jobId, attempt] = (environment[stepMarkVariable] ?? '').split('.');
  const facts = { jobId: Number(jobId), attempt: Number(attempt), node };
  const place: Place = { machine, mark, facts, ms: 10 ** (random() * 4.3) };
  const { actor, process, asked } = processOf(world, place);
  actor.atDeath.push(() => scheduler.afterFor(daemon, random() * 3, onExit));
  const isSlow = random() < chaos.weather.slowStart;
  const work = async (): Promise<void> => {
    if (isSlow) await new Promise<void>((go) => scheduler.afterFor(actor, random() * slowMsMax, go));
    const lease = environment['MGPU_LEASE'];
    if (lease !== undefined && !(await isLeased(world, actor, lease))) return;
    if (!(await openLog(world, actor, log))) return;
    await superviseOne(world, place, { actor, process, asked, room, part: Number(part) });
  };
  endWithWork(world, actor, work());
  return process;
}

/** It stays open as long as the supervisor lives. */
async function openLog(world: World, actor: Actor, path: string): Promise<boolean> {
  const { scheduler, random } = world;
  const mount = world.mountOf(actor.machine);
  const calls = callsOf({ scheduler, actor, mount, uid: ownerUid, random, oldListing: () => 0 });
  try {
    await calls.open(path, constants.O_CREAT | constants.O_WRONLY | constants.O_APPEND, 0o644);
    return true;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}

interface Supervisor {
  readonly actor: Actor;
  readonly process: SimProcess;
  readonly asked: Promise<'us'>;
}

function processOf(world: World, { machine, facts, mark }: Place): Supervisor {
  const name = `stepd of ${facts.jobId}.${facts.attempt}`;
  const actor = newActor(world, { name, kind: 'job', machine });
  let endAsked: () => void = () => {};
  const asked = new Promise<'us'>((resolve) => {
    endAsked = () => resolve('us');
  });
  const process = addProcess(world, machine, {
    mark,
    facts,
    signal(number) {
      if (number === killSignal) kill(actor);
      else if (number === termSignal) endAsked();
    },
  });
  actor.atDeath.push(() => leave(world, machine, process));
  return { actor, process, asked };
}

function endWithWork(world: World, actor: Actor, work: Promise<void>): void {
  work.then(
    () => kill(actor),
    (error: unknown) => {
      world.watchman.note(`${actor.name} fails: ${String(error)}`);
      if (!(error instanceof MgpuError)) world.scheduler.fail(error);
      kill(actor);
    },
  );
}

interface Supervising extends Supervisor, Part {}

/** As src/main/stepd does it. */
async function superviseOne(world: World, place: Place, one: Supervising): Promise<void> {
  const { actor, process, part: number, asked } = one;
  const { facts, machine } = place;
  const { files, clock, ids, bells } = portsFor(world, actor);
  const room = stepRoom(one.room);
  const part = await takePart({ files, identity: process, time: clock.now() }, room, number);
  if (part === 'taken') return;
  const { step, overlap = false, client } = part.request;
  const ran = { ...facts, step, part: number, isAlone: !overlap };
  world.watchman.steps.started(ran);
  const over = (): void => world.watchman.steps.ended(ran);
  actor.atDeath.push(over);
  const isAlive = async (srun: StepClient): Promise<boolean | undefined> =>
    srun.bootId === machine.bootId ? isRunning(machine, srun) : undefined;
  await supervise({
    ...{ files, clock, room, graceMs, endAsked: asked, nonce: ids.next(), ...(bells && { bells }) },
    tasks: tasksOf(world, place, over),
    watcher: watcherOf(world.scheduler, actor, world.random),
    order: part.order,
    command: ['task'],
    environment: {},
    isClientGone: clientWatch({ files, clock, isAlive }, room, client),
    warn: (message) => world.watchman.note(`${actor.name}: ${message}`),
  });
}

/** Tasks that end after some time, or by a signal. */
function tasksOf(world: World, { machine, mark, facts, ms }: Place, over: () => void): Tasks {
  return {
    open: async () => ({ fd: 0, write: async () => {}, close: async () => {} }),
    folderFault: async () => undefined,
    terminalFault: () => undefined,
    copyProgram: async () => undefined,
    childTimes: () => ({ userMs: 1, systemMs: 1 }),
    async start() {
      let hasEnded = false;
      let end: (how: { readonly code: number; readonly signal: number }) => void = () => {};
      const ended = new Promise<{ readonly code: number; readonly signal: number }>((resolve) => {
        end = resolve;
      });
      const finish = (code: number, signal: number): void => {
        if (hasEnded) return;
        hasEnded = true;
        over();
        leave(world, machine, process);
        end({ code, signal });
      };
      const signal = (number: number): void => {
        if (number === killSignal || number === termSignal) finish(0, number);
      };
      const process = addProcess(world, machine, { mark, facts, signal });
      world.scheduler.after(ms, () => finish(0, 0));
      const { pid } = process;
      const none = { write: async () => false, endInput() {}, resize() {} };
      return { ...none, pid, ended, hasEnded: () => hasEnded, signal };
    },
  };
}
