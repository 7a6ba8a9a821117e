import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientWatch } from '../../../src/step/clientwatch.ts';
import { stepRoom } from '../../../src/store/layout.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const room = stepRoom('/step');
const client = { pid: 12, startTicks: 3, bootId: 'boot', space: 'pid:[1]' };

async function world(isAlive: () => boolean | undefined) {
  const files = memoryDisk().actor();
  await files.makeDir('/step', 0o755);
  const clock = fakeClock();
  return {
    files,
    clock,
    isGone: clientWatch({ files, clock, isAlive: async () => isAlive() }, room, client),
  };
}

test('on its own machine a srun is gone when its process is', async () => {
  let isAlive = true;
  const { isGone, clock } = await world(() => isAlive);
  clock.pass(600);
  assert.equal(await isGone(), false);
  isAlive = false;
  assert.equal(await isGone(), true);
});

test('elsewhere a srun is gone when its beat has stood still for a minute while we looked', async () => {
  const { isGone, clock, files } = await world(() => undefined);
  const beat = (): Promise<unknown> =>
    files.append(room.beat, new Uint8Array([0x2e]), { mode: 0o644, sync: false });
  await beat();
  assert.equal(await isGone(), false, 'whatever is there at first may be old');
  for (let round = 0; round < 10; round += 1) {
    clock.pass(50);
    assert.equal(await isGone(), false);
    await beat();
    assert.equal(await isGone(), false);
  }
  clock.pass(60);
  assert.equal(await isGone(), false);
  clock.pass(1);
  assert.equal(await isGone(), true);
});

test('who never wrote a beat is waited for as long', async () => {
  const { isGone, clock } = await world(() => undefined);
  assert.equal(await isGone(), false);
  clock.pass(61);
  assert.equal(await isGone(), true);
});

test('a step that was left alone goes on without its srun', async () => {
  const { isGone, files } = await world(() => false);
  await files.create(room.detached, new Uint8Array(), { mode: 0o644, sync: false });
  assert.equal(await isGone(), false);
});
