import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../e2e/tools/wait.ts';
import type { Random } from '../fakes/random.ts';
import type { Machine } from './machine.ts';
import type { Shared } from './shared.ts';
import { pause } from './time.ts';

/** Something that is done to one machine, or to what all share, and undone again. */
export interface Fault {
  readonly name: string;
  /** The machine that it is done to; undefined for all. */
  readonly machine?: string;
  /** Does it, lets it last, and undoes it. */
  readonly strike: () => Promise<void>;
}

/** What the node timeout is in a run, in seconds: what is called long is longer. */
export const nodeTimeoutSeconds = 10;

/** A short while, or one beyond every timeout, in ms. */
function shortMs(random: Random): number {
  return 300 + random() * 2700;
}

function longMs(random: Random): number {
  return (nodeTimeoutSeconds + 3 + random() * 5) * 1000;
}

/** What can be done to that machine. */
export function machineFaults(machine: Machine, shared: Shared, random: Random): readonly Fault[] {
  const { name } = machine;
  const fault = (what: string, strike: () => Promise<void>): Fault => ({ name: what, machine: name, strike });
  const down = (ms: () => number) => async (): Promise<void> => {
    await machine.kill();
    await pause(ms());
    machine.start();
  };
  const still = (ms: () => number) => async (): Promise<void> => {
    machine.signal('SIGSTOP');
    await pause(ms());
    machine.signal('SIGCONT');
  };
  const cut = (ms: () => number) => async (): Promise<void> => {
    await shared.cut(name);
    await pause(ms());
    await shared.heal(name);
  };
  const [short, long] = [() => shortMs(random), () => longMs(random)];
  return [
    fault('daemon killed', down(short)),
    fault('daemon killed, node lost', down(long)),
    fault('daemon stands still', still(short)),
    fault('daemon stands still, node lost', still(long)),
    fault('daemon ended and started', async () => {
      await machine.stop();
      machine.start();
    }),
    ...(shared.can.has('cut')
      ? [fault('link cut', cut(short)), fault('link cut, node lost', cut(long))]
      : []),
    ...(shared.can.has('remount')
      ? [
          fault('mount gone and back', async () => {
            await shared.unmount(name);
            await pause(shortMs(random));
            await shared.mount(name);
          }),
        ]
      : []),
    ...(machine.hasClock
      ? [fault('clock jumps', async () => machine.setClock(Math.round((random() - 0.5) * 20)))]
      : []),
  ];
}

/** False while the file server is not back from an earlier harm. */
function isRemoved(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/** What can be done to all at once. */
export function sharedFaults(shared: Shared, spool: string, random: Random): readonly Fault[] {
  const locks = (): Promise<void> =>
    until(() => isRemoved(join(spool, 'locks')), { what: 'the locks are deleted' });
  return [
    { name: 'locks folder deleted', strike: locks },
    ...(shared.can.has('server')
      ? [
          {
            name: 'file server killed and started',
            strike: async () => {
              await shared.stopServer();
              await pause(shortMs(random));
              await shared.startServer();
            },
          },
        ]
      : []),
    ...(shared.can.has('full')
      ? [
          {
            name: 'disk full',
            strike: async () => {
              await shared.fill();
              await pause(shortMs(random));
              await shared.empty();
            },
          },
        ]
      : []),
  ];
}

/** The list in an order of chance, again and again. */
export function* inTurn(faults: readonly Fault[], random: Random): IterableIterator<Fault> {
  for (;;) {
    const left = [...faults];
    while (left.length > 0) yield* left.splice(Math.floor(random() * left.length), 1);
  }
}
