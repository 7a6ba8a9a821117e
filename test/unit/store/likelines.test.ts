import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isMgpuError } from '../../../src/base/error.ts';
import { reduceCommit } from '../../../src/core/reduce.ts';
import { emptyCluster } from '../../../src/model/cluster.ts';
import type { Job, PendingJob } from '../../../src/model/job.ts';
import { jobLineReader, jobLines } from '../../../src/store/joblines.ts';
import { pending } from '../builders.ts';
import { submitted } from '../core/world.ts';

const text = fc.oneof(fc.constantFrom('train', 'a{b', '}', '"', 'null', 'a\nb', '\u0000'), fc.string());
const spec = fc.record(
  {
    name: text,
    gpus: fc.array(fc.record({ count: fc.nat(2), per: fc.constantFrom('node' as const, 'job' as const) }), {
      maxLength: 2,
    }),
    comment: text,
    timeLimit: fc.integer({ min: -1, max: 3 }),
    nice: fc.nat(3),
    hold: fc.boolean(),
  },
  { requiredKeys: ['name'] },
);
const some = fc.record({
  spec,
  held: fc.constantFrom(undefined, 'user' as const, 'admin' as const),
  reason: fc.constantFrom('None' as const, 'JobHeldUser' as const, 'Priority' as const),
  attempt: fc.constantFrom(0, 1, 1_000_000, 1_000_001),
  priority: fc.constantFrom(undefined, undefined, 7),
});

/** The lines of jobs of which each asks for nearly the same, as they stand in a file. */
const lines = fc.array(some, { maxLength: 12 }).map((all) => {
  const jobs = all.map(({ held, priority, reason, attempt, spec: given }, index): PendingJob => {
    const { spec: whole, submitTime, eligibleTime } = pending(index + 1, { spec: given });
    return {
      state: 'PENDING',
      id: index + 1,
      spec: whole,
      submitTime,
      eligibleTime,
      attempt,
      reason,
      ...(held !== undefined && { held }),
      ...(priority !== undefined && { priority }),
    };
  });
  return textsOf(jobs);
});

function textsOf(jobs: Iterable<Job>): readonly string[] {
  return jobLines(jobs, true).map((line) => `${JSON.stringify(line)}\n`);
}

interface Read {
  readonly jobs: readonly Job[];
  readonly fault: string | undefined;
  /** How many lines were told from their characters. */
  readonly quick: number;
}

function read(all: readonly string[], mayBeQuick: boolean): Read {
  const jobs: Job[] = [];
  const reader = jobLineReader(jobs);
  let quick = 0;
  try {
    all.forEach((line, index) => {
      const end = mayBeQuick ? reader.quick(line, 0) : undefined;
      if (end === undefined) reader.line(JSON.parse(line), `line ${index}`);
      else quick += 1;
      if (end !== undefined) assert.equal(end, line.length);
    });
  } catch (error) {
    if (!isMgpuError(error) && !(error instanceof SyntaxError)) throw error;
    return { jobs, fault: error.message, quick };
  }
  return { jobs, fault: undefined, quick };
}

function assertAlike(all: readonly string[]): number {
  const [quick, plain] = [read(all, true), read(all, false)];
  assert.deepEqual([quick.jobs, quick.fault], [plain.jobs, plain.fault]);
  // Also the order of the fields is that of the file.
  assert.equal(JSON.stringify(quick.jobs), JSON.stringify(plain.jobs));
  return quick.quick;
}

describe('lines of jobs that are like others', () => {
  it('are read as any other line is', () => {
    fc.assert(
      fc.property(lines, (all) => assertAlike(all) >= 0),
      { numRuns: 300 },
    );
  });

  it('are told from their characters where jobs wait and differ in plain values', () => {
    const events = [
      submitted(1),
      submitted(2, { name: 'b' }),
      submitted(3, { name: 'b' }),
      submitted(4, { name: 'c', hold: true, nice: 4 }),
    ];
    const { jobs } = reduceCommit(emptyCluster, 1, events);
    const all = textsOf(jobs.values());
    assert.equal(assertAlike(all), 3);
    const shared = read(all, true).jobs;
    assert.equal(shared[1]?.spec, shared[2]?.spec, 'who differs in the same way shares a specification');
    assert.equal(assertAlike(textsOf(shared)), 3, 'and such are told so too');
  });

  it('are refused as any other line is, whatever was done to them', () => {
    const change = fc.record({
      line: fc.nat(11),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(3),
      put: fc.oneof(
        fc.constantFrom('0', '-', '1e3', '99999999', '"', '{', '}', ',', ':', '\\', 'null', ' ', '\ufeff'),
        fc.constantFrom('"spec":{},', ',"x":1', '"held":"user"', '\u0000', '"specOf":1', 'Like', 'Of', ''),
        fc.constantFrom(
          '},"specLike":1}',
          '}},"specLike":1}',
          '"spec":{"a":{}},',
          '}',
          '{"a":1},',
          '"a":null',
        ),
        fc.string({ maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(lines, fc.array(change, { minLength: 1, maxLength: 2 }), (all, changes) => {
        const changed = changes.reduce((texts, { line, at, length, put }) => {
          const place = line % Math.max(1, texts.length);
          return texts.map((one, index) => {
            const start = Math.floor(at * (one.length - 1));
            const body = one.slice(0, start) + put + one.slice(start + length);
            return index === place ? `${body.replaceAll('\n', '')}\n` : one;
          });
        }, all);
        assertAlike(changed);
      }),
      { numRuns: 3000 },
    );
  });
});
