import { type Cluster, configOf } from '../model/cluster.ts';
import type { JobSpec } from '../model/spec.ts';
import { activeJobs } from './free.ts';

/** How many of each license nobody has; less with each job that starts. */
export function licensesFree(cluster: Cluster): Map<string, number> {
  const left = new Map(Object.entries(configOf(cluster).licenses ?? {}));
  if (left.size > 0) for (const { spec } of activeJobs(cluster)) takeLicenses(left, spec);
  return left;
}

export function takeLicenses(left: Map<string, number>, { licenses = [] }: JobSpec): void {
  for (const { name, count } of licenses) left.set(name, (left.get(name) ?? 0) - count);
}

export function hasLicenses(left: ReadonlyMap<string, number>, { licenses = [] }: JobSpec): boolean {
  return licenses.every(({ name, count }) => (left.get(name) ?? 0) >= count);
}
