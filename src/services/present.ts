import { decide } from '../core/decide.ts';
import { plan } from '../core/plan.ts';
import { reduceAll } from '../core/reduce.ts';
import { readInbox } from '../store/inbox.ts';
import { type Journal, openJournal } from '../store/journal.ts';
import { fileLog } from '../store/log.ts';
import type { Store } from '../store/spool.ts';
import type { ClusterView } from './view.ts';

/** The cluster as it is at each look, for commands. */
export interface Present {
  readonly journal: Journal;
  /** The state with what waits in the inbox applied: a job is seen the moment after it was submitted. */
  view(): Promise<ClusterView>;
}

export async function openPresent(store: Store): Promise<Present> {
  const journal = await openJournal(fileLog(store, 'reader'), store);
  return { journal, view: () => view(store, journal) };
}

async function view(store: Store, journal: Journal): Promise<ClusterView> {
  // The inbox is read before the log: a request that is taken out in between is then in the log.
  const { requests } = await readInbox(store, 'all');
  const cluster = await journal.refresh();
  const now = store.clock.now();
  // The log comes to the spool's format with a daemon's next commit, and requests are decided after that.
  const format = Math.max(cluster.format, store.spool.format);
  const present = reduceAll({ ...cluster, format }, decide({ ...cluster, format }, requests, now));
  return {
    cluster: present,
    reasons: plan(present, now).reasons,
    now,
    utcOffsetMinutes: store.clock.utcOffsetMinutes(now),
  };
}
