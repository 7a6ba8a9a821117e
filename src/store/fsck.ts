import { lookAtArchive } from './fsck/archive.ts';
import type { Flaw } from './fsck/flaw.ts';
import { lookAtLog } from './fsck/history.ts';
import { type Inspection, tried } from './fsck/inspection.ts';
import { lookAtInbox, lookAtLocks, lookAtNodes, lookAtRoot } from './fsck/places.ts';
import type { RegisteredNodes } from './fsck/registered.ts';
import { lookAtRooms } from './fsck/rooms.ts';
import { seqOfName } from './layout.ts';
import type { Store } from './spool.ts';

export type { Flaw, Remedy, RemedyTime } from './fsck/flaw.ts';
export { remedyText } from './fsck/flaw.ts';
export type { Inspection } from './fsck/inspection.ts';
export { type Keeper, keeperOf, mend } from './fsck/mend.ts';
export type { RegisteredNodes } from './fsck/registered.ts';

/** What one look at a spool found. */
export interface SpoolLook {
  readonly flaws: readonly Flaw[];
  /** The number of the newest log entry. */
  readonly seq: number;
  /** The nodes that daemons registered, as far as can be read. */
  readonly registered: RegisteredNodes;
}

/**
 * Looks at all of a spool. While daemons work, some of what it finds may be in the midst of a change: what
 * counts is what a second look, after the log went on, finds as well. Throws what keeps it from looking.
 */
export async function lookAtSpool(inspection: Inspection): Promise<SpoolLook> {
  const { files, layout } = inspection.store;
  const root = await lookAtRoot(inspection);
  if (!root.isUsable) return { flaws: root.flaws, seq: 0, registered: { nodes: new Map(), isWhole: false } };
  // In this order: a room is made before its request, that lies in the inbox before the job is in the log,
  // and it is in the log before it is in accounting.
  const names = (await files.list(layout.jobs)) ?? [];
  const inbox = await lookAtInbox(inspection);
  const log = await lookAtLog(inspection);
  const { flaws, cluster, seq, registered } = log;
  const archive = await lookAtArchive(inspection, log);
  const rooms =
    cluster === undefined ? [] : await lookAtRooms(inspection, { names, requests: inbox.requests, cluster });
  const nodes = await lookAtNodes(inspection);
  const locks = await lookAtLocks(inspection);
  const all = [...root.flaws, ...flaws, ...archive, ...inbox.flaws, ...rooms, ...nodes, ...locks];
  return { flaws: all, seq, registered };
}

/** Whether the log has entries after that one. */
export async function hasLogGoneOn({ files, layout }: Store, seq: number): Promise<boolean> {
  const names = await tried(() => files.list(layout.log));
  return Array.isArray(names) && names.some((name) => (seqOfName(name) ?? 0) > seq);
}
