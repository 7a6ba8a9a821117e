import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lettersOf, timeLetter } from '../../../src/core/letters.ts';
import { reduceAll } from '../../../src/core/reduce.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { share } from '../builders.ts';
import {
  alice,
  allocated,
  cancelled,
  clusterOf,
  completed,
  jobIn,
  now,
  registered,
  released,
  submitted,
} from './world.ts';

const all = ['INVALID_DEPEND', 'BEGIN', 'END', 'FAIL', 'REQUEUE', 'STAGE_OUT'];

/** What mails, `to: subject`, one commit after the other leads to. */
function mails(spec: Partial<JobSpec>, ...commits: readonly (readonly ClusterEvent[])[]): readonly string[] {
  let state: Cluster = clusterOf(
    { name: 'formatRaised', time: now, format: 3 },
    registered('node1', { cpus: 64 }),
    submitted(1, spec),
  );
  return commits.flatMap((events) => {
    const letters = lettersOf(state, events);
    state = reduceAll(state, events);
    return letters.map(({ to, subject }) => `${to}: ${subject}`);
  });
}

const starts = allocated(1, [share('node1')]);
const failed = (code: number, signal = 0) =>
  released(1, 'node1', {
    report: { endState: 'FAILED', reason: 'NonZeroExitCode', exitCode: { code, signal } },
  });

describe('letters: subjects as captured of a Slurm 22.05.8', () => {
  it('a job that runs to its end', () => {
    assert.deepEqual(
      mails(
        { mailTypes: all, mailUser: 'al@x', name: 'm1' },
        [starts],
        [released(1, 'node1', { report: completed })],
      ),
      [
        'al@x: Slurm Job_id=1 Name=m1 Began, Queued time 00:00:01',
        'al@x: Slurm Job_id=1 Name=m1 Ended, Run time 00:00:08, COMPLETED, ExitCode 0',
      ],
    );
    assert.deepEqual(mails({}, [starts], [released(1, 'node1', { report: completed })]), []);
    assert.deepEqual(mails({ mailTypes: ['BEGIN'] }, [starts, released(1, 'node1', { report: completed })]), [
      'alice: Slurm Job_id=1 Name=wrap Began, Queued time 00:00:01',
    ]);
  });

  it('one that fails: FAIL hears of that alone, END of all ends', () => {
    const more = 'Run time 00:00:08, FAILED';
    assert.deepEqual(mails({ mailTypes: ['FAIL'] }, [starts], [failed(3)]), [
      `alice: Slurm Job_id=1 Name=wrap Failed, ${more}, ExitCode 3`,
    ]);
    assert.deepEqual(mails({ mailTypes: ['END'] }, [starts], [failed(3)]), [
      `alice: Slurm Job_id=1 Name=wrap Ended, ${more}, ExitCode 3`,
    ]);
    assert.deepEqual(mails({ mailTypes: ['FAIL'] }, [starts], [failed(0, 9)]), [
      `alice: Slurm Job_id=1 Name=wrap Failed, ${more}`,
    ]);
    const well = released(1, 'node1', { report: completed });
    assert.deepEqual(mails({ mailTypes: ['FAIL'] }, [starts], [well]), []);
  });

  it('one that is cancelled before it began, or waits for what never comes', () => {
    assert.deepEqual(mails({ mailTypes: ['END'] }, [cancelled(1)]), [
      'alice: Slurm Job_id=1 Name=wrap Ended, Run time 00:00:00, CANCELLED, ExitCode 0',
    ]);
    const never = { ...cancelled(1), endState: 'CANCELLED', reason: 'DependencyNeverSatisfied' } as const;
    assert.deepEqual(mails({ mailTypes: all }, [never]), [
      'alice: Slurm Job_id=1 Name=wrap Invalid dependency',
    ]);
  });

  it('one that is requeued, and one that comes to its limit', () => {
    const asked = {
      name: 'jobRequeueRequested',
      time: now + 4,
      id: 1,
      attempt: 1,
      by: alice,
      hold: false,
    } as const;
    assert.deepEqual(mails({ mailTypes: ['REQUEUE'] }, [starts], [asked], [released(1, 'node1')]), [
      'alice: Slurm Job_id=1 Name=wrap Requeued, Run time 00:00:03',
    ]);
    const end = { endState: 'TIMEOUT', reason: 'TimeLimit' } as const;
    const late = { name: 'jobEndRequested', time: now + 60, id: 1, attempt: 1, ...end } as const;
    assert.deepEqual(mails({ mailTypes: ['TIME_LIMIT'] }, [starts], [late]), [
      'alice: Slurm Job_id=1 Name=wrap Reached time limit',
    ]);
    const job = jobIn(
      clusterOf(registered('node1'), submitted(1, { mailTypes: ['TIME_LIMIT_90'] })),
      1,
      'PENDING',
    );
    assert.equal(timeLetter(job, 90)?.subject, 'Slurm Job_id=1 Name=wrap Reached 90% of time limit');
    assert.equal(timeLetter(job, 80), undefined);
  });
});

describe('letters: arrays', () => {
  const array = { tasks: [[1, 2]], throttle: 0 } as const;
  const first = allocated(2, [share('node1')], { array: { job: 1, task: 1 } });
  const second = allocated(1, [share('node1')], { array: { job: 1, task: 2 } });
  const over = (id: number) => released(id, 'node1', { report: completed });

  it('one mail when the first begins, and one when the last has ended', () => {
    assert.deepEqual(
      mails({ mailTypes: all, array, name: 'm3' }, [first], [second], [over(2)], [failed(3)]),
      [
        'alice: Slurm Array Summary Job_id=1_* (1) Name=m3 Began',
        'alice: Slurm Array Summary Job_id=1_* (1) Name=m3 Failed, Mixed, ExitCode [0-3]',
      ],
    );
    assert.deepEqual(mails({ mailTypes: ['END'], array }, [first, second, over(1), over(2)]), [
      'alice: Slurm Array Summary Job_id=1_* (1) Name=wrap Ended, COMPLETED, ExitCode [0-0]',
    ]);
  });

  it('ARRAY_TASKS: one for each task', () => {
    assert.deepEqual(mails({ mailTypes: ['ARRAY_TASKS', 'BEGIN'], array }, [first], [second]), [
      'alice: Slurm Array Task Job_id=1_1 (2) Name=wrap Began, Queued time 00:00:01',
      'alice: Slurm Array Task Job_id=1_2 (1) Name=wrap Began, Queued time 00:00:01',
    ]);
  });
});
