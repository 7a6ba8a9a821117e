import type { Cluster } from '../model/cluster.ts';

/**
 * What of two states differs first, in words; undefined when they are the same. The order of fields, and
 * fields that are undefined, do not count: one state may have been replayed and the other one read.
 */
export function stateDifference(one: Cluster, other: Cluster): string | undefined {
  for (const name of ['seq', 'format', 'segment', 'closed'] as const) {
    if (!isSame(one[name], other[name])) return name;
  }
  if (!isSame(one.config, other.config)) return 'the settings';
  for (const name of ['partitionStates', 'partitionConfigs', 'reservations', 'absentNodes'] as const) {
    if (!isSame(Object.fromEntries(one[name]), Object.fromEntries(other[name]))) return name;
  }
  if (!isSame([...one.partitionsDeleted].sort(), [...other.partitionsDeleted].sort())) {
    return 'the partitions that were taken away';
  }
  if (!isSame([...one.handled].sort(), [...other.handled].sort())) return 'the requests that were handled';
  const names = new Set([...one.nodes.keys(), ...other.nodes.keys()]);
  for (const name of names) {
    if (!isSame(one.nodes.get(name), other.nodes.get(name))) return `node ${name}`;
  }
  for (const [id, job] of one.jobs.entries()) if (!isSame(job, other.jobs.get(id))) return `job ${id}`;
  for (const [id] of other.jobs.entries()) if (!one.jobs.has(id)) return `job ${id}`;
  return undefined;
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const left = fieldsOf(one);
  const right = fieldsOf(other);
  return left.size === right.size && [...left].every(([key, value]) => isSame(value, right.get(key)));
}

function fieldsOf(value: object): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(value).filter(([, one]) => one !== undefined));
}
