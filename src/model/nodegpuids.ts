import { type Infer, int, list, object } from '../base/schema.ts';
import { parseHostlist } from './hostlist.ts';
import { isNodeName, nodeNameSchema } from './ids.ts';
import { formatIndexList, parseIndexList } from './indexlist.ts';
import { limits } from './limits.ts';

/** Exactly these GPUs of a node. */
const nodeGpusSchema = object({
  node: nodeNameSchema,
  gpus: list(int(0, limits.gpusPerNode - 1), limits.gpusPerNode),
});

/** Which GPUs of which node a job is to have (--node-gpu-ids); each node once. */
export const nodeGpuIdsSchema = list(nodeGpusSchema, limits.nodesPerJob);
export type NodeGpuIds = Infer<typeof nodeGpuIdsSchema>;

/**
 * The value of --node-gpu-ids: `node001:0,1;node002:4-7`; the nodes of a list such as `node[001-002]` each
 * have these indices. Undefined for what is none, or names a node twice.
 */
export function parseNodeGpuIds(text: string): NodeGpuIds | undefined {
  if (text.length > limits.textLength) return undefined;
  const found = new Map<string, NodeGpuIds[number]>();
  for (const part of text.split(';')) {
    const [, names = '', indices = ''] = /^(.+):([^:]+)$/.exec(part.trim()) ?? [];
    const nodes = parseHostlist(names);
    const gpus = parseIndexList(indices, { indexMax: limits.gpusPerNode - 1 });
    if (nodes === undefined || nodes.length === 0 || gpus === undefined) return undefined;
    for (const node of nodes) {
      if (!isNodeName(node) || found.has(node) || found.size >= limits.nodesPerJob) return undefined;
      found.set(node, { node, gpus });
    }
  }
  return [...found.values()];
}

/** As `parseNodeGpuIds` reads it: `node001:0-1;node002:4-7`. */
export function formatNodeGpuIds(ids: NodeGpuIds): string {
  return ids.map(({ node, gpus }) => `${node}:${formatIndexList(gpus)}`).join(';');
}
