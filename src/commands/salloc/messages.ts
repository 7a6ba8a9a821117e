import type { AllocationMessage } from '../../services/allocation.ts';
import { waitingText } from '../../services/waitingtext.ts';
import { submissionFailure } from '../../tables/options/parsers.ts';

/** Slurm's words for what happens to an allocation (captured: errors.salloc, env.salloc, and observed). */
export function allocationLines(message: AllocationMessage, id: number): readonly string[] {
  switch (message.what) {
    case 'waits': {
      const why = waitingText(message.reason);
      const lines = [
        `salloc: Pending job allocation ${id}`,
        `salloc: job ${id} queued and waiting for resources`,
      ];
      return why === undefined ? lines : [`salloc: ${why}`, ...lines];
    }
    case 'allocated':
      return [`salloc: job ${id} has been allocated resources`];
    case 'granted':
      return [`salloc: Granted job allocation ${id}`];
    case 'relinquishing':
      return [`salloc: Relinquishing job allocation ${id}`];
    case 'revoked':
      return [`salloc: Job allocation ${id} has been revoked.`];
    case 'overTime':
      return [`salloc: Job ${id} has exceeded its time limit and its allocation has been revoked.`];
    case 'cancelled':
      return ['salloc: Job has been cancelled'];
    case 'over':
      return submissionFailure('salloc', 'Job/step already completing or completed').failed.lines;
    case 'aborted':
      return ['salloc: Job aborted due to signal'];
    case 'busy':
      return ['salloc: error: Unable to allocate resources: Requested nodes are busy'];
    case 'late':
      return ['salloc: error: Unable to allocate resources: Connection timed out'];
    case 'notFound':
      return [`salloc: error: _fork_command: Unable to find command "${message.command}"`];
    default:
      return message satisfies never;
  }
}

/** True for what -Q does not keep quiet. */
export function isError({ what }: AllocationMessage): boolean {
  return what === 'busy' || what === 'late' || what === 'notFound' || what === 'over';
}
