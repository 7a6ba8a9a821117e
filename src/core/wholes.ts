import { type Cluster, configOf } from '../model/cluster.ts';
import type { NodeConfig } from '../model/config.ts';
import { declaredGpus } from '../model/gpu.ts';
import type { NodeName } from '../model/ids.ts';
import type { Node, NodeGpu } from '../model/node.ts';
import { nodeNamesOf } from '../model/partition.ts';

/** What a node has in all, and what it is known by. */
export interface NodeWhole {
  readonly name: NodeName;
  /** Its place among all nodes; jobs take nodes in this order. */
  readonly order: number;
  readonly cpus: number;
  readonly sockets: number;
  readonly coresPerSocket: number;
  readonly threadsPerCore: number;
  readonly memoryMb: number;
  readonly tmpMb: number;
  readonly features: ReadonlySet<string>;
  readonly weight: number;
  readonly gpus: readonly Pick<NodeGpu, 'index' | 'type'>[];
}

/** By name, in the order of the nodes. */
export type Wholes = ReadonlyMap<NodeName, NodeWhole>;

interface Known {
  readonly config: Cluster['config'];
  readonly wholes: Wholes;
}
const known = new WeakMap<Cluster['nodes'], Known>();

/** All nodes, those too that are declared and whose daemon was never there. */
export function wholesOf(cluster: Cluster): Wholes {
  const before = known.get(cluster.nodes);
  if (before !== undefined && before.config === cluster.config) return before.wholes;
  const declared = new Map(configOf(cluster).nodes.map((one) => [one.name, one]));
  const wholes = new Map<NodeName, NodeWhole>();
  for (const [order, name] of nodeNamesOf(cluster).entries()) {
    const node = cluster.nodes.get(name);
    wholes.set(name, node ? registered(node, order) : undeclaredYet(declared.get(name) ?? { name }, order));
  }
  known.set(cluster.nodes, { config: cluster.config, wholes });
  return wholes;
}

/**
 * Where the CPUs were counted otherwise than the cores (mgpud --cpus), they are cores of their own.
 */
function registered({ record, admin }: Node, order: number): NodeWhole {
  const { name, cpus, sockets, coresPerSocket, memoryMb, gpus } = record;
  const isCounted = cpus === sockets * coresPerSocket * record.threadsPerCore;
  const threadsPerCore = isCounted ? record.threadsPerCore : 1;
  return {
    ...{ name, order, cpus, sockets, coresPerSocket, threadsPerCore, memoryMb, gpus },
    tmpMb: record.tmpMb ?? 0,
    features: new Set(admin?.activeFeatures ?? admin?.features ?? record.features ?? []),
    weight: admin?.weight ?? record.weight ?? 1,
  };
}

/** What is not said, Slurm counts as one. */
function undeclaredYet(declared: NodeConfig, order: number): NodeWhole {
  const { name, sockets = 1, coresPerSocket = 1, threadsPerCore = 1, memoryMb = 1, tmpMb = 0 } = declared;
  const cpus = declared.cpus ?? sockets * coresPerSocket * threadsPerCore;
  return {
    ...{ name, order, cpus, sockets, coresPerSocket, threadsPerCore, memoryMb, tmpMb },
    features: new Set(declared.features),
    weight: declared.weight ?? 1,
    gpus: declared.gpus === undefined ? [] : declaredGpus(declared.gpus),
  };
}
