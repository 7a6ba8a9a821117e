import { bellsOf } from '../model/bell.ts';
import type { JobId } from '../model/ids.ts';
import { isActive } from '../model/job.ts';
import { encodeText, replace } from '../store/put.ts';
import type { Session } from './session.ts';

/** Writes the one line that the holder of an allocation reads (agent/holder). */
export async function sayPulse({ store }: Session, id: JobId, text: string): Promise<void> {
  const options = { mode: 0o644, durable: false, nonce: store.ids.next() };
  await replace(store.files, store.layout.job(id).path, 'pulse', encodeText(`${text}\n`), options);
}

/** How long to wait until the nodes are given back, in ms: who looks then finds them free. */
const giveBackMsMax = 5000;
const lookMs = 1000;

/** Ends an allocation whose command ended with that code, and waits a while for its nodes to hear of it. */
export async function giveBack(
  session: Session & { readonly watcher: { wait(ms: number): Promise<void> } },
  id: JobId,
  code: number,
): Promise<void> {
  const { clock } = session.store;
  await sayPulse(session, id, `end ${code}`);
  await ringHolder(session, id);
  const sinceMs = clock.monotonicMs();
  while (clock.monotonicMs() - sinceMs < giveBackMsMax) {
    const job = (await session.present.journal.refresh()).jobs.get(id);
    if (job === undefined || job.state !== 'RUNNING') return;
    await session.watcher.wait(lookMs);
  }
}

/** The daemon of the first node tells the holder to look. */
async function ringHolder({ store, present }: Session, id: JobId): Promise<void> {
  const { jobs, nodes } = present.journal.cluster();
  const job = jobs.get(id);
  const first = job !== undefined && isActive(job) ? nodes.get(job.allocation[0]?.node ?? '') : undefined;
  if (first !== undefined) await store.bells?.ring(bellsOf(first.record));
}
