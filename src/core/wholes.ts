import { type Cluster, configOf } from '../model/cluster.ts';
import type { NodeConfig } from '../model/config.ts';
import { declaredGpus } from '../model/gpu.ts';
import type { NodeName } from '../model/ids.ts';
import type { Node, NodeGpu } from '../model/node.ts';
import { nodeNamesOf } from '../model/partition.ts';
import type { Wiring } from '../model/wiring.ts';

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
  readonly wiring: Wiring;
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
    const said = declared.get(name) ?? { name };
    const whole = node ? registered(node, order) : undeclaredYet(said, order);
    wholes.set(name, { ...whole, wiring: wiringOf(node, said) });
  }
  known.set(cluster.nodes, { config: cluster.config, wholes });
  return wholes;
}

/** What its daemon was told counts more than the file; who says the switch alone keeps the file's rack. */
function wiringOf(node: Node | undefined, said: NodeConfig): Wiring {
  const rack = node?.record.rack ?? said.rack;
  const own = node?.record.switch ?? said.switch;
  return { ...(rack !== undefined && { rack }), ...(own !== undefined && { switch: own }) };
}

/**
 * Where the CPUs were counted otherwise than the cores (mgpud --cpus), they are cores of their own.
 */
function registered({ record, admin }: Node, order: number): Omit<NodeWhole, 'wiring'> {
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
function undeclaredYet(declared: NodeConfig, order: number): Omit<NodeWhole, 'wiring'> {
  const { name, sockets = 1, coresPerSocket = 1, threadsPerCore = 1, memoryMb = 1, tmpMb = 0 } = declared;
  const cpus = declared.cpus ?? sockets * coresPerSocket * threadsPerCore;
  return {
    ...{ name, order, cpus, sockets, coresPerSocket, threadsPerCore, memoryMb, tmpMb },
    features: new Set(declared.features),
    weight: declared.weight ?? 1,
    gpus: declared.gpus === undefined ? [] : declaredGpus(declared.gpus),
  };
}
