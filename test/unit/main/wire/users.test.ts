import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUser, uidOf } from '../../../../src/main/wire/users.ts';

test('root is known everywhere, and nobody by a name that is none', async () => {
  assert.equal(await isUser('root'), true);
  assert.equal(await uidOf('root'), 0);
  for (const name of ['', '-u', '0', 'no such user here']) assert.equal(await uidOf(name), undefined, name);
});
