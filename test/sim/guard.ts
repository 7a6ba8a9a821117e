import type { ShimLaunch } from '../../src/ports/processes.ts';
import type { Disk, FolderInode, Inode } from './disk.ts';
import type { Machine } from './machine.ts';
import type { ProcessWorld } from './proctable.ts';

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
  const self = Symbol(lease);
  const newest = guards.get(machine) ?? new Map<string, symbol>();
  guards.set(machine, newest.set(`${localDir}/${lease}`, self));
  const expired = lease.replace(/^lease\./, 'expired.');
  const guard: Guard = { world, machine, disk, localDir, expired, clusterId };
  const { bootId } = machine;
  const isGone = (): boolean =>
    machine.bootId !== bootId || !machine.isUp || newest.get(`${localDir}/${lease}`) !== self;
  const watch = (): void => {
    if (isGone()) return;
    const folder = local(guard);
    const own = folder?.entries.get(lease);
    if (folder === undefined || own === undefined) {
      const told = held(guard, (run) => run.entries.has('fenced'));
      if (folder?.entries.has(expired)) end(guard, told, { graceSeconds: Number(grace), isGone });
      else onExit();
      return;
    }
    const stamp = textOf(own.kind === 'folder' ? own.entries.get('stamp') : undefined);
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
      { folder, name: expired, inode: own },
    ]);
    fence(guard);
    end(
      guard,
      held(guard, () => true),
      { graceSeconds: Number(grace), isGone },
    );
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

function end(
  guard: Guard,
  runs: ReadonlySet<string>,
  { graceSeconds, isGone }: { readonly graceSeconds: number; readonly isGone: () => boolean },
): void {
  const { scheduler } = guard.world;
  signal(guard, runs, 15);
  const kill = (): void => {
    if (isGone()) return;
    if (signal(guard, runs, 9) > 0) scheduler.after(1000, kill);
  };
  scheduler.after(graceSeconds * 1000, kill);
}

function runsOf(guard: Guard): readonly (readonly [string, FolderInode])[] {
  const runs = local(guard)?.entries.get('runs');
  if (runs?.kind !== 'folder') return [];
  return [...runs.entries].flatMap(([name, run]) => (run.kind === 'folder' ? [[name, run] as const] : []));
}

/** The names of the runs that have a lease, whether their first process is over or not. */
function held(guard: Guard, isMeant: (run: FolderInode) => boolean): ReadonlySet<string> {
  const runs = runsOf(guard).filter(([, run]) => !run.entries.has('kept') && isMeant(run));
  return new Set(runs.map(([name]) => name));
}

function fence(guard: Guard): void {
  const { machine, disk } = guard;
  const runs = local(guard)?.entries.get('runs');
  for (const [name, run] of runsOf(guard)) {
    const isOver = runs?.kind === 'folder' && runs.entries.has(`${name}.ended`);
    if (isOver || run.entries.has('kept') || run.entries.has('fenced')) continue;
    disk.change(machine.name, [{ folder: run, name: 'fenced', inode: disk.file(run.uid, 0o600) }]);
  }
}

function signal(guard: Guard, runs: ReadonlySet<string>, number: number): number {
  const { machine, clusterId } = guard;
  const kept = new Set(runsOf(guard).flatMap(([name, run]) => (run.entries.has('kept') ? [name] : [])));
  const marks = new Set([...runs].filter((name) => !kept.has(name)).map((name) => `${clusterId}.${name}`));
  const found = [...machine.processes.values()].filter(({ mark }) => marks.has(mark));
  for (const process of found) process.signal(number);
  return found.length;
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
