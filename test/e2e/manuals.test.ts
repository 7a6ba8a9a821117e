// The manual pages as mandoc sees them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './tools/cluster.ts';

const mandoc = spawnSync('mandoc', ['-T', 'lint', '/dev/null']);
const skip = mandoc.error === undefined ? false : 'mandoc is not installed';

test('mandoc has nothing to say of the pages', { skip }, () => {
  const pages = readdirSync(join(root, 'man')).map((name) => join(root, 'man', name));
  assert.ok(pages.length > 10);
  const { stdout, status } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', ...pages], {
    encoding: 'utf8',
  });
  assert.deepEqual([stdout, status], ['', 0]);
});
