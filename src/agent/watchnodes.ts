import { readHeartbeat } from '../store/nodes.ts';
import type { Agent } from './agent.ts';
import { timeoutOf } from './lease.ts';

/** What this daemon has seen of another's heartbeat: the last content, and since when by its own clock. */
interface Sighting {
  readonly incarnation: string;
  readonly beat: string | undefined;
  readonly sinceMs: number;
}

export type Sightings = Map<string, Sighting>;

/**
 * The nodes whose heartbeat has not changed for the node timeout. Only change counts, on this machine's
 * monotonic clock: no two clocks are compared.
 */
export async function findLostNodes(
  agent: Agent,
  sightings: Sightings,
): Promise<readonly { readonly node: string; readonly incarnation: string }[]> {
  const now = agent.store.clock.monotonicMs();
  const lost: { node: string; incarnation: string }[] = [];
  for (const { record, presence } of agent.journal.cluster().nodes.values()) {
    if (record.name === agent.node.name || presence !== 'up') continue;
    const beat = await readHeartbeat(agent.store, record.name);
    const { incarnation } = record;
    const seen = sightings.get(record.name);
    if (seen === undefined || seen.beat !== beat || seen.incarnation !== incarnation) {
      sightings.set(record.name, { incarnation, beat, sinceMs: now });
    } else if (now - seen.sinceMs >= timeoutOf(agent.settings, record.leaseSeconds) * 1000) {
      lost.push({ node: record.name, incarnation });
    }
  }
  return lost;
}
