import { partitionsOf } from '../../model/partition.ts';
import { slurmVersion } from '../../model/version.ts';
import type { ClusterView } from '../../services/view.ts';
import { type NodesView, usedNodes } from '../../tables/fields/nodestate.ts';
import { lastBusyTimes } from '../../tables/fields/nodetres.ts';
import { sinfoJsonFields } from '../../tables/fields/sinfo-json.ts';
import { dumpOf, dumpText, jsonOf } from '../../tables/json.ts';
import { groupNodes, type NodeFilter } from './groups.ts';

/** The nodes that a filter lets through, each once, with all that is known of them. */
export function nodeDump(view: ClusterView & NodesView, filter: NodeFilter, form: 'json' | 'yaml'): string {
  const { cluster } = view;
  const groups = groupNodes(view, { filter, fields: [], isByNode: true });
  const names = new Set(groups.flatMap(({ nodes }) => nodes.map(({ node }) => node.record.name)));
  const used = usedNodes(view);
  const lastBusy = lastBusyTimes(cluster);
  const partitions = partitionsOf(cluster);
  const items = [...names].flatMap((name) => {
    const node = used.get(name);
    if (node === undefined) return [];
    const own = partitions.filter(({ nodes }) => nodes.includes(name)).map((partition) => partition.name);
    return [jsonOf(sinfoJsonFields, { used: node, partitions: own, lastBusy: lastBusy.get(name) ?? 0 })];
  });
  return dumpText(dumpOf('nodes', items, slurmVersion), form);
}
