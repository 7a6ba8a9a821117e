import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import type { Remnant } from '../model/node.ts';
import type { Agent } from './agent.ts';
import type { Memory } from './memory.ts';
import { markOf, runKey } from './run.ts';
import { signalAll } from './signals.ts';

const killSignal = 9;

/**
 * Ends what is left here of attempts that are over for the cluster: other nodes may run these jobs by now, so
 * there is no grace. What is gone is noted, to be said in the next commit.
 */
export async function endRemnants(agent: Agent, memory: Memory): Promise<void> {
  const remnants = remnantsHere(agent, agent.journal.cluster());
  if (remnants.length === 0) {
    memory.goneRemnants.clear();
    return;
  }
  const marks = remnants.map(({ id, attempt }) => ({ mark: markOf(agent, id, attempt) }));
  const members = await agent.processes.members(marks);
  for (const { id, attempt } of remnants) {
    const left = members.get(markOf(agent, id, attempt)) ?? [];
    if (left.length === 0) memory.goneRemnants.add(runKey(id, attempt));
    else {
      agent.logger.warn('ending what was given to another node', {
        jobId: id,
        attempt,
        processes: left.length,
      });
      await signalAll(agent, left, [killSignal]);
    }
  }
}

/** Says what the node has given back of such attempts. */
export function remnantEvents(
  agent: Agent,
  memory: Memory,
  cluster: Cluster,
  time: Seconds,
): readonly ClusterEvent[] {
  return remnantsHere(agent, cluster)
    .filter(({ id, attempt }) => memory.goneRemnants.has(runKey(id, attempt)))
    .map(({ id, attempt }) => ({ name: 'nodeReleased', time, id, attempt, node: agent.node.name }));
}

function remnantsHere(agent: Agent, cluster: Cluster): readonly Remnant[] {
  return cluster.nodes.get(agent.node.name)?.remnants ?? [];
}
