import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checked } from '../../../src/base/schema.ts';
import {
  type Dependency,
  type DependencyClause,
  dependencyClausesMax,
  dependencyComplaint,
  dependencyDelayMax,
  dependencySchema,
  formatDependency,
  parseDependency,
} from '../../../src/model/dependency.ts';
import { texts } from './texts.ts';

/** What was asked for and what squeue's %E said of it, as captured; jobs 120 and 121, and array 122. */
const taken: readonly (readonly [string, string])[] = [
  ['', ''],
  ['0', ''],
  ['afterok:120', 'afterok:120'],
  ['afterok:120:121', 'afterok:120,afterok:121'],
  ['afterok:120,121', 'afterok:120,afterany:121'],
  ['afterok:120?121', 'afterok:120?afterany:121'],
  ['120', 'afterany:120'],
  ['121,120', 'afterany:121,afterany:120'],
  ['122_1,122_2', 'afterany:122_1,afterany:122_2'],
  ['122_*', 'afterany:122_*'],
  ['AFTEROK:120', 'afterok:120'],
  ['AfterAny:120', 'afterany:120'],
  ['after:120+5', 'after:120+5'],
  ['after:120+5:121', 'after:120+5,after:121+5'],
  ['after:120+5:121+10', 'after:120+5,after:121+10'],
  ['after:121:120+5:122_*', 'after:121,after:120+5,after:122_*+5'],
  ['after:120+5,after:121', 'after:120+5,after:121'],
  ['after:120++5', 'after:120+5'],
  ['after:120+ 5', 'after:120+5'],
  ['after:120+71582788', 'after:120+71582788'],
  ['after:122_1+5', 'after:122_1+5'],
  ['after:122_[1-2]+2', 'after:122_1,after:122_2+2'],
  ['aftercorr:122', 'aftercorr:122'],
  ['aftercorr:122_1', 'aftercorr:122_1'],
  ['afterok:122_[1,3]', 'afterok:122_1,afterok:122_3'],
  ['afterok:122_[1-3]:120?singleton', 'afterok:122_1?afterok:122_2?afterok:122_3?afterok:120?singleton'],
  ['afterok:122_+1', 'afterok:122_1'],
  ['afterok:122,afterok:122_1', 'afterok:122,afterok:122_1'],
  ['singleton', 'singleton'],
  ['SINGLETON', 'singleton'],
  ['singleton,afterok:120', 'singleton,afterok:120'],
  ['afterok:120?singleton', 'afterok:120?singleton'],
  ['afterok:120,afterok:121?afterany:120', 'afterok:120?afterok:121?afterany:120'],
  // Of two alike the first one counts, whatever its delay.
  ['afterok:120,afterok:120', 'afterok:120'],
  ['afterok:120:120', 'afterok:120'],
  ['afterany:120?afterany:120', 'afterany:120'],
  ['singleton,Singleton', 'singleton'],
  ['after:120+1,after:120+2', 'after:120+1'],
  ['afterany:120,afterok:120', 'afterany:120,afterok:120'],
  // Numbers as strtol reads them, and jobs that there cannot be.
  ['afterok:+120', 'afterok:120'],
  ['afterok: 120', 'afterok:120'],
  ['afterok:0000120', 'afterok:120'],
  ['afterok:4294967295', 'afterok:4294967295'],
  // What squeue and scontrol print.
  ['afterok:120(unfulfilled)', 'afterok:120'],
  ['afterok:120(unfulfilled):121', 'afterok:120,afterok:121'],
  ['afterok:120(failed)?after:121+5(unfulfilled)', 'afterok:120?after:121+5'],
  ['singleton(unfulfilled),afterok:120', 'singleton,afterok:120'],
];

for (const [text, shown] of taken) {
  test(`--dependency='${text}'`, () => {
    const dependency = parseDependency(text);
    assert.ok(dependency !== undefined);
    assert.equal(formatDependency(dependency), shown);
    assert.equal(dependencyComplaint(text), undefined);
    assert.deepEqual(checked(dependencySchema, dependency, 'test'), dependency);
  });
}

test('a clause says what it waits for', () => {
  assert.deepEqual(parseDependency('afterok:7_3,after:8+2'), {
    any: false,
    clauses: [
      { type: 'afterok', jobId: 7, taskId: 3 },
      { type: 'after', jobId: 8, delayMinutes: 2 },
    ],
  });
  assert.deepEqual(parseDependency('singleton?7_*'), {
    any: true,
    clauses: [{ type: 'singleton' }, { type: 'afterany', jobId: 7, taskId: 'all' }],
  });
});

const problems = [
  // Captured.
  ...['120:121', '120?121', '120,afterok:121', 'afterok:120,121?afterok:122', 'after:120+0', 'after:120+'],
  ...['after:120+x', 'after:120+-1', 'after:120+4294967295', '120+5', 'singleton:120', 'singletonx'],
  ...['singleton,', 'singleton?', 'afterok:122_x', 'afterok:122_1x', 'afterok', 'afterok:', 'afterok:x'],
  ...['afterok:0', ' afterok:120', 'afterok:120 ', 'afterok :120', 'afterok:120,', 'afterok:120?'],
  ...[',afterok:120', '?afterok:120', 'afterok:120,,afterok:121', 'afterok::120', 'afterok:120:', ' 120'],
  ...['afterok:120;afterok:121', 'afterok=120', 'foo:120', 'afterok:4294967296', 'afterokay:120', '+120'],
  ...['afterok:120, afterany:121', '00', 'afterok:120,0', 'afterok:120.0', 'afterok:120.batch', '120 '],
  ...['afterok:122_[3-1]', 'afterok:122_[]', 'afterok:122_[1-2', 'afterok:122_1-2', '122_[1-2]'],
  ...['120(unfulfilled)', 'after:120:afterok:121', 'afterok:120\t'],
  // Slurm reads these by accident, and in part.
  ...['afterok:-1', 'after:120+1x', 'after:120+1+2', 'afterok:120()', 'afterok:120(foo)', 'afterok:122_'],
  ...['after:120+71582789', 'after:120(unfulfilled)+5', 'afterok:122_[1-3:2]', 'afterok:122_4294967295'],
  // A delay that would not be waited for.
  ...['afterok:120+5', 'afterany:120+5'],
];

for (const text of problems) {
  test(`--dependency='${text}' is refused`, () => {
    assert.equal(parseDependency(text), undefined);
    assert.equal(dependencyComplaint(text), 'Job dependency problem');
  });
}

test('what is not supported is refused by name', () => {
  const unsupported = 'Requested operation not supported on this system';
  for (const text of ['expand:120', 'Expand:120', 'afterok:120,expand:121']) {
    assert.equal(dependencyComplaint(text), unsupported);
  }
});

test('what is left in a burst buffer may be waited for (dep.afterburst)', () => {
  const clauses = [
    { type: 'afterok', jobId: 1 },
    { type: 'afterburstbuffer', jobId: 120 },
  ];
  assert.deepEqual(parseDependency('afterok:1?AfterBurstBuffer:120'), { any: true, clauses });
});

test('a clause that is not met shows how it stands', () => {
  assert.equal(
    formatDependency({
      any: false,
      clauses: [
        { type: 'afterok', jobId: 5, state: 'unfulfilled' },
        { type: 'afterok', jobId: 7, taskId: 'all', state: 'failed' },
        { type: 'after', jobId: 8, taskId: 0, delayMinutes: 1, state: 'unfulfilled' },
        { type: 'singleton', state: 'unfulfilled' },
      ],
    }),
    'afterok:5(unfulfilled),afterok:7_*(failed),after:8_0+1(unfulfilled),singleton(unfulfilled)',
  );
  const either: readonly DependencyClause[] = [{ type: 'afterany', jobId: 5 }, { type: 'singleton' }];
  assert.equal(formatDependency({ any: true, clauses: either }), 'afterany:5?singleton');
});

test('ten thousand clauses are taken, and not any number', () => {
  const ids = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(':');
  assert.equal(parseDependency(`afterok:${ids(10_000)}`)?.clauses.length, 10_000);
  assert.equal(parseDependency(`afterok:${ids(dependencyClausesMax)}`)?.clauses.length, dependencyClausesMax);
  assert.equal(parseDependency(`afterok:${ids(dependencyClausesMax + 1)}`), undefined);
  assert.equal(parseDependency('afterok:1_[0-4294967292]'), undefined);
  assert.equal(parseDependency(Array(10_000).fill('afterok:1_[0-16000]').join(',')), undefined);
});

const number = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const jobPart = fc.tuple(number, fc.oneof(fc.constant(undefined), fc.constant('all' as const), fc.nat()));
const clause: fc.Arbitrary<DependencyClause> = fc.oneof(
  fc.constant({ type: 'singleton' as const }),
  fc
    .tuple(fc.constantFrom('afterany', 'afterok', 'afternotok', 'aftercorr'), jobPart)
    .map(([type, [jobId, taskId]]) => ({ type, jobId, ...(taskId !== undefined && { taskId }) })),
  fc
    .tuple(jobPart, fc.option(fc.integer({ min: 1, max: dependencyDelayMax }), { nil: undefined }))
    .map(([[jobId, taskId], delayMinutes]) => ({
      type: 'after' as const,
      jobId,
      ...(taskId !== undefined && { taskId }),
      ...(delayMinutes !== undefined && { delayMinutes }),
    })),
);
const dependency: fc.Arbitrary<Dependency> = fc
  .tuple(
    fc.boolean(),
    fc.uniqueArray(clause, {
      maxLength: 20,
      selector: ({ type, jobId, taskId }) => `${type} ${jobId} ${taskId}`,
    }),
  )
  .map(([any, clauses]) => ({ any: any && clauses.length > 1, clauses }));

test('what is printed parses to what it was, also with its states', () => {
  fc.assert(
    fc.property(dependency, fc.constantFrom('unfulfilled', 'failed', undefined), (one, state) => {
      assert.deepEqual(checked(dependencySchema, one, 'test'), one);
      const clauses = one.clauses.map((each) => ({ ...each, ...(state !== undefined && { state }) }));
      assert.deepEqual(parseDependency(formatDependency({ any: one.any, clauses })), one);
    }),
  );
});

test('any text gives what the cluster can store, or a complaint', () => {
  fc.assert(
    fc.property(texts('afterokny:120_*+,?[]-() singleton'), (text) => {
      const read = parseDependency(text);
      assert.equal(read === undefined, dependencyComplaint(text) !== undefined);
      if (read === undefined) return;
      assert.deepEqual(checked(dependencySchema, read, 'test'), read);
      assert.deepEqual(parseDependency(formatDependency(read)), read);
    }),
  );
});

test('a stored dependency is what a text could say', () => {
  const wrong: readonly unknown[] = [
    { any: false, clauses: [{ type: 'afterok' }] },
    { any: false, clauses: [{ type: 'singleton', jobId: 5 }] },
    { any: false, clauses: [{ type: 'singleton', taskId: 5 }] },
    { any: false, clauses: [{ type: 'afterok', jobId: 5, delayMinutes: 1 }] },
    { any: false, clauses: [{ type: 'expand', jobId: 5 }] },
    { any: false, clauses: [{ type: 'afterok', jobId: 0 }] },
    { any: false, clauses: [{ type: 'afterok', jobId: 5, taskId: 'some' }] },
    { clauses: [] },
    { any: true, clauses: Array(dependencyClausesMax + 1).fill({ type: 'afterok', jobId: 5 }) },
  ];
  for (const value of wrong) assert.throws(() => checked(dependencySchema, value, 'test'), /expected/);
});
