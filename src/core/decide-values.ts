import { type Cluster, configOf } from '../model/cluster.ts';
import { featuresOf, parseConstraint } from '../model/constraint.ts';
import type { Job } from '../model/job.ts';
import { partitionsOf } from '../model/partition.ts';
import type { JobChange } from '../model/request.ts';
import type { JobSpec } from '../model/spec.ts';
import { makesCycle } from './depend.ts';
import type { JobRefusal } from './refusal.ts';

interface Wanted {
  readonly job: Job;
  readonly change: JobChange;
  /** What the job would ask for. */
  readonly spec: JobSpec;
}

/** Why the values of a change may not be; undefined where they may. */
export function refusalOfValues(cluster: Cluster, wanted: Wanted, isAdmin: boolean): JobRefusal | undefined {
  return (
    refusalOfNames(cluster, wanted) ?? refusalOfTimes(wanted, isAdmin) ?? refusalOfDependency(cluster, wanted)
  );
}

/** What is named has to be there. A cluster that nothing is known of yet refuses no name of a node. */
function refusalOfNames(cluster: Cluster, { change }: Wanted): JobRefusal | undefined {
  const { partition, nodelist = [], exclude = [], constraint, licenses = [], reservation } = change.set ?? {};
  const partitions = new Set(partitionsOf(cluster).map(({ name }) => name));
  if (partition?.split(',').some((name) => !partitions.has(name))) return 'partition';
  const config = configOf(cluster);
  const nodes = new Set([...cluster.nodes.keys(), ...config.nodes.map(({ name }) => name)]);
  if (nodes.size > 0 && [...nodelist, ...exclude].some((name) => !nodes.has(name))) return 'node';
  if (constraint !== undefined && !hasFeatures(cluster, constraint)) return 'feature';
  if (licenses.some(({ name }) => config.licenses?.[name] === undefined)) return 'license';
  return reservation !== undefined && !cluster.reservations.has(reservation) ? 'reservation' : undefined;
}

function hasFeatures(cluster: Cluster, text: string): boolean {
  const constraint = parseConstraint(text);
  if (constraint === undefined) return false;
  const known = new Set([
    ...[...cluster.nodes.values()].flatMap(({ record }) => record.features ?? []),
    ...configOf(cluster).nodes.flatMap(({ features }) => features ?? []),
  ]);
  return featuresOf(constraint).every((name) => known.has(name));
}

function refusalOfTimes({ job, change, spec }: Wanted, isAdmin: boolean): JobRefusal | undefined {
  const { timeLimit, nice = 0 } = change.set ?? {};
  const minutes = (limit: JobSpec['timeLimit'] | undefined): number =>
    limit === 'UNLIMITED' ? Number.POSITIVE_INFINITY : (limit ?? 0);
  if (nice < 0 && !isAdmin) return 'denied';
  const isRaised = timeLimit !== undefined && minutes(timeLimit) > minutes(job.spec.timeLimit);
  if (isRaised && !isAdmin && job.state !== 'PENDING') return 'denied';
  return minutes(spec.timeMin) > minutes(spec.timeLimit) ? 'time min' : undefined;
}

function refusalOfDependency(cluster: Cluster, { job, change }: Wanted): JobRefusal | undefined {
  const dependency = change.set?.dependency;
  if (dependency === undefined) return undefined;
  if (dependency.clauses.some(({ jobId }) => jobId === job.id)) return 'dependency';
  return makesCycle(cluster, job.id, dependency) ? 'circular dependency' : undefined;
}
