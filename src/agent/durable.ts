import type { Agent } from './agent.ts';
import type { Memory } from './memory.ts';

/**
 * A claim that another daemon committed is acted on only when no crash of the file server can take it back.
 */
export async function makeDurable(
  { store, journal }: Pick<Agent, 'store' | 'journal'>,
  memory: Memory,
): Promise<void> {
  const { seq } = journal.cluster();
  if (memory.durableSeq >= seq) return;
  if (store.spool.durable) await store.files.syncDir(store.layout.log);
  memory.durableSeq = seq;
}
