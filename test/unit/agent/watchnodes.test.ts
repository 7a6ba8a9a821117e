import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findLostNodes, type Sightings } from '../../../src/agent/watchnodes.ts';
import { MgpuError } from '../../../src/base/error.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { writeHeartbeat, writeInventory } from '../../../src/store/nodes.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { node } from '../builders.ts';
import { registered } from '../core/world.ts';
import { journalOf, oneDisk } from '../store/onedisk.ts';

it('a node is lost when its heartbeat stands still for the timeout, not when it cannot be read', async () => {
  const { store } = await (await oneDisk()).open();
  const journal = await journalOf(store);
  await journal.commit(() => [registered('here'), registered('there')]);
  const there = node('there').record;
  await writeInventory(store, there);
  await writeHeartbeat(store, there, 1);
  const clock = fakeClock();
  const warnings: string[] = [];
  let isHidden = false;
  const read: typeof store.files.read = (path, bytesMax) => {
    if (isHidden) throw new MgpuError('EACCES', `${path}: cannot be read: Permission denied`);
    return store.files.read(path, bytesMax);
  };
  const agent = {
    store: { ...store, clock, files: { ...store.files, read } },
    journal,
    node: node('here').record,
    settings: defaultSettings,
    logger: { warn: (message: string) => void warnings.push(message) },
  };
  const sightings: Sightings = new Map();
  const lost = async (): Promise<readonly string[]> =>
    (await findLostNodes(agent, sightings)).map((one) => one.node);
  const timeout = defaultSettings.nodeTimeoutSeconds;
  assert.deepEqual(await lost(), []);
  clock.pass(timeout);
  assert.deepEqual(await lost(), ['there']);
  isHidden = true;
  for (let look = 0; look < 3; look += 1) {
    clock.pass(timeout);
    assert.deepEqual(await lost(), []);
  }
  assert.match(warnings[0] ?? '', /^whether there is up cannot be told: .*heartbeat\.json/);
  // It is looked at as if for the first time when it can be read again.
  isHidden = false;
  assert.deepEqual(await lost(), []);
  clock.pass(timeout);
  assert.deepEqual(await lost(), ['there']);
});
