import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSstat } from '../../../../src/commands/sstat/options.ts';

test('jobs are named by --jobs, and by the first operand (observed)', () => {
  const jobs = (...words: readonly string[]) => {
    const read = readSstat(words, {});
    return 'values' in read ? read.values.jobs : read;
  };
  assert.deepEqual(jobs('-a', '12,13.0'), [{ job: 12 }, { job: 13, step: '0' }]);
  assert.deepEqual(jobs('-j', '12', '14_3.batch', '15'), [{ job: 12 }, { job: 14, task: 3, step: 'batch' }]);
  assert.equal(jobs(), undefined);
  const bad = readSstat(['x'], {});
  assert.deepEqual('failed' in bad && bad.failed.lines, ['sstat: fatal: Bad job/step specified: x']);
});
