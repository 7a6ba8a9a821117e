import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellFailure } from '../../../src/commands/failure.ts';
import { failed } from '../../../src/tables/row.ts';
import { fakeIo } from '../builders.ts';

test('a refusal shows what was written, and no terminal acts on it', () => {
  const io = fakeIo();
  const { failed: failure } = failed(1, 'sbatch: error: Unable to open file \u001b[2J\n\u202ex', 'Try again');
  assert.equal(tellFailure(failure, io), 1);
  assert.equal(io.printed.err, 'sbatch: error: Unable to open file \\x1b[2J\\n\\u{202e}x\nTry again\n');
});
