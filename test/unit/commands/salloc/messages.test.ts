import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocationLines, isError } from '../../../../src/commands/salloc/messages.ts';
import type { AllocationMessage } from '../../../../src/services/allocation.ts';

test('what happens is told in the words of Slurm (captured: errors.salloc, and observed)', () => {
  const queued = ['salloc: Pending job allocation 5', 'salloc: job 5 queued and waiting for resources'];
  const cases: readonly (readonly [AllocationMessage, readonly string[]])[] = [
    [{ what: 'waits', reason: 'Resources' }, queued],
    [
      { what: 'waits', reason: 'held' },
      ['salloc: Job is in held state, pending scheduler release', ...queued],
    ],
    [{ what: 'waits', reason: 'PartitionDown' }, ['salloc: Partition in DOWN state', ...queued]],
    [
      { what: 'waits', reason: 'PartitionNodeLimit' },
      ['salloc: Requested partition configuration not available now', ...queued],
    ],
    [{ what: 'allocated' }, ['salloc: job 5 has been allocated resources']],
    [{ what: 'granted' }, ['salloc: Granted job allocation 5']],
    [{ what: 'relinquishing' }, ['salloc: Relinquishing job allocation 5']],
    [{ what: 'revoked' }, ['salloc: Job allocation 5 has been revoked.']],
    [{ what: 'cancelled' }, ['salloc: Job has been cancelled']],
    [
      { what: 'over' },
      ['salloc: error: Job submit/allocate failed: Job/step already completing or completed'],
    ],
    [{ what: 'aborted' }, ['salloc: Job aborted due to signal']],
    [{ what: 'busy' }, ['salloc: error: Unable to allocate resources: Requested nodes are busy']],
    [{ what: 'late' }, ['salloc: error: Unable to allocate resources: Connection timed out']],
    [
      { what: 'notFound', command: 'nosuch' },
      ['salloc: error: _fork_command: Unable to find command "nosuch"'],
    ],
  ];
  for (const [message, lines] of cases) {
    assert.deepEqual(allocationLines(message, 5), lines);
    assert.equal(
      isError(message),
      lines.some((line) => line.includes('error:')),
      message.what,
    );
  }
});
