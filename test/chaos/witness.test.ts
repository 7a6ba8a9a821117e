import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stepScript, witnessScript } from './scripts.ts';
import { type Accounted, type Asked, judge, parseSaid, type Said } from './witness.ts';

const asked: Asked = { acknowledged: [{ id: 1, tasks: 1 }], cancelled: new Set() };

function completed(id: number, more: Partial<Accounted> = {}): Accounted {
  return { id, state: 'COMPLETED', attempt: 1, node: 'a', gpus: [0], tasks: 1, ...more };
}

/** What a run says that is there from the one time to the other. */
function run(job: number, from: number, to: number, more: Partial<Said> = {}): readonly Said[] {
  const base = { job, attempt: 1, node: 'a', gpus: [0], ...more };
  return [
    { ...base, what: 'start', atSeconds: from },
    { ...base, what: 'end', atSeconds: to },
  ];
}

const nothing = { lost: [], duplicates: [], doubleOwners: [], disagreements: [], endsUnheard: 0 };

describe('the judge of a chaos run', () => {
  it('finds nothing where there is nothing', () => {
    assert.deepEqual(judge(run(1, 1, 2), [completed(1)], asked), nothing);
    const again = [...run(1, 1, 2).slice(0, 1), ...run(1, 3, 4, { attempt: 2 })];
    assert.deepEqual(judge(again, [completed(1, { attempt: 2 })], asked), nothing);
  });

  it('finds an acknowledged job, or a task, that is accounted for nowhere', () => {
    assert.deepEqual(judge([], [], asked).lost, ['job 1: 0 of 1 are accounted for']);
    const array: Asked = { acknowledged: [{ id: 1, tasks: 3 }], cancelled: new Set([1]) };
    const rest = completed(1, { state: 'CANCELLED', attempt: 0, tasks: 2 });
    const task = completed(2, { arrayJob: 1 });
    assert.deepEqual(judge(run(2, 1, 2), [rest, task], array), nothing);
    assert.deepEqual(judge(run(2, 1, 2), [task], array).lost, ['job 1: 1 of 3 are accounted for']);
  });

  it('finds an attempt that started twice, and two attempts of one job at a time', () => {
    const twice = judge([...run(1, 1, 2), ...run(1, 3, 4)], [completed(1)], asked);
    assert.deepEqual(twice.duplicates, ['job 1, attempt 1: it started 2 times and came to its end 2 times']);
    const overlapping = [...run(1, 1, 5), ...run(1, 4, 6, { attempt: 2, node: 'b' })];
    const both = judge(overlapping, [completed(1, { attempt: 2, node: 'b' })], asked);
    assert.deepEqual(both.duplicates, [
      'job 1: job 1, attempt 2 began at 4, job 1, attempt 1 was there until 5',
    ]);
    assert.equal(both.endsUnheard, 1);
  });

  it('finds two owners of a GPU, also behind a shorter one in between', () => {
    const ids = { acknowledged: [1, 2, 3].map((id) => ({ id, tasks: 1 })), cancelled: new Set<number>() };
    const said = [...run(1, 1, 10, { gpus: [0, 1] }), ...run(2, 2, 3, { gpus: [2] }), ...run(3, 9, 11)];
    const jobs = [completed(1, { gpus: [0, 1] }), completed(2, { gpus: [2] }), completed(3)];
    assert.deepEqual(judge(said, jobs, ids), {
      ...nothing,
      doubleOwners: ['GPU 0 of a: job 3, attempt 1 began at 9, job 1, attempt 1 was there until 10'],
    });
    const elsewhere = [...run(1, 1, 10), ...run(2, 2, 3, { node: 'b' }), ...run(3, 10, 11)];
    assert.deepEqual(
      judge(elsewhere, [completed(1), completed(2, { node: 'b' }), completed(3)], ids),
      nothing,
    );
  });

  it('finds where the accounts are not what happened', () => {
    const told = (jobs: readonly Accounted[], said = run(1, 1, 2)): readonly string[] =>
      judge(said, jobs, asked).disagreements;
    assert.deepEqual(told([]), ['job 1, attempt 1: it ran, and nothing accounts for it']);
    assert.deepEqual(told([completed(1, { attempt: 0, state: 'CANCELLED' })]), [
      'job 1, attempt 1: it ran, and only 0 are accounted for',
      'job 1: it ended CANCELLED, and nobody wanted that',
    ]);
    assert.deepEqual(told([completed(1, { state: 'FAILED' })]), [
      'job 1: it ended FAILED, and nobody wanted that',
    ]);
    const unfinished = 'job 1: it is COMPLETED, and did not come to its end';
    assert.deepEqual(told([completed(1)], run(1, 1, 2).slice(0, 1)), [unfinished]);
    assert.deepEqual(told([completed(1)], []), [unfinished]);
    assert.deepEqual(told([completed(1, { gpus: [1] })]), ['job 1: it ran on a 0, accounted for is a 1']);
  });

  it('finds steps that started twice, and those that nothing accounts for', () => {
    const stepSays = (what: Said['what'], step: number, atSeconds: number): Said => ({
      ...{ what, job: 1, attempt: 1, node: 'a', gpus: [0], atSeconds, step },
    });
    const [start, end] = run(1, 1, 9) as [Said, Said];
    const one = [start, stepSays('step', 0, 2), stepSays('done', 0, 3), end];
    const withSteps = (...steps: Accounted['steps'] & object): readonly Accounted[] => [
      completed(1, { steps }),
    ];
    assert.deepEqual(judge(one, withSteps({ step: 0, state: 'COMPLETED' }), asked), nothing);
    assert.deepEqual(judge(one, withSteps(), asked).disagreements, [
      'job 1: its step 0 ran, and nothing accounts for it',
    ]);
    // Older ones are not kept.
    assert.deepEqual(judge(one, [completed(1)], asked), nothing);
    assert.deepEqual(judge([start, end], withSteps({ step: 0, state: 'COMPLETED' }), asked).disagreements, [
      'job 1: its step 0 is COMPLETED, and did not come to its end',
    ]);
    const twice = [...one, stepSays('step', 0, 5)];
    assert.deepEqual(judge(twice, withSteps({ step: 0, state: 'FAILED' }), asked).duplicates, [
      'job 1, attempt 1 on a, step 0: it started 2 times and ended 1 times',
    ]);
    // What a step holds counts until its last word.
    const late = [...run(1, 1, 2), stepSays('alive', 0, 7), ...run(2, 5, 6)];
    const two = { acknowledged: [], cancelled: new Set<number>() };
    assert.equal(judge(late, [completed(1), completed(2)], two).doubleOwners.length, 1);
  });

  it('sees a step on each of its nodes', () => {
    const says = (node: string, what: Said['what'], atSeconds: number, gpu = 0): Said => ({
      ...{ what, job: 1, attempt: 1, node, gpus: [gpu], atSeconds, step: 0 },
    });
    const both = [
      says('a', 'step', 1),
      says('b', 'step', 1, 2),
      says('a', 'done', 2),
      says('b', 'done', 3, 2),
    ];
    const steps = [{ step: 0, state: 'COMPLETED' }];
    const job = completed(1, { kind: 'allocation', others: [{ node: 'b', gpus: [2] }], steps });
    assert.deepEqual(judge(both, [job], asked), nothing);
    assert.deepEqual(judge(both.slice(0, 3), [job], asked).disagreements, [
      'job 1: its step 0 is COMPLETED, and did not come to its end',
    ]);
    assert.deepEqual(judge(both, [completed(1, { kind: 'allocation', steps })], asked).disagreements, [
      'job 1: it ran on b 2, accounted for is a 0',
    ]);
    const twice = judge([...both, says('b', 'step', 4, 2)], [job], asked);
    assert.deepEqual(twice.duplicates, [
      'job 1, attempt 1 on b, step 0: it started 2 times and ended 1 times',
    ]);
    const other = run(2, 2, 4, { node: 'b', gpus: [2] });
    const jobs = [job, completed(2, { node: 'b', gpus: [2] })];
    assert.equal(judge([...both, ...other], jobs, { ...asked, acknowledged: [] }).doubleOwners.length, 1);
  });

  it('lets an allocation end as its salloc did, and a job of srun fail that did not come to its end', () => {
    const says: Said = { what: 'step', job: 1, attempt: 1, node: 'a', gpus: [0], atSeconds: 2, step: 0 };
    const row = { step: 0, state: 'CANCELLED' };
    const killed = completed(1, { kind: 'allocation', state: 'FAILED', steps: [row] });
    assert.deepEqual(judge([says], [killed], asked), nothing);
    const failed = completed(1, { kind: 'interactive', state: 'FAILED' });
    assert.deepEqual(judge(run(1, 1, 2).slice(0, 1), [failed], asked), nothing);
    assert.equal(judge(run(1, 1, 2), [failed], asked).disagreements.length, 1);
  });
});

describe('a witness', () => {
  it('says lines that are read', () => {
    const expected = { what: 'alive', job: 12, attempt: 3, node: 'node1', gpus: [0, 2], atSeconds: 77.5 };
    assert.deepEqual(parseSaid('alive 12 3 node1 0,2 77.5'), expected);
    for (const line of ['', 'start 1 1 n 0', 'gone 1 1 n 0 1', 'start 1 1 n 0 1start 1 1 n 0 1'])
      assert.throws(() => parseSaid(line), /a line that is none/, line);
    const step = { ...expected, what: 'done', step: 4 };
    assert.deepEqual(parseSaid('done 12 3 node1 0,2 77.5 4'), step);
    for (const line of ['step 12 3 node1 0 7', 'start 12 3 node1 0 7 4'])
      assert.throws(() => parseSaid(line), /a line that is none/, line);
    assert.match(witnessScript('/w', { srun: '/s', script: '/t' }), />> "\/w"/);
    assert.match(stepScript('/w'), />> "\/w"/);
  });
});
