import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { why, whyLines } from '../../../../src/commands/mgpu/why.ts';
import type { Job } from '../../../../src/model/job.ts';
import type { WaitFact, WhyReport } from '../../../../src/services/why.ts';
import { completing, ended, fakeIo, now, pending, running, share } from '../../builders.ts';

const told = (job: Job, waiting?: WhyReport['waiting']): readonly string[] =>
  whyLines({ job, now, utcOffsetMinutes: 0, ...(waiting && { waiting }) });
const waits = (facts: readonly WaitFact[], given: Partial<NonNullable<WhyReport['waiting']>> = {}) => ({
  ...{ reason: 'Resources' as const, text: undefined, planned: undefined },
  facts,
  ...given,
});

describe('mgpu why', () => {
  it('a job that waits: the reason, what for, and when it can start', () => {
    const holder = { about: 'holder', job: '3', nodes: ['gpu01', 'gpu02'], until: now + 60 } as const;
    const planned = { time: now + 60, nodes: ['gpu01', 'gpu02'] };
    assert.deepEqual(told(pending(5), waits([{ about: 'before', job: '4' }, holder], { planned })), [
      'Job 5 (wrap) of alice waits: Resources',
      '  job 4 goes first',
      '  job 3 holds a part of gpu[01-02], until 2026-11-22T20:44:49 at the latest',
      '  it can start at 2026-11-22T20:44:49 on gpu[01-02]',
    ]);
  });

  it('a line for each thing that may be waited for', () => {
    const text = (fact: WaitFact): string | undefined => told(pending(5), waits([fact]))[1]?.trim();
    const partition = { about: 'partition', partition: 'debug', limit: 10, nodes: 2 } as const;
    const expected: readonly (readonly [WaitFact, RegExp])[] = [
      [{ about: 'hold', by: 'user' }, /^it is held: scontrol release/],
      [{ about: 'hold', by: 'admin' }, /^an administrator holds it$/],
      [
        { about: 'clause', clause: 'afterok:4(unfulfilled)', parents: ['4 is RUNNING'] },
        /afterok:4\(unfulfilled\): job 4 is RUNNING$/,
      ],
      [{ about: 'begin', time: now }, /before 2026-11-22T20:43:49$/],
      [{ about: 'deadline', time: now }, /deadline is 2026/],
      [{ ...partition, reason: 'PartitionTimeLimit' }, /debug takes jobs of up to 00:10:00$/],
      [{ ...partition, reason: 'PartitionNodeLimit' }, /debug has 2 nodes/],
      [{ ...partition, reason: 'PartitionDown' }, /starts no jobs \(PartitionDown\)/],
      [{ about: 'license', name: 'm', wanted: 2, free: 1 }, /wants 2 of license m, of which 1 are free/],
      [{ about: 'reservation', name: 'r', startTime: now }, /reservation r begins at 2026/],
      [{ about: 'reservation', name: 'r', startTime: undefined }, /r is not there any more/],
      [{ about: 'throttle', limit: 1, running: ['5_1'] }, /runs 1 at a time: 5_1/],
      [
        { about: 'away', node: 'gpu01', why: 'its daemon is lost' },
        /node gpu01 takes no jobs: its daemon is lost/,
      ],
      [{ about: 'holder', job: '3', nodes: ['a'], until: Number.POSITIVE_INFINITY }, /without a time limit$/],
    ];
    for (const [fact, line] of expected) assert.match(text(fact) ?? '', line);
    assert.match(told(pending(5), waits([]))[1] ?? '', /not known/);
  });

  it('one that starts now, runs, ends or has ended', () => {
    assert.match(told(pending(5), waits([], { reason: undefined }))[0] ?? '', /waits for nothing/);
    const allocation = [share('gpu01')];
    assert.match(
      told(running(5, { shares: allocation }))[0] ?? '',
      /is RUNNING: started at 2026.* on gpu01; it has no time limit$/,
    );
    assert.match(
      told(completing(5, { shares: allocation, endState: 'COMPLETED' }))[0] ?? '',
      /is ending as .*; gpu01 still hold/,
    );
    assert.match(
      told(ended(5, { shares: allocation, endState: 'COMPLETED' }))[0] ?? '',
      /has ended: COMPLETED at 2026.*exit code 0:0/,
    );
  });

  it('names are shown in visible form', () => {
    const io = fakeIo();
    why(
      { job: pending(5, { spec: { name: 'a\u001b[31m' } }), now, utcOffsetMinutes: 0, waiting: waits([]) },
      io,
    );
    assert.ok(!io.printed.out.includes('\u001b'));
  });
});
