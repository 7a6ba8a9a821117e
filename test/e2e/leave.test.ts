// A process whose standard streams lie on a file server that is away ends as it should.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { glusterMounts, whyNoGluster } from '../chaos/gluster.ts';

const leaveUrl = new URL('../../src/system/leave.js', import.meta.url).href;

/** Waits until its standard output is lost, and ends with 3. */
const program = `
const { fstatSync } = await import('node:fs');
const { leave } = await import(${JSON.stringify(leaveUrl)});
setInterval(() => {
  try {
    fstatSync(1);
  } catch {
    leave(3);
  }
}, 50);
`;

test('a lost log takes nobody’s exit code', { skip: whyNoGluster() ?? false }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mgpu-leave-'));
  const shared = await glusterMounts(folder, ['a']);
  try {
    const log = openSync(join(shared.pathOf('a'), 'log'), 'a');
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await once(child, 'spawn');
    await shared.stopServer();
    assert.deepEqual(await once(child, 'exit'), [3, null]);
  } finally {
    await shared.close();
    await rm(folder, { recursive: true, force: true });
  }
});
