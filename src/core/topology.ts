import type { Cluster } from '../model/cluster.ts';
import type { NodeName } from '../model/ids.ts';
import { leafOf, type WiringName } from '../model/wiring.ts';
import { wholesOf } from './wholes.ts';

/** A switch as Slurm's topology/tree has it; a rack with switches in it is one above them. */
export interface SwitchInfo {
  readonly name: WiringName;
  readonly level: 0 | 1;
  /** In the order of the nodes. */
  readonly nodes: readonly NodeName[];
  /** Those below it. */
  readonly switches: readonly WiringName[];
}

/** The switches that nodes are said to be behind, those next to the nodes first; none without labels. */
export function switchesOf(cluster: Cluster): readonly SwitchInfo[] {
  const leaves = new Map<WiringName, NodeName[]>();
  const racks = new Map<WiringName, { readonly nodes: NodeName[]; readonly switches: Set<WiringName> }>();
  for (const { name, wiring } of wholesOf(cluster).values()) {
    const leaf = leafOf(wiring);
    if (leaf === undefined) continue;
    leaves.set(leaf, [...(leaves.get(leaf) ?? []), name]);
    if (wiring.rack === undefined) continue;
    const rack = racks.get(wiring.rack) ?? { nodes: [], switches: new Set<WiringName>() };
    rack.nodes.push(name);
    rack.switches.add(leaf);
    racks.set(wiring.rack, rack);
  }
  const lowest = [...leaves].map(([name, nodes]): SwitchInfo => ({ name, level: 0, nodes, switches: [] }));
  const above = [...racks]
    // A rack that is itself what its nodes are behind stands there already.
    .filter(([name]) => !leaves.has(name))
    .map(([name, { nodes, switches }]): SwitchInfo => ({ name, level: 1, nodes, switches: [...switches] }));
  return [...lowest, ...above];
}
