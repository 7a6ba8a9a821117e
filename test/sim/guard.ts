import type { ShimLaunch } from '../../src/ports/processes.ts';
import type { Disk, FolderInode, Inode } from './disk.ts';
import type { Machine } from './machine.ts';
import type { ProcessWorld } from './processes.ts';

/*
 * The guard of a node's lease, as src/agent/guard.ts has it. Nothing but its machine's end stops it: that a
 * guard is neither killed nor held back for long is what the promise rests on.
 */

const guards = new WeakMap<Machine, Map<string, symbol>>();

export function startGuard(
  world: ProcessWorld,
  machine: Machine,
  disk: Disk,
  { args, onExit }: ShimLaunch,
): void {
  const [, localDir = '', lease = '', length, look, grace, clusterId = ''] = args;
  const own = Symbol(lease);
  const newest = guards.get(machine) ?? new Map<string, symbol>();
  guards.set(machine, newest.set(`${localDir}/${lease}`, own));
  const expired = lease.replace(/^lease\./, 'expired.');
  const guard: Guard = { world, machine, disk, localDir, expired, clusterId };
  const { bootId } = machine;
  const isGone = (): boolean =>
    machine.bootId !== bootId || !machine.isUp || newest.get(`${localDir}/${lease}`) !== own;
  const watch = (): void => {
    if (isGone()) return;
    const folder = local(guard);
    const held = folder?.entries.get(lease);
    if (folder === undefined || held === undefined) {
      if (folder?.entries.has(expired)) end(guard, Number(grace), isGone);
      else onExit();
      return;
    }
    const stamp = textOf(held.kind === 'folder' ? held.entries.get('stamp') : undefined);
    if (stamp === 'forever') {
      onExit();
      return;
    }
    if (Math.floor((world.scheduler.nowMs - machine.bootMs) / 1000) - Number(stamp) < Number(length)) {
      world.scheduler.after(Number(look) * 1000, watch);
      return;
    }
    world.watchman.note(`${localDir}: the lease is over`);
    disk.change(machine.name, [
      { folder, name: lease, inode: undefined },
      { folder, name: expired, inode: held },
    ]);
    fence(guard);
    end(guard, Number(grace), isGone);
  };
  world.scheduler.after(Number(look) * 1000, watch);
}

interface Guard {
  readonly world: ProcessWorld;
  readonly machine: Machine;
  readonly disk: Disk;
  readonly localDir: string;
  readonly expired: string;
  readonly clusterId: string;
}

function end(guard: Guard, graceSeconds: number, isGone: () => boolean): void {
  const { scheduler } = guard.world;
  signal(guard, 15);
  const kill = (): void => {
    if (isGone()) return;
    if (signal(guard, 9) > 0) scheduler.after(1000, kill);
  };
  scheduler.after(graceSeconds * 1000, kill);
}

/** The runs that have a lease and are not over, by name. */
function leased(guard: Guard): readonly (readonly [string, FolderInode])[] {
  const runs = local(guard)?.entries.get('runs');
  if (runs?.kind !== 'folder') return [];
  return [...runs.entries].flatMap(([name, run]) =>
    run.kind !== 'folder' || run.entries.has('kept') || runs.entries.has(`${name}.ended`)
      ? []
      : [[name, run] as const],
  );
}

function fence(guard: Guard): void {
  const { machine, disk } = guard;
  for (const [, run] of leased(guard)) {
    if (!run.entries.has('fenced'))
      disk.change(machine.name, [{ folder: run, name: 'fenced', inode: disk.file(run.uid, 0o600) }]);
  }
}

function signal(guard: Guard, number: number): number {
  const { machine, clusterId } = guard;
  let found = 0;
  for (const [name, run] of leased(guard)) {
    if (!run.entries.has('fenced')) continue;
    for (const process of [...machine.processes.values()]) {
      if (process.mark !== `${clusterId}.${name}`) continue;
      found += 1;
      process.signal(number);
    }
  }
  return found;
}

/** What the shim asks: whether the lease that it was started under is still there. */
export function hasLease(disk: Disk, machine: Machine, nowMs: number, given: string): boolean {
  const [length, folder = ''] = given.split(' ');
  const stamp = textOf(disk.find(`${folder}/stamp`));
  if (stamp === undefined) return false;
  return stamp === 'forever' || Math.floor((nowMs - machine.bootMs) / 1000) - Number(stamp) < Number(length);
}

function local({ disk, localDir }: Guard): FolderInode | undefined {
  const folder = disk.find(localDir);
  return folder?.kind === 'folder' ? folder : undefined;
}

function textOf(inode: Inode | undefined): string | undefined {
  return inode?.kind === 'file' ? new TextDecoder().decode(inode.content).trim() : undefined;
}
