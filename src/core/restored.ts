import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent, EndReport } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import { activeJobs } from './free.ts';

const nodeFail: EndReport = {
  endState: 'NODE_FAIL',
  reason: 'NodeDown',
  exitCode: { code: 0, signal: 0 },
};

/**
 * What a restored cluster begins with. What ran when the backup was made may run on under the cluster that it
 * was made of, or have ended there: nobody can know, so it is never run here; it counts as ended with its
 * node. No daemon serves a node yet, and no srun waits for an interactive job.
 */
export function restoredEvents(cluster: Cluster, time: Seconds): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  for (const { record, presence, remnants = [] } of cluster.nodes.values()) {
    const { name: node, incarnation } = record;
    if (presence !== 'stopped')
      events.push({ name: 'nodePresence', time, node, incarnation, presence: 'stopped' });
    for (const { id, attempt } of remnants) events.push({ name: 'nodeReleased', time, id, attempt, node });
  }
  for (const { id, attempt, holders } of activeJobs(cluster)) {
    for (const node of holders)
      events.push({ name: 'nodeReleased', time, id, attempt, node, report: nodeFail });
  }
  for (const { id, state, spec } of cluster.jobs.values()) {
    if (state === 'PENDING' && spec.kind === 'interactive')
      events.push({ name: 'jobCancelled', time, id, by: spec.uid });
  }
  return events;
}
