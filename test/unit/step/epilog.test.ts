import assert from 'node:assert/strict';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runEpilog } from '../../../src/step/epilog.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { systemTasks } from '../../../src/system/tasks.ts';
import { withRoom } from './room.ts';

describe('a program after each task', () => {
  it('runs after it, and what it ends with is told where that is a fault', () =>
    withRoom(async (at) => {
      writeFileSync(at.room.stdinEnd, '');
      const program = join(at.path, 'epilog');
      writeFileSync(program, '#!/bin/sh\ntouch was$SLURM_PROCID\nexit $SLURM_PROCID\n');
      chmodSync(program, 0o755);
      const step = { command: ['true'], order: { ntasks: 2 }, hooks: { epilog: program } };
      assert.equal(await at.run(step), 0);
      assert.ok(existsSync(join(at.path, 'w/was0')) && existsSync(join(at.path, 'w/was1')));
      assert.equal(at.err(0), '');
      assert.equal(at.err(1), 'slurmstepd-gpu01: error: TaskEpilog failed status=256\n');
    }));

  it('that is not there is told, and the step ends as its task did', () =>
    withRoom(async (at) => {
      writeFileSync(at.room.stdinEnd, '');
      const hooks = { epilog: '/nosuch/epilog' };
      assert.equal(await at.run({ command: ['true'], hooks }), 0);
      const why = 'Could not run user task_epilog [/nosuch/epilog]: No such file or directory';
      const lines = [why, 'TaskEpilog failed status=-1'];
      assert.equal(at.err(0), lines.map((line) => `slurmstepd-gpu01: error: ${line}\n`).join(''));
    }));

  it('is killed when it takes longer than five seconds', async () => {
    const waits: number[] = [];
    const clock = {
      ...systemClock(),
      sleep: async (ms: number) => {
        waits.push(ms);
        // The shell is there by then.
        await new Promise((resolve) => void setTimeout(resolve, 100));
      },
    };
    const launch = { environment: { PATH: '/usr/bin:/bin' }, workDir: '/' };
    const lines = await runEpilog({ tasks: systemTasks(), clock, program: '/usr/bin/yes', launch });
    assert.deepEqual([lines, waits], [['TaskEpilog failed status=9'], [5000]]);
  });
});
