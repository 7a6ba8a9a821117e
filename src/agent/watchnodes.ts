import { isMgpuError } from '../base/error.ts';
import type { Logger } from '../ports/logger.ts';
import { readHeartbeat } from '../store/nodes.ts';
import type { Agent } from './agent.ts';
import { timeoutOf } from './lease.ts';

/** What this daemon has seen of another's heartbeat: the last content, and since when by its own clock. */
interface Sighting {
  readonly incarnation: string;
  readonly beat: string | undefined;
  readonly sinceMs: number;
}

/** What it takes of a daemon to look at other nodes. */
type Observer = Pick<Agent, 'store' | 'journal' | 'node' | 'settings'> & {
  readonly logger: Pick<Logger, 'warn'>;
};

export type Sightings = Map<string, Sighting>;

/**
 * The nodes whose heartbeat has not changed for the node timeout. Only change counts, on this machine's
 * monotonic clock: no two clocks are compared.
 */
export async function findLostNodes(
  agent: Observer,
  sightings: Sightings,
): Promise<readonly { readonly node: string; readonly incarnation: string }[]> {
  const now = agent.store.clock.monotonicMs();
  const lost: { node: string; incarnation: string }[] = [];
  for (const { record, presence } of agent.journal.cluster().nodes.values()) {
    if (record.name === agent.node.name || presence !== 'up') continue;
    const { incarnation } = record;
    const beat = await heartbeatOf(agent, record.name);
    if (beat === hidden) {
      sightings.delete(record.name);
      continue;
    }
    const seen = sightings.get(record.name);
    if (seen === undefined || seen.beat !== beat || seen.incarnation !== incarnation) {
      sightings.set(record.name, { incarnation, beat, sinceMs: now });
    } else if (now - seen.sinceMs >= timeoutOf(agent.settings, record.leaseSeconds) * 1000) {
      lost.push({ node: record.name, incarnation });
    }
  }
  return lost;
}

/** In place of a heartbeat that this daemon may not read: it says nothing of its node. */
const hidden = Symbol('hidden');

async function heartbeatOf(agent: Observer, node: string): Promise<string | undefined | typeof hidden> {
  try {
    return await readHeartbeat(agent.store, node);
  } catch (error) {
    if (!isMgpuError(error, 'EACCES')) throw error;
    agent.logger.warn(`whether ${node} is up cannot be told: ${error.message}`, { node });
    return hidden;
  }
}
