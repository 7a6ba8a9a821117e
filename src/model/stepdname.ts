import type { NodeRecord } from './node.ts';

/**
 * What slurmstepd calls itself before what it says into a job's output: with the node's name where that is
 * not the host's, as with several slurmd on one host (captures 'scancel behaviour').
 */
export function stepdName({ name, hostName }: Pick<NodeRecord, 'name' | 'hostName'>): string {
  const [short] = hostName.split('.');
  return name === short || name === hostName ? 'slurmstepd' : `slurmstepd-${name}`;
}
