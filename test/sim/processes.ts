import type { Processes, ProcessIdentity, ShimLaunch } from '../../src/ports/processes.ts';
import { startGuard } from './guard.ts';
import type { SimProcess } from './machine.ts';
import { type ProcessWorld, ticksPerMs } from './proctable.ts';
import type { Actor } from './scheduler.ts';
import { startShim } from './shim.ts';

/** What its daemon sees of the machine of a node. */
export function processesFor(world: ProcessWorld, actor: Actor, node: string): Processes {
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
    launch: (launch) =>
      step('spawn', () => {
        if (launch.args[0]?.endsWith('/guard.sh')) return launchGuard(world, actor, launch);
        const isPart = launch.args[2] === 'mgpu_step';
        const daemon = actor;
        return identityOf(
          isPart ? world.startPart({ daemon, node, launch }) : startShim(world, daemon, launch),
        );
      }),
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

function launchGuard(world: ProcessWorld, daemon: Actor, launch: ShimLaunch): ProcessIdentity {
  const { machine } = daemon;
  const onExit = (): void => world.scheduler.afterFor(daemon, 0, launch.onExit);
  startGuard(world, machine, world.mountOf(machine).disk, { ...launch, onExit });
  return { pid: 1, startTicks: 0, bootId: machine.bootId };
}
