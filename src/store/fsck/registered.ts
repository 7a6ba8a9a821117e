import type { CheckpointFacts, EntryFacts } from '../../core/survey.ts';
import type { NodeRecord } from '../../model/node.ts';

/** A node that a daemon registered, as far as the log can be read. */
export interface Registered {
  readonly record: NodeRecord;
  /** True if its daemon said goodbye, and all that came after can be read: no other one has begun since. */
  readonly isStopped: boolean;
}

export interface RegisteredNodes {
  readonly nodes: ReadonlyMap<string, Registered>;
  /** False where daemons may have registered in what cannot be read. */
  readonly isWhole: boolean;
}

/**
 * The nodes of a log that need not be whole: all that any of its entries and checkpoints tell of. What cannot
 * be read may be the registration of any node.
 */
export function registeredNodes(
  checkpoints: ReadonlyMap<number, CheckpointFacts>,
  entries: ReadonlyMap<number, EntryFacts>,
): RegisteredNodes {
  const nodes = new Map<string, Registered>();
  const ascending = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);
  const whole = ascending(checkpoints.keys()).flatMap((seq) => {
    const found = checkpoints.get(seq);
    return found?.is === 'whole' ? [found.cluster] : [];
  });
  const newest = whole.at(-1);
  for (const { record, presence } of newest?.nodes.values() ?? [])
    nodes.set(record.name, { record, isStopped: presence === 'stopped' });
  let next = (newest?.seq ?? 0) + 1;
  let isWhole = true;
  // Whose life may have begun in what cannot be read.
  const unsure = new Set<string>();
  const last = Math.max(0, ...entries.keys(), ...checkpoints.keys());
  for (; next <= last; next += 1) {
    const entry = entries.get(next);
    if (entry?.is === 'whole') tell(nodes, unsure, entry);
    else {
      isWhole = false;
      for (const name of nodes.keys()) unsure.add(name);
      for (const [name, { record }] of nodes) nodes.set(name, { record, isStopped: false });
    }
  }
  return { nodes, isWhole };
}

function tell(
  nodes: Map<string, Registered>,
  unsure: Set<string>,
  { events }: Extract<EntryFacts, { is: 'whole' }>,
): void {
  for (const event of events) {
    if (event.name === 'nodeRegistered') {
      nodes.set(event.record.name, { record: event.record, isStopped: false });
      unsure.delete(event.record.name);
    }
    if (event.name !== 'nodePresence') continue;
    const known = nodes.get(event.node);
    // A daemon says goodbye only while the node is its own: another life has been registered in between.
    const isIts = known?.record.incarnation === event.incarnation || unsure.has(event.node);
    if (known !== undefined && isIts)
      nodes.set(event.node, { record: known.record, isStopped: event.presence === 'stopped' });
  }
}
