import { type InnerStepOptions, runInnerStep, type StepStarter } from '../../src/services/innerstep.ts';
import type { FollowingSession, Terminal } from '../../src/services/interactive.ts';
import { openPresent } from '../../src/services/present.ts';
import { openSpool } from '../../src/store/spool.ts';
import { endWith } from './endwith.ts';
import { type JobFacts, kill, type Machine, type SimProcess } from './machine.ts';
import { hangOut, watcherOf } from './ports.ts';
import { addProcess, isRunning, leave } from './proctable.ts';
import type { Actor } from './scheduler.ts';
import { type Place, startSupervisor } from './supervisor.ts';
import { newActor, ownerUid, portsFor, type World } from './world.ts';

/*
 * The steps that a job's script makes: a srun of the product, within the job and on its machine, which starts
 * the supervisors there; the parts on other nodes are started by the daemons of these.
 */

/** A script that runs, as its steps know it. */
export interface Script extends Place {
  /** How many nodes its job has. */
  readonly nodeCount: number;
}

const killSignal = 9;
const termSignal = 15;

/** The part of the steps that are on all nodes, where there are several. */
const onAllPart = 0.7;

/** A srun that the script runs. */
export function startStep(world: World, script: Script): void {
  const { machine, facts } = script;
  if (!machine.isUp) return;
  const name = `srun of ${facts.jobId}.${facts.attempt}`;
  const actor = newActor(world, { name, kind: 'client', machine });
  const process = srunProcess(world, actor, script);
  endWith(world, actor, runStep(world, script, { actor, process }));
}

interface Running {
  readonly actor: Actor;
  readonly process: SimProcess;
}

/** The process of a srun, which goes with its actor; within a job it is one of the job's. */
export function srunProcess(
  world: World,
  actor: Actor,
  of?: { readonly mark: string; readonly facts: JobFacts },
): SimProcess {
  const { machine } = actor;
  const process = addProcess(world, machine, {
    mark: '',
    ...(of && { mark: of.mark, facts: of.facts }),
    signal(number) {
      if (number === killSignal || number === termSignal) kill(actor);
    },
  });
  actor.atDeath.push(() => leave(world, machine, process));
  return process;
}

/** What a command of a user works with that follows a job. */
export async function openFollowing(world: World, actor: Actor): Promise<FollowingSession> {
  const { scheduler, random } = world;
  const store = await openSpool(portsFor(world, actor), world.root);
  const present = await openPresent(store);
  const watcher = watcherOf(scheduler, actor, random);
  return { store, present, watcher, ...(world.bells && { bells: hangOut(world.bells, watcher) }) };
}

async function runStep(world: World, script: Script, { actor, process }: Running): Promise<void> {
  const session = await openFollowing(world, actor);
  const { machine, facts } = script;
  const isOnAll = script.nodeCount > 1 && world.random() < onAllPart;
  const [nodes, more] = isOnAll ? [script.nodeCount, {}] : [1, { nodelist: [facts.node] }];
  const code = await runInnerStep(session, quietTerminal, {
    jobId: facts.jobId,
    ...stepOptions(machine),
    wish: { ntasks: nodes, nodeCount: nodes, ...more, isExact: false, isOvercommitted: true },
    isOverlapping: world.random() < 0.3,
    starter: {
      ...starterOutside(machine, process),
      isWithin: (job, node) => node.record.name === facts.node && job.attempt === facts.attempt,
      start: ({ room, part }) => startSupervisor(world, script, { room: room.path, part }),
    },
  });
  world.watchman.note(`${actor.name} ends with ${code}`);
}

const reads = async (): Promise<boolean> => true;

/** Nobody types anything. */
export const quietTerminal: Terminal = {
  out: reads,
  err: reads,
  file: async () => reads,
  input: undefined,
  interrupts: () => () => {},
};

/** What all steps have in common. */
export function stepOptions(
  machine: Machine,
): Omit<InnerStepOptions, 'jobId' | 'wish' | 'starter' | 'isOverlapping'> {
  return {
    content: { args: ['task'], environment: {} },
    streams: { input: 'none', output: 'none', error: 'none' },
    ...{ name: 'step', user: 'alice', uid: ownerUid, host: machine.name, workDir: '/', umask: 0o22 },
    more: {},
    ...{ isQuiet: true, isUnbuffered: false, isVerbose: false },
  };
}

/** A srun that is part of no job: the daemons start all parts. */
export function starterOutside(machine: Machine, { pid, startTicks, bootId }: SimProcess): StepStarter {
  return {
    client: { pid, startTicks, bootId, space: machine.name },
    isWithin: () => false,
    isAlive: async (one) => (one.bootId === machine.bootId ? isRunning(machine, one) : undefined),
    async start() {},
  };
}
