import { MgpuError } from '../base/error.ts';
import { activeJobsOn } from '../core/free.ts';
import type { Cluster } from '../model/cluster.ts';
import type { NodeRecord } from '../model/node.ts';
import { readHeartbeat, writeInventory } from '../store/nodes.ts';
import { isHidden, removeLoose } from '../store/remove.ts';
import type { Agent } from './agent.ts';
import { findGpuTroubles } from './gpuwatch.ts';
import type { Memory } from './memory.ts';
import { observe } from './observe.ts';
import { runKey } from './run.ts';

/** How often an other machine's heartbeat is looked at before its name is taken. */
const lookMs = 500;

/**
 * Makes the node this daemon's. The GPUs' troubles come with the registration: nobody may claim a busy GPU in
 * between; what runs here already is looked for first, for its processes are no strangers.
 * Throws `NODE_TAKEN` or `GPU_TAKEN` when another daemon that lives has the name, or one of the devices.
 */
export async function register(agent: Agent, memory: Memory): Promise<void> {
  const { journal, node, store } = agent;
  await refuseLivingNamesake(agent);
  await writeInventory(store, node);
  await observe(agent, memory.runs);
  if (agent.gpuProbe) memory.gpuTroubles = await findGpuTroubles(agent, agent.gpuProbe, memory);
  const troubles = memory.gpuTroubles ?? [];
  await journal.commit((cluster) => {
    if (cluster.nodes.get(node.name)?.record.incarnation === node.incarnation) return [];
    refuseSharedGpus(cluster, node);
    const time = store.clock.now();
    return [
      { name: 'nodeRegistered', time, record: node },
      { name: 'gpuTroubles', time, node: node.name, troubles },
    ];
  });
  agent.logger.info('registered', { node: node.name, cpus: node.cpus, gpus: node.gpus.length });
}

/**
 * A node of this name that was booted otherwise is this machine before its reboot, or another machine: only
 * the other machine's heartbeat goes on. On one machine the daemon's folder keeps a second one away.
 */
async function refuseLivingNamesake(agent: Agent): Promise<void> {
  const { journal, node, store, settings } = agent;
  const other = journal.cluster().nodes.get(node.name);
  if (other?.presence !== 'up' || other.record.bootId === node.bootId) return;
  agent.logger.warn('a node of this name is registered; looking whether it lives', { node: node.name });
  const first = await readHeartbeat(store, node.name);
  const end = store.clock.monotonicMs() + settings.heartbeatSeconds * 1500;
  while (store.clock.monotonicMs() < end) {
    await store.clock.sleep(lookMs);
    if ((await readHeartbeat(store, node.name)) === first) continue;
    throw new MgpuError(
      'NODE_TAKEN',
      `node ${node.name} is served by another machine: ${other.record.hostName}`,
      {
        hint: 'give this one another name with --node-name',
      },
    );
  }
}

/** Two nodes of one machine may not both give out the same device. */
function refuseSharedGpus(cluster: Cluster, node: NodeRecord): void {
  const own = new Set(node.gpus.flatMap((gpu) => gpu.uuid ?? []));
  for (const { record, presence } of cluster.nodes.values()) {
    if (record.name === node.name || presence !== 'up' || record.bootId !== node.bootId) continue;
    const shared = record.gpus.find((gpu) => gpu.uuid !== undefined && own.has(gpu.uuid));
    if (shared === undefined) continue;
    throw new MgpuError(
      'GPU_TAKEN',
      `GPU ${shared.uuid} is given out by node ${record.name} of this machine`,
      {
        hint: 'serve it under one name only, or declare other GPUs with --gpus',
      },
    );
  }
}

/** Removes what is left on this machine of runs that were over when an earlier daemon died. */
export async function sweepRuns(agent: Agent): Promise<void> {
  const folder = `${agent.localDir}/runs`;
  const here = activeJobsOn(agent.journal.cluster(), agent.node.name);
  const kept = new Set(here.map((job) => runKey(job.id, job.attempt)));
  for (const name of (await agent.store.files.list(folder)) ?? []) {
    if (isHidden(name) || kept.has(name.replace(/\.ended$/, ''))) continue;
    await removeLoose(agent.store.files, `${folder}/${name}`);
  }
}
