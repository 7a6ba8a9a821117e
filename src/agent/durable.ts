import type { Agent } from './agent.ts';
import type { Memory } from './memory.ts';

/**
 * A claim that another daemon committed is acted on only when no crash of the file server can take it back.
 */
export async function makeDurable(agent: Agent, memory: Memory): Promise<void> {
  const { store, journal } = agent;
  const { seq } = journal.cluster();
  if (memory.durableSeq >= seq) return;
  if (store.spool.durable) await store.files.syncDir(store.layout.log);
  memory.durableSeq = seq;
}
