import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Agent } from '../../../src/agent/agent.ts';
import {
  forgetOldNews,
  liveSettings,
  lookAtSettings,
  newSettingsMemory,
  settingsEvents,
} from '../../../src/agent/settings.ts';
import { reduceAll } from '../../../src/core/reduce.ts';
import { emptyCluster } from '../../../src/model/cluster.ts';
import { encodeText, replace } from '../../../src/store/put.ts';
import { parseJson } from '../../fakes/yaml.ts';
import { oneDisk, root } from '../store/onedisk.ts';

const format3 = { ...emptyCluster, format: 3 };

async function daemon() {
  const { store, actor } = await (await oneDisk()).open();
  const said: string[] = [];
  const log = (text: string): void => void said.push(text);
  const agent = {
    store,
    settings: liveSettings(),
    parseYaml: parseJson,
    uidOf: async (name: string) => ({ root: 0, carol: 1000 })[name],
    logger: { info: log, warn: log, error: log },
  } as unknown as Agent;
  const write = (text: string): Promise<void> =>
    replace(actor, root, 'cluster.yaml', encodeText(text), {
      mode: 0o644,
      durable: false,
      nonce: store.ids.next(),
    });
  return { agent, memory: newSettingsMemory(), said, write };
}

test('what the file says is committed once, and again when it says something else', async () => {
  const { agent, memory, write } = await daemon();
  await write('{"admins": ["root", "carol", "nobody-knows"], "jobs": {"kill_wait": 7}}');
  await lookAtSettings(agent, memory, { isAsked: false });
  assert.equal(agent.settings.killWaitSeconds, 7);
  assert.deepEqual(settingsEvents(memory, { ...emptyCluster, format: 2 }, 5), []);
  const events = settingsEvents(memory, format3, 5);
  const first = reduceAll(format3, events);
  assert.deepEqual(first.config?.adminUids, [0, 1000]);
  assert.deepEqual(settingsEvents(memory, first, 6), []);
  forgetOldNews(memory, first);
  await lookAtSettings(agent, memory, { isAsked: false });
  // Another daemon read a newer file: this one does not put its own back.
  const newer = { ...first, config: { nodes: [], partitions: [] } };
  assert.deepEqual(settingsEvents(memory, newer, 7), []);
  await write('{"jobs": {"max_array_size": 5}}');
  await lookAtSettings(agent, memory, { isAsked: false });
  assert.equal(settingsEvents(memory, newer, 8).length, 1);
});

test('a file with an error is named once and changes nothing', async () => {
  const { agent, memory, said, write } = await daemon();
  await write('{"jobs": {"kill_wait": 7}}');
  await lookAtSettings(agent, memory, { isAsked: false });
  await write('{"jobs": {"kill_wait": 9}, "nosuch": 1}');
  await lookAtSettings(agent, memory, { isAsked: false });
  await lookAtSettings(agent, memory, { isAsked: false });
  assert.equal(agent.settings.killWaitSeconds, 7);
  assert.deepEqual(said, [
    'the settings stay as they were: /spool/cluster.yaml:1:1: unknown setting: nosuch',
  ]);
});

test('what was set by hand ends when somebody asks for the file to be read', async () => {
  const { agent, memory } = await daemon();
  const byHand = { ...format3, partitionStates: new Map([['main', 'down'] as const]) };
  await lookAtSettings(agent, memory, { isAsked: false });
  assert.deepEqual(settingsEvents(memory, byHand, 5), []);
  await lookAtSettings(agent, memory, { isAsked: true });
  const after = reduceAll(byHand, settingsEvents(memory, byHand, 5));
  assert.equal(after.partitionStates.size, 0);
});

test('how long a node may be silent is as it was when the daemon began', async () => {
  const { agent, memory, said, write } = await daemon();
  await write('{"networking": {"timeout": 900}, "jobs": {"kill_wait": 3}}');
  await lookAtSettings(agent, memory, { isAsked: false });
  assert.equal(agent.settings.nodeTimeoutSeconds, 300);
  assert.match(said.join('\n'), /networking: a change takes effect/);
  assert.equal(agent.settings.killWaitSeconds, 3);
});
