import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleWatch } from '../../../../src/services/interactive/idle.ts';
import { fakeClock } from '../../../fakes/clock.ts';

/** A step that nothing was read or written of since it began. */
function watched(sessionSeconds: number) {
  const clock = fakeClock();
  const told: string[] = [];
  let ends = 0;
  let shown = 0;
  const following = {
    session: { store: { clock } },
    options: { isQuiet: false, isUnbuffered: false, isVerbose: false, sessionSeconds },
    jobId: 7,
    step: 2,
    complain: async (line: string) => void told.push(line),
    terminate() {
      ends += 1;
    },
  };
  const idle = idleWatch(following as unknown as Parameters<typeof idleWatch>[0], {
    shownBytes: () => shown,
  });
  const after = async (seconds: number): Promise<number> => {
    clock.pass(seconds);
    await idle.look();
    return ends;
  };
  const write = (): void => {
    shown += 1;
  };
  return { idle, after, write, told };
}

test('a step of which nothing is read or written is ended, once', async () => {
  const { idle, after, write, told } = watched(10);
  assert.equal(await after(9), 0);
  write();
  assert.equal(await after(9), 0);
  assert.equal(await after(9), 0);
  idle.read();
  assert.equal(await after(9), 0);
  assert.equal(await after(1), 1);
  assert.equal(await after(60), 1);
  assert.deepEqual(told, [
    'srun: error: StepId=7.2 is ended: no input or output for 10 s (--session-timeout)',
  ]);
});

test('0 seconds are for ever', async () => {
  assert.equal(await watched(0).after(1e9), 0);
});
