import { MgpuError } from '../../src/base/error.ts';
import type { Tasks } from '../../src/ports/tasks.ts';
import { type InnerStepOptions, runInnerStep } from '../../src/services/innerstep.ts';
import { openPresent } from '../../src/services/present.ts';
import { partOf } from '../../src/step/part.ts';
import { supervise } from '../../src/step/supervise.ts';
import { type StepRoom, stepRoom } from '../../src/store/layout.ts';
import { openSpool } from '../../src/store/spool.ts';
import { readStepGrant, readStepRequest, takeStepFile } from '../../src/store/steps.ts';
import { endWith } from './client.ts';
import { kill, type Machine, type SimProcess } from './machine.ts';
import { watcherOf } from './ports.ts';
import { addProcess, type JobFacts, leave } from './processes.ts';
import type { Actor } from './scheduler.ts';
import { newActor, ownerUid, portsFor, type World } from './world.ts';

/*
 * The steps that a job's script makes: a srun of the product, within the job and on its machine, which starts
 * supervisors; those take their part, run a task of some length by the product's own supervision, and leave
 * what came of it. Any of them may die at any operation; the task of a supervisor that died lives on until
 * the job's daemon ends it.
 */

/** A script that runs, as its steps know it. */
export interface Script {
  readonly machine: Machine;
  readonly facts: JobFacts;
  readonly mark: string;
  readonly session: number;
  /** How long the task of a step takes. */
  readonly ms: number;
}

const killSignal = 9;
const termSignal = 15;
const graceMs = 3000;

/** A srun that the script runs. */
export function startStep(world: World, script: Script): void {
  const { machine, facts } = script;
  if (!machine.isUp) return;
  const name = `srun of ${facts.jobId}.${facts.attempt}`;
  const actor = newActor(world, { name, kind: 'client', machine });
  const process = processOf(world, script, { actor, onTerm: () => kill(actor) });
  endWith(world, actor, runStep(world, script, { actor, process }));
}

interface Running {
  readonly actor: Actor;
  readonly process: SimProcess;
}

/** The process of an actor, which goes with it. */
function processOf(
  world: World,
  script: Script,
  { actor, onTerm }: { readonly actor: Actor; readonly onTerm: () => void },
): SimProcess {
  const { machine, mark, session, facts } = script;
  const process = addProcess(world, machine, {
    mark,
    session,
    signal(number) {
      if (number === killSignal) kill(actor);
      else if (number === termSignal) onTerm();
    },
  });
  actor.atDeath.push(() => leave(world, machine, { process, facts }));
  return process;
}

async function runStep(world: World, script: Script, { actor, process }: Running): Promise<void> {
  const { scheduler, random } = world;
  const store = await openSpool(portsFor(world, actor), world.root);
  const present = await openPresent(store);
  const watcher = watcherOf(scheduler, actor, random);
  const terminal = {
    out: reads,
    err: reads,
    file: async () => reads,
    input: undefined,
    interrupts: () => () => {},
  };
  const options = optionsOf(world, script, process);
  const code = await runInnerStep({ store, present, watcher }, terminal, options);
  world.watchman.note(`${actor.name} ends with ${code}`);
}

const reads = async (): Promise<boolean> => true;

function optionsOf(world: World, script: Script, { pid, startTicks, bootId }: SimProcess): InnerStepOptions {
  const { machine, facts } = script;
  return {
    jobId: facts.jobId,
    wish: { ntasks: 1, nodeCount: 1, nodelist: [facts.node], isExact: false, isOvercommitted: true },
    content: { args: ['task'], environment: {} },
    streams: { input: 'none', output: 'none', error: 'none' },
    ...{ name: 'step', user: 'alice', uid: ownerUid, host: machine.name, workDir: '/', umask: 0o22 },
    isOverlapping: world.random() < 0.3,
    more: {},
    ...{ isQuiet: true, isUnbuffered: false, isVerbose: false },
    starter: {
      client: { pid, startTicks, bootId, space: machine.name },
      isWithin: (job, node) => node.record.name === facts.node && job.attempt === facts.attempt,
      isAlive: async (one) => (one.bootId === machine.bootId ? isAlive(machine, one) : undefined),
      start: ({ room, part }) => startSupervisor(world, script, { room: room.path, part }),
    },
  };
}

function isAlive(machine: Machine, one: Pick<SimProcess, 'pid' | 'startTicks'>): boolean {
  return machine.processes.get(one.pid)?.startTicks === one.startTicks;
}

interface Part {
  readonly room: string;
  readonly part: number;
}

/** Settles when it has ended, however. */
function startSupervisor(world: World, script: Script, { room, part }: Part): Promise<void> {
  const { machine, facts } = script;
  const name = `stepd of ${facts.jobId}.${facts.attempt}`;
  const actor = newActor(world, { name, kind: 'job', machine });
  let endAsked: () => void = () => {};
  const asked = new Promise<'us'>((resolve) => {
    endAsked = () => resolve('us');
  });
  const process = processOf(world, script, { actor, onTerm: () => endAsked() });
  const ended = new Promise<void>((resolve) => {
    actor.atDeath.push(() => world.scheduler.after(0, resolve));
  });
  superviseOne(world, script, { actor, process, room: stepRoom(room), part, asked }).then(
    () => kill(actor),
    (error: unknown) => {
      world.watchman.note(`${name} fails: ${String(error)}`);
      if (!(error instanceof MgpuError)) world.scheduler.fail(error);
      kill(actor);
    },
  );
  return ended;
}

interface Supervising extends Running {
  readonly room: StepRoom;
  readonly part: number;
  readonly asked: Promise<'us'>;
}

/** As src/main/stepd does it. */
async function superviseOne(world: World, script: Script, one: Supervising): Promise<void> {
  const { actor, process, room, part: number, asked } = one;
  const { facts, machine } = script;
  const { files, clock, ids } = portsFor(world, actor);
  const request = await readStepRequest(files, room.request);
  const grant = await readStepGrant(files, room.grant);
  const part = request && grant && partOf(request, grant, number);
  if (request === undefined || part === undefined) return;
  const { pid, startTicks, bootId } = process;
  const start = { mgpu: 'step-start', format: 1, pid, startTicks, bootId, time: clock.now() } as const;
  if ((await takeStepFile(files, room.started(number), start, ids.next())) === 'exists') return;
  const { step, overlap = false } = request;
  const ran = { ...facts, step, part: number, isAlone: !overlap };
  world.watchman.steps.started(ran);
  const over = (): void => world.watchman.steps.ended(ran);
  actor.atDeath.push(over);
  await supervise({
    ...{ files, clock, room, graceMs, endAsked: asked, nonce: ids.next() },
    tasks: tasksOf(world, script, over),
    watcher: watcherOf(world.scheduler, actor, world.random),
    order: part.order,
    command: ['task'],
    environment: {},
    isClientGone: async () =>
      !isAlive(machine, request.client) && (await files.stat(room.detached)) === undefined,
    warn: (message) => world.watchman.note(`${actor.name}: ${message}`),
  });
}

/** Tasks that end after some time, or by a signal. */
function tasksOf(world: World, script: Script, over: () => void): Tasks {
  const { machine, mark, session, facts, ms } = script;
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
        leave(world, machine, { process, facts });
        end({ code, signal });
      };
      const signal = (number: number): void => {
        if (number === killSignal || number === termSignal) finish(0, number);
      };
      const process = addProcess(world, machine, { mark, session, signal });
      world.scheduler.after(ms, () => finish(0, 0));
      const { pid } = process;
      const none = { write: async () => false, endInput() {}, resize() {} };
      return { ...none, pid, ended, hasEnded: () => hasEnded, signal };
    },
  };
}
