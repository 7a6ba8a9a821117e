import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMgpuError, MgpuError } from '../../../src/base/error.ts';

test('an error carries its code, its hint and its cause', () => {
  const cause = new Error('ENOSPC');
  const error = new MgpuError('SPOOL_FULL', 'no space left: /spool/inbox', {
    hint: 'remove something',
    cause,
  });
  assert.equal(error.code, 'SPOOL_FULL');
  assert.equal(error.message, 'no space left: /spool/inbox');
  assert.equal(error.hint, 'remove something');
  assert.equal(error.cause, cause);
  assert.equal(error.name, 'MgpuError');
  assert.ok(error instanceof Error);
});

test('what was not given is absent', () => {
  const error = new MgpuError('A', 'b');
  assert.equal(error.hint, undefined);
  assert.equal('cause' in error, false);
  assert.equal('cause' in new MgpuError('A', 'b', { cause: undefined }), true);
});

test('isMgpuError tells codes apart', () => {
  const error: unknown = new MgpuError('A', 'b');
  assert.equal(isMgpuError(error), true);
  assert.equal(isMgpuError(error, 'A'), true);
  assert.equal(isMgpuError(error, 'B'), false);
  assert.equal(isMgpuError(new Error('A'), 'A'), false);
  assert.equal(isMgpuError(undefined), false);
});
