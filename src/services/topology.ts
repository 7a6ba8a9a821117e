import { type SwitchInfo, switchesOf } from '../core/topology.ts';
import type { ClusterView } from './view.ts';

/** The switches that nodes are said to be behind; none where nobody said so. */
export function topology({ cluster }: Pick<ClusterView, 'cluster'>): readonly SwitchInfo[] {
  return switchesOf(cluster);
}
