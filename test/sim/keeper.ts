import type { StartKeeper } from '../../src/ports/keeper.ts';
import { callsOf } from './calls.ts';
import { kill, type SimProcess } from './machine.ts';
import { addProcess, isRunning, leave } from './proctable.ts';
import type { Actor } from './scheduler.ts';
import { shell } from './shell.ts';
import { newActor, ownerUid, type World } from './world.ts';

/*
 * The keeper of a pulse, as src/system/keeper.ts has it: a process of its own, which says every few seconds
 * that the command lives that started it, and as soon as it does not that this is so. Only SIGKILL ends it.
 */

const looksPerPulse = 5;
const lookMs = 1000;
const encoder = new TextEncoder();

/** What starts it for a command. */
export function keeperOf(world: World, command: Actor, process: SimProcess): StartKeeper {
  return (pulse) => {
    const { machine } = command;
    const actor = newActor(world, { name: `keeper of ${command.name}`, kind: 'client', machine });
    const own = addProcess(world, machine, {
      mark: '',
      signal: (number) => void (number === 9 && kill(actor)),
    });
    actor.atDeath.push(() => leave(world, machine, own));
    write(world, actor, { pulse, lives: () => isRunning(machine, process) }).then(
      () => kill(actor),
      (error: unknown) => world.scheduler.fail(error),
    );
    return { stop: () => kill(actor) };
  };
}

interface Kept {
  readonly pulse: string;
  lives(): boolean;
}

async function write(world: World, actor: Actor, { pulse, lives }: Kept): Promise<void> {
  const { scheduler, random } = world;
  const mount = world.mountOf(actor.machine);
  const calls = callsOf({ scheduler, actor, mount, uid: ownerUid, random, oldListing: () => 0 });
  const say = (text: string): Promise<boolean> =>
    shell(calls.overwrite(pulse, encoder.encode(`${text}\n`), false));
  for (let count = 0; lives(); count += 1) {
    if (count % looksPerPulse === 0) await say(`pulse ${count}`);
    await new Promise<void>((resolve) => scheduler.afterFor(actor, lookMs, resolve));
  }
  await say('end 137');
}
