import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHeartbeat, writeHeartbeat, writeInventory } from '../../../src/store/nodes.ts';
import { decodeText } from '../../../src/store/put.ts';
import { node } from '../builders.ts';
import { oneDisk } from './onedisk.ts';

const { record } = node('gpu01');

test('an inventory is there for people to read, and can be written again', async () => {
  const { store, actor } = await (await oneDisk()).open();
  await writeInventory(store, record);
  await writeInventory(store, { ...record, cpus: 4 });
  const room = store.layout.node('gpu01');
  const content = await actor.read(room.inventory, 10_000);
  assert.deepEqual(JSON.parse(decodeText(content?.bytes ?? new Uint8Array())), { ...record, cpus: 4 });
  assert.deepEqual(await actor.list(room.path), ['inventory.json']);
});

test('a heartbeat changes with each beat and with each life', async () => {
  const { store } = await (await oneDisk()).open();
  assert.equal(await readHeartbeat(store, 'gpu01'), undefined);
  await writeInventory(store, record);
  const seen = new Set<string | undefined>();
  for (const [incarnation, beat] of [
    ['incarnation-1', 1],
    ['incarnation-1', 2],
    ['incarnation-2', 1],
  ] as const) {
    await writeHeartbeat(store, { ...record, incarnation }, beat);
    seen.add(await readHeartbeat(store, 'gpu01'));
  }
  assert.equal(seen.size, 3);
});

test('a heartbeat that is no file does not change, and is no error', async () => {
  const { store, actor } = await (await oneDisk()).open();
  await writeInventory(store, record);
  const { heartbeat } = store.layout.node('gpu01');
  await actor.makeDir(heartbeat, 0o755);
  assert.equal(await readHeartbeat(store, 'gpu01'), '');
  await actor.removeTree(heartbeat);
  actor.makeOther(heartbeat);
  assert.equal(await readHeartbeat(store, 'gpu01'), '');
});
