import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { removeLeftovers } from '../../../src/agent/leftovers.ts';
import { newMemory } from '../../../src/agent/memory.ts';
import type { Settings } from '../../../src/model/settings.ts';
import { alice } from '../core/world.ts';
import { oneDisk, root } from '../store/onedisk.ts';
import { fakeAgent } from './agents.ts';

const plain = { mode: 0o644, sync: true };
const places = ['jobs', 'inbox', 'nodes/node1', 'nodes/node2'] as const;

async function withTemporaries(settings: Partial<Settings> = {}) {
  const disk = await oneDisk();
  const files = disk.disk.actor({ uid: alice });
  for (const name of ['node1', 'node2']) await files.makeDir(`${root}/nodes/${name}`, 0o755);
  const put = async (name: string): Promise<void> => {
    for (const place of places) await files.create(`${root}/${place}/${name}`, new Uint8Array(), plain);
  };
  const { agent, clock } = await fakeAgent(disk);
  const memory = newMemory(2);
  const own = { ...agent, settings: { ...agent.settings, ...settings } };
  const names = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const place of places)
      for (const name of (await files.list(`${root}/${place}`)) ?? []) found.push(`${place}/${name}`);
    return found;
  };
  return { put, names, clock, look: () => removeLeftovers(own, memory) };
}

describe('leftovers', () => {
  it('go from jobs/ and the node’s own folder when two looks have seen them, an hour apart', async () => {
    const { put, names, clock, look } = await withTemporaries();
    await put('.tmp.old');
    await look();
    await put('.tmp.new');
    await put('heartbeat.json');
    clock.pass(3599);
    await look();
    assert.equal((await names()).length, 12);
    clock.pass(1);
    await look();
    const kept = ['inbox/.tmp.old', 'nodes/node2/.tmp.old'];
    const others = places.flatMap((place) => [`${place}/.tmp.new`, `${place}/heartbeat.json`]);
    assert.deepEqual([...(await names())].sort(), [...others, ...kept].sort());
  });

  it('lie for longer than the node timeout before they go', async () => {
    const { put, names, clock, look } = await withTemporaries({ nodeTimeoutSeconds: 7200 });
    await put('.tmp.old');
    await look();
    clock.pass(10_799);
    await look();
    assert.equal((await names()).length, 4);
    clock.pass(1);
    await look();
    assert.deepEqual(await names(), ['inbox/.tmp.old', 'nodes/node2/.tmp.old']);
  });
});
