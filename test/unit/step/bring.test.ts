import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StepOrder } from '../../../src/model/step.ts';
import { bringProgram, broadcastPath } from '../../../src/step/bring.ts';
import { stepRoom } from '../../../src/store/layout.ts';
import { systemTasks } from '../../../src/system/tasks.ts';

const order = { workDir: '/w', jobId: 12, step: 3, node: 'gpu01' };

test('a program goes where it is wanted, or under a name of its own (srun.bcast and observed)', () => {
  assert.equal(broadcastPath('/tmp/mine', order), '/tmp/mine');
  assert.equal(broadcastPath('/tmp/', order), '/tmp/slurm_bcast_12.3_gpu01');
  for (const none of ['', 'mine', 'dir/']) {
    assert.equal(broadcastPath(none, order), '/w/slurm_bcast_12.3_gpu01', none);
  }
  assert.equal(broadcastPath('', { ...order, workDir: '/' }), '/slurm_bcast_12.3_gpu01');
});

test('a program is put in place whole, with its mode and its time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-bring-'));
  try {
    const room = stepRoom(folder);
    writeFileSync(room.program, '#!/bin/sh\necho sent\n');
    const to = join(folder, 'there');
    writeFileSync(to, 'what was there before');
    const bringing = { tasks: systemTasks(), room, order: order as StepOrder };
    const kept = { mode: 0o751, mtime: 1_000_000_000 };
    assert.equal(await bringProgram({ ...bringing, bcast: { path: to, ...kept } }), to);
    assert.equal(readFileSync(to, 'utf8'), '#!/bin/sh\necho sent\n');
    const { mode, mtimeMs } = statSync(to);
    assert.deepEqual([mode & 0o777, mtimeMs], [0o751, 1_000_000_000_000]);
    const nowhere = await bringProgram({ ...bringing, bcast: { path: join(folder, 'no/x'), ...kept } });
    assert.deepEqual(nowhere, { failure: 'REQUEST_FILE_BCAST(gpu01): No such file or directory' });
    assert.equal(existsSync(join(folder, 'no')), false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
