import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checked } from '../../../src/base/schema.ts';
import { isNodeName, jobIdSchema, nodeNameSchema, nonceSchema, uidSchema } from '../../../src/model/ids.ts';
import { fakeIds } from '../../fakes/clock.ts';

test('node names are single path parts and cannot be taken for hidden files', () => {
  for (const name of ['n', 'gpu01', 'a.b-c_d', '0', 'x'.repeat(63)]) {
    assert.ok(isNodeName(name), name);
    assert.equal(checked(nodeNameSchema, name, 'node'), name);
  }
  for (const name of ['', '.', '..', '.hidden', '-n', '_n', 'a/b', 'a b', 'a\n', 'ä', 'x'.repeat(64)]) {
    assert.ok(!isNodeName(name), name);
    assert.throws(() => checked(nodeNameSchema, name, 'node'));
  }
});

test('identities are single path parts', () => {
  assert.ok(checked(nonceSchema, fakeIds(1).next(), 'id'));
  for (const id of ['short', 'x'.repeat(65), '../../../../x', 'a.b.c.d.e', 'ABCDEFG\n', '']) {
    assert.throws(() => checked(nonceSchema, id, 'id'), { code: 'SCHEMA' });
  }
});

test('job and user ids have their bounds', () => {
  for (const id of [1, 0x03ff_0000]) assert.equal(checked(jobIdSchema, id, 'job'), id);
  for (const id of [0, -1, 0x03ff_0001, 1.5, '1']) assert.throws(() => checked(jobIdSchema, id, 'job'));
  for (const uid of [0, 2 ** 32 - 1]) assert.equal(checked(uidSchema, uid, 'uid'), uid);
  for (const uid of [-1, 2 ** 32]) assert.throws(() => checked(uidSchema, uid, 'uid'));
});
