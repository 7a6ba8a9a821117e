import type { JobSpec } from '../../src/model/spec.ts';
import type { RunningCommand, StartCommand } from '../../src/ports/localcommand.ts';
import {
  type AllocationMessage,
  type AllocationSignal,
  runAllocation,
} from '../../src/services/allocation.ts';
import { runInnerStep } from '../../src/services/innerstep.ts';
import { runSpanning } from '../../src/services/spanning.ts';
import { spec } from '../unit/builders.ts';
import { endWith } from './endwith.ts';
import { keeperOf } from './keeper.ts';
import { kill } from './machine.ts';
import type { Actor } from './scheduler.ts';
import { openFollowing, quietTerminal, srunProcess, starterOutside, stepOptions } from './steps.ts';
import { newActor, ownerUid, type World } from './world.ts';

/*
 * Users who ask for nodes and stay with them: srun over several nodes, which makes one step on all of them,
 * and salloc, which runs a command here. Some are sent signals, some are killed outright; what they had ends
 * then.
 */

/** One of them. */
export async function allocate(world: World, actor: Actor): Promise<void> {
  const { random, nodes, isCalm } = world;
  world.waiting += 1;
  actor.atDeath.push(() => {
    world.waiting -= 1;
  });
  if (!isCalm && random() < 0.15) world.scheduler.after(10 ** (random() * 4.7), () => strike(world, actor));
  if (nodes.length > 1 && random() < 0.6) await span(world, actor);
  else await hold(world, actor);
}

function strike(world: World, actor: Actor): void {
  if (actor.isDead) return;
  world.chaos.count('command killed outright');
  world.watchman.note(`${actor.name} is killed outright`);
  kill(actor);
}

/** What somebody types at a command that runs. */
function typing<T>(
  world: World,
  actor: Actor,
  words: readonly T[],
): (handler: (word: T) => void) => () => void {
  return (handler) => {
    let isOver = false;
    for (let left = world.random() < 0.25 ? 2 : 0; left > 0; left -= 1) {
      const word = words[Math.floor(world.random() * words.length)];
      world.scheduler.afterFor(actor, 10 ** (world.random() * 4.5), () => {
        if (!isOver && word !== undefined) handler(word);
      });
    }
    return () => {
      isOver = true;
    };
  };
}

/** The pulse's path says which job it is; its keeper is started when the submission has returned. */
function acknowledge(world: World, pulse: string): void {
  const jobId = Number(/\/jobs\/(\d+)\//.exec(pulse)?.[1]);
  world.watchman.note(`job ${jobId} is an allocation`);
  world.watchman.acknowledge(jobId);
}

async function span(world: World, actor: Actor): Promise<void> {
  const { random, watchman } = world;
  const { machine } = actor;
  const process = srunProcess(world, actor);
  const session = await openFollowing(world, actor);
  const startKeeper = keeperOf(world, actor, process);
  const ntasks = 2 + Math.floor(random() * 2);
  const interrupts = typing(world, actor, ['INT', 'INT', 'TERM', 'HUP', 'USR1'] as const);
  const code = await runSpanning(
    session,
    { ...quietTerminal, interrupts },
    {
      ...stepOptions(machine),
      submission: { spec: wanted(world, { nodes: 2, ntasks }), args: [], environment: {} },
      wish: { ntasks, isExact: false, isOvercommitted: true },
      isOverlapping: false,
      starter: starterOutside(machine, process),
      startKeeper(pulse) {
        acknowledge(world, pulse);
        return startKeeper(pulse);
      },
      ...(random() < 0.1 && { immediateSeconds: Math.floor(random() * 3) }),
    },
  );
  watchman.note(`${actor.name} ends with ${code}`);
}

function wanted(
  { random }: World,
  { nodes, ntasks }: { readonly nodes: number; readonly ntasks: number },
): JobSpec {
  return spec({
    kind: 'allocation',
    uid: ownerUid,
    nodes: { min: nodes, max: nodes },
    ntasks,
    gpus: random() < 0.7 ? [{ count: 1, per: 'node' }] : [],
    requeue: false,
    timeLimit: random() < 0.2 ? 1 : 'UNLIMITED',
  });
}

async function hold(world: World, actor: Actor): Promise<void> {
  const { random, watchman } = world;
  const process = srunProcess(world, actor);
  const session = await openFollowing(world, actor);
  const nodes = world.nodes.length > 1 ? 1 + Math.floor(random() * 2) : 1;
  const startKeeper = keeperOf(world, actor, process);
  const isKept = random() < 0.1;
  const asked = wanted(world, { nodes, ntasks: nodes });
  const end = await runAllocation(
    session,
    {
      start: commandOn(world, actor),
      startKeeper(pulse) {
        acknowledge(world, pulse);
        return startKeeper(pulse);
      },
      interrupts: typing<AllocationSignal>(world, actor, ['INT', 'TERM', 'HUP', 'USR1']),
      hasTerminal: false,
    },
    {
      // Nobody would end one that is to stay.
      submission: { spec: isKept ? { ...asked, timeLimit: 1 } : asked, args: [], environment: {} },
      command: isKept ? undefined : { words: ['command'], environment: {}, submitDir: '/' },
      immediateSeconds: random() < 0.1 ? Math.floor(random() * 3) : undefined,
      killSignal: random() < 0.5 ? 15 : undefined,
      say: ({ what }: AllocationMessage, id) => watchman.note(`${actor.name}: ${what} ${id}`),
    },
  );
  watchman.note(`${actor.name} ends with ${JSON.stringify(end)}`);
}

/** The command that salloc runs: it takes a while, or is a srun that makes a step on all nodes. */
function commandOn(world: World, salloc: Actor): StartCommand {
  const { random, scheduler } = world;
  return async ({ environment }) => {
    const actor = newActor(world, {
      name: `command of ${salloc.name}`,
      kind: 'client',
      machine: salloc.machine,
    });
    const process = srunProcess(world, actor);
    const ended = new Promise<{ readonly code: number; readonly signal: number }>((resolve) => {
      actor.atDeath.push(() => scheduler.after(0, () => resolve(how)));
    });
    let how = { code: 0, signal: 15 };
    const [jobId, nodeCount] = ['SLURM_JOB_ID', 'SLURM_JOB_NUM_NODES'].map((name) =>
      Number(environment[name]),
    );
    const work = async (): Promise<void> => {
      let code = random() < 0.2 ? 3 : 0;
      if (random() < 0.6 && jobId !== undefined && nodeCount !== undefined) {
        code = await runInnerStep(await openFollowing(world, actor), quietTerminal, {
          jobId,
          ...stepOptions(salloc.machine),
          wish: { ntasks: nodeCount, nodeCount, isExact: false, isOvercommitted: true },
          isOverlapping: random() < 0.3,
          starter: starterOutside(salloc.machine, process),
        });
      } else await new Promise<void>((go) => scheduler.afterFor(actor, 10 ** (random() * 4.7), go));
      how = { code, signal: 0 };
    };
    endWith(world, actor, work());
    const running: RunningCommand = {
      ended,
      hasEnded: () => actor.isDead,
      signal: (number) => process.signal(number === 1 ? 15 : number),
    };
    return running;
  };
}
