import type { JobId } from '../model/ids.ts';
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
  const sinceMs = clock.monotonicMs();
  while (clock.monotonicMs() - sinceMs < giveBackMsMax) {
    const job = (await session.present.journal.refresh()).jobs.get(id);
    if (job === undefined || job.state !== 'RUNNING') return;
    await session.watcher.wait(lookMs);
  }
}
