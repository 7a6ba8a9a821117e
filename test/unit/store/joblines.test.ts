import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Job } from '../../../src/model/job.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { isJobLine, jobLineReader, jobLines } from '../../../src/store/joblines.ts';
import { pending } from '../builders.ts';

/** As from a file: what was written, read again. */
function readBack(lines: readonly object[]): readonly Job[] {
  const jobs: Job[] = [];
  const reader = jobLineReader(jobs);
  lines.forEach((line, index) => {
    reader.line(JSON.parse(JSON.stringify(line)), `line ${index + 1}`);
  });
  return jobs;
}

function specOfLine(line: object | undefined): unknown {
  return (line as { job: { spec?: unknown } }).job.spec;
}

const someSpec: fc.Arbitrary<Partial<JobSpec>> = fc.record(
  {
    uid: fc.constantFrom(2001, 2002),
    command: fc.constantFrom('/a.sh', '/b.sh'),
    name: fc.constantFrom('train', 'test', 'null'),
    timeLimit: fc.integer({ min: 1, max: 3 }),
    nodes: fc.constantFrom({ min: 1, max: 1 }, { min: 2, max: 2 }),
    nodelist: fc.constantFrom(['a'], ['a', 'b']),
    comment: fc.string(),
    nice: fc.integer({ min: -5, max: 5 }),
    hold: fc.boolean(),
    output: fc.constant('/out'),
    error: fc.constant('/err'),
    memoryPerCpuMb: fc.nat(9),
    requeue: fc.boolean(),
  },
  { requiredKeys: ['uid'] },
);

describe('lines of jobs', () => {
  it('give back the jobs, whatever they have in common', () => {
    fc.assert(
      fc.property(fc.array(someSpec, { maxLength: 30 }), fc.boolean(), (specs, mayBeLike) => {
        const jobs = specs.map((spec, index) => pending(index + 1, { spec }));
        const lines = jobLines(jobs, mayBeLike);
        assert.ok(lines.every(isJobLine));
        assert.deepEqual(readBack(lines), jobs);
        if (!mayBeLike) assert.ok(lines.every((line) => !('specLike' in line)));
      }),
    );
  });

  it('a job like one above has what differs, and null for what it lacks', () => {
    const jobs = [
      pending(1, { spec: { name: 'a', comment: 'first' } }),
      pending(2, { spec: { name: 'b', comment: 'first', nice: 5 } }),
      pending(3, { spec: { name: 'a' } }),
    ];
    const [, second, third] = jobLines(jobs, true);
    assert.deepEqual([second, third].map(specOfLine), [{ name: 'b', nice: 5 }, { comment: null }]);
    assert.deepEqual(readBack(jobLines(jobs, true)), jobs);
  });

  it('a job of the same command is looked for first', () => {
    const spec = { workDir: '/w', submitHost: 'x', account: 'y', group: 'z' };
    const jobs = [
      pending(1, { spec: { command: '/a.sh', ...spec } }),
      pending(2, { spec: { command: '/b.sh', qos: 'q', wckey: 'w', nice: 1, comment: 'c', priority: 9 } }),
      pending(3, { spec: { command: '/a.sh', ...spec, nice: 2 } }),
    ];
    const [, second, third] = jobLines(jobs, true) as readonly { specLike?: number }[];
    assert.equal(second?.specLike, undefined);
    assert.equal(third?.specLike, 1);
    assert.deepEqual(readBack(jobLines(jobs, true)), jobs);
  });

  it('what is no difference, or of no job above, is refused by its place', () => {
    const [first = {}, second = {}] = jobLines([pending(1), pending(2, { spec: { name: 'b' } })], true);
    const { job } = second as { job: object };
    for (const [line, message] of [
      [{ ...second, specLike: 7 }, /^line 2: specLike: expected a job of a line above/],
      [{ ...second, specLike: '1' }, /^line 2: specLike: expected/],
      [{ ...second, specOf: 7 }, /^line 2: specOf: expected/],
      [{ specLike: 1, job: { ...job, spec: { name: 7 } } }, /^line 2: job\.spec: name: expected a text/],
      [{ specLike: 1, job: { ...job, spec: { name: null } } }, /^line 2: job\.spec: name: expected a text/],
      [{ specLike: 1, job: { ...job, spec: [] } }, /^line 2: job\.spec: expected an object/],
      [{ specLike: 1, job: { id: 2 } }, /^line 2: job\.spec: expected an object/],
      [{ specLike: 1, job: 2 }, /^line 2: job: expected an object/],
      [{ ...second, job: { ...job, state: 'GONE' } }, /^line 2: job\.state: expected one of/],
    ] as const) {
      assert.throws(() => readBack([first, line]), { code: 'SCHEMA', message });
    }
  });
});
