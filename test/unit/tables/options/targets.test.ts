import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { badTarget, parseTargets } from '../../../../src/tables/options/targets.ts';

test('jobs are named by id, by task, and by tasks in brackets', () => {
  assert.deepEqual(parseTargets('12'), [{ job: 12 }]);
  assert.deepEqual(parseTargets('012'), [{ job: 12 }]);
  assert.deepEqual(parseTargets('12_3'), [{ job: 12, task: 3 }]);
  assert.deepEqual(parseTargets('12_0,13'), [{ job: 12, task: 0 }, { job: 13 }]);
  assert.deepEqual(parseTargets('12_[1-2,7],5'), [
    { job: 12, task: 1 },
    { job: 12, task: 2 },
    { job: 12, task: 7 },
    { job: 5 },
  ]);
  assert.deepEqual(parseTargets(''), []);
  assert.deepEqual(parseTargets('1,,2,'), [{ job: 1 }, { job: 2 }]);
});

test('anything else is not a job', () => {
  const texts = [
    '0',
    '-1',
    'abc',
    '12_',
    '12_x',
    '12_[1-3',
    '12_[3-1]',
    '12.0',
    '12.batch',
    '12+1',
    '12 ',
    '1e3',
  ];
  for (const text of texts) {
    assert.equal(parseTargets(text), undefined, text);
    assert.equal(badTarget(text), text);
  }
  assert.equal(badTarget('12,abc,x'), 'abc');
  assert.equal(parseTargets('1_[0-4000000000]'), undefined, 'a short text may not stand for millions');
  assert.equal(parseTargets('1_[0-70000],2_[0-70000]'), undefined);
});

test('no text takes long or throws', () => {
  const piece = fc.constantFrom('1', '_', '[', ']', '-', ',', '0', '9999999999', 'x');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const targets = parseTargets(pieces.join(''));
      assert.ok(targets === undefined || targets.every(({ job }) => job > 0));
    }),
  );
});
