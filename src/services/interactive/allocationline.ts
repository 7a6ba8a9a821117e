import { formatHostlist } from '../../model/hostlist.ts';
import type { NodeShare } from '../../model/job.ts';

/** What -v says of what a job has: scripts read the id there. */
export function allocationLine(job: {
  readonly id: number;
  readonly allocation?: readonly NodeShare[];
}): string {
  const shares = job.allocation ?? [];
  const counts: { readonly cpus: number; times: number }[] = [];
  for (const { cpus } of shares) {
    const last = counts.at(-1);
    if (last?.cpus === cpus) last.times += 1;
    else counts.push({ cpus, times: 1 });
  }
  const names = formatHostlist(shares.map(({ node }) => node));
  const cpus = counts.map((one) => `${one.cpus}(x${one.times})`).join(',');
  return `srun: jobid ${job.id}: nodes(${shares.length}):\`${names}', cpu counts: ${cpus}`;
}
