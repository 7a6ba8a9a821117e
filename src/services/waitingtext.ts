import type { Reason } from '../model/states.ts';

/** What Slurm says first of a job that cannot start as things are. */
export function waitingText(reason: Reason | 'held' | undefined): string | undefined {
  switch (reason) {
    case 'held':
      return 'Job is in held state, pending scheduler release';
    case 'PartitionDown':
      return 'Partition in DOWN state';
    case 'PartitionConfig':
    case 'PartitionNodeLimit':
    case 'PartitionTimeLimit':
      return 'Requested partition configuration not available now';
    default:
      return undefined;
  }
}
