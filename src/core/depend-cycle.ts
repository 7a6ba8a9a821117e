import type { Cluster } from '../model/cluster.ts';
import type { Dependency } from '../model/dependency.ts';
import type { JobId } from '../model/ids.ts';
import { arrayMembers } from './members.ts';

/** True if the job would, over others, wait for itself. Costs what all clauses of waiting jobs come to. */
export function makesCycle(cluster: Cluster, id: JobId, dependency: Dependency): boolean {
  const seen = new Set<JobId>();
  const open = namedJobs(dependency);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    for (const member of [next, ...(arrayMembers(cluster).get(next)?.values() ?? [])]) {
      if (member === id) return true;
      const job = cluster.jobs.get(member);
      if (job?.state === 'PENDING' && job.spec.dependency) open.push(...namedJobs(job.spec.dependency));
    }
  }
  return false;
}

function namedJobs({ clauses }: Dependency): JobId[] {
  return clauses.flatMap(({ jobId }) => jobId ?? []);
}
