import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { daemonWatch, type WatchPorts } from '../../../src/services/daemonwatch.ts';
import type { RegisteredNodes } from '../../../src/store/fsck.ts';
import { writeHeartbeat, writeInventory } from '../../../src/store/nodes.ts';
import { encodeText } from '../../../src/store/put.ts';
import { openSpool, type Store } from '../../../src/store/spool.ts';
import { fakeClock, fakeIds } from '../../fakes/clock.ts';
import { parseJson } from '../../fakes/yaml.ts';
import { alice, registered } from '../core/world.ts';
import { oneDisk, root } from '../store/onedisk.ts';

const plain = { mode: 0o644, sync: true };

interface Given {
  /** The nodes that the log knows; true: its daemon said goodbye. */
  readonly nodes: Readonly<Record<string, boolean>>;
  readonly isWhole?: boolean;
  readonly leaseSeconds?: number;
  readonly vouched?: readonly string[];
  readonly here?: Readonly<Record<string, 'alive' | 'gone'>>;
  readonly settings?: unknown;
  /** The nodes that have a heartbeat. */
  readonly beats?: readonly string[];
  /** What happens when so many seconds have passed. */
  readonly at?: Readonly<Record<number, (store: Store) => Promise<unknown>>>;
}

/** A watch of a cluster; `passed` tells how long it took, in seconds. */
async function watchOf({ nodes, isWhole = true, leaseSeconds, here = {}, at = {}, ...given }: Given) {
  const disk = await oneDisk();
  const { store: other } = await disk.open();
  const left = new Map(Object.entries(at));
  const clock = fakeClock(undefined, async () => {
    for (const [seconds, action] of left) {
      if (clock.monotonicMs() < Number(seconds) * 1000) continue;
      left.delete(seconds);
      await action(other);
    }
  });
  const files = disk.disk.actor({ uid: alice });
  const store = await openSpool({ files, clock, ids: fakeIds(90) }, root);
  for (const name of given.beats ?? Object.keys(nodes)) {
    await writeInventory(other, registered(name).record);
    await beat(name, 1)(other);
  }
  if (given.settings !== undefined)
    await files.create(store.layout.settingsFile, encodeText(JSON.stringify(given.settings)), plain);
  const said: string[] = [];
  const ports: WatchPorts = {
    parseYaml: parseJson,
    say: (text) => said.push(text),
    daemonHere: async ({ name }) => here[name],
  };
  const told: RegisteredNodes = {
    isWhole,
    nodes: new Map(
      Object.entries(nodes).map(([name, isStopped]) => [
        name,
        { record: registered(name, leaseSeconds === undefined ? {} : { leaseSeconds }).record, isStopped },
      ]),
    ),
  };
  const watch = daemonWatch(store, ports, new Set(given.vouched));
  return { store, clock, said, judge: () => watch.judge(told), passed: () => clock.monotonicMs() / 1000 };
}

function beat(name: string, count: number): (store: Store) => Promise<unknown> {
  return (store) => writeHeartbeat(store, registered(name).record, count);
}

const nobody = { up: [], untold: [] };

describe('whether a daemon lives', () => {
  it('one whose heartbeat stands still is watched for the whole node timeout', async () => {
    const { judge, passed, said } = await watchOf({ nodes: { node1: false } });
    assert.deepEqual(await judge(), nobody);
    assert.equal(passed(), 300);
    assert.deepEqual(said, ['watching for 300 s whether a daemon lives: node1']);
    assert.deepEqual(await judge(), nobody);
    assert.equal(passed(), 300, 'not twice');
  });

  it('one that was in a long turn is seen when that ends', async () => {
    const { judge, passed } = await watchOf({ nodes: { node1: false }, at: { 280: beat('node1', 2) } });
    assert.deepEqual(await judge(), { up: ['node1'], untold: [] });
    assert.equal(passed(), 280);
  });

  it('those that live are known after a heartbeat or two, with all who do', async () => {
    const at = { 14: beat('node1', 2), 20: beat('node2', 2) };
    const { judge, passed } = await watchOf({ nodes: { node1: false, node2: false, node3: false }, at });
    assert.deepEqual(await judge(), { up: ['node1', 'node2'], untold: [] });
    assert.equal(passed(), 23);
  });

  it('as long as the longest of settings, default and lease', async () => {
    const slow = { networking: { heartbeat_interval: 60, timeout: 900 } };
    const fast = { networking: { heartbeat_interval: 1, timeout: 10 } };
    for (const [given, seconds] of [
      [{ settings: slow }, 900],
      [{ settings: fast }, 300],
      [{ settings: fast, leaseSeconds: 480 }, 600],
      [{ settings: { networking: 'no settings' } }, 300],
    ] as const) {
      const { judge, passed } = await watchOf({ nodes: { node1: false }, ...given });
      assert.deepEqual(await judge(), nobody);
      assert.equal(passed(), seconds);
    }
  });

  it('one that said goodbye has ended, and nothing is waited for', async () => {
    const { judge, passed, said } = await watchOf({ nodes: { node1: true } });
    assert.deepEqual([await judge(), passed(), said], [nobody, 0, []]);
  });

  it('one that came back after its goodbye lives', async () => {
    const at = { 100: beat('node1', 2) };
    const { judge, clock, store } = await watchOf({ nodes: { node1: true, node2: false }, at });
    await beat('node1', 1)(store);
    assert.deepEqual(await judge(), { up: ['node1'], untold: [] });
    assert.equal(clock.monotonicMs() / 1000, 100);
  });

  it('one of this machine whose process is gone is watched for a heartbeat', async () => {
    const { judge, passed } = await watchOf({ nodes: { node1: false }, here: { node1: 'gone' } });
    assert.deepEqual([await judge(), passed()], [nobody, 23]);
    const other = await watchOf({
      nodes: { node1: false },
      here: { node1: 'gone' },
      at: { 9: beat('node1', 2) },
    });
    assert.deepEqual((await other.judge()).up, ['node1']);
  });

  it('one of this machine whose process is there lives', async () => {
    const { judge, passed } = await watchOf({ nodes: { node1: false }, here: { node1: 'alive' } });
    assert.deepEqual([await judge(), passed()], [{ up: ['node1'], untold: [] }, 0]);
  });

  it('of one without a heartbeat nothing can be told, whatever the time', async () => {
    const { judge, passed } = await watchOf({ nodes: { node1: true, node2: false }, beats: ['node1'] });
    const untold = [{ node: 'node2', why: 'it has no heartbeat file' }];
    assert.deepEqual([await judge(), passed()], [{ up: [], untold }, 0]);
  });

  it('nor of one whose heartbeat cannot be read', async () => {
    const { judge, store } = await watchOf({ nodes: { node1: false } });
    await store.files.removeTree(store.layout.node('node1').heartbeat);
    await store.files.makeDir(store.layout.node('node1').heartbeat, 0o755);
    const untold = [{ node: 'node1', why: 'its heartbeat file cannot be read' }];
    assert.deepEqual(await judge(), { up: [], untold });
  });

  it('a folder that the log does not know counts where not all of the log can be read', async () => {
    for (const isWhole of [true, false]) {
      const { judge, store } = await watchOf({ nodes: {}, isWhole });
      await store.files.makeDir(store.layout.node('node9').path, 0o755);
      assert.deepEqual(
        (await judge()).untold.map(({ node }) => node),
        isWhole ? [] : ['node9'],
      );
    }
  });

  it('somebody may say that it has ended, unless its heartbeat goes on', async () => {
    const nodes = { node1: false, node2: false };
    const beats = ['node1'];
    const one = await watchOf({ nodes, beats, vouched: ['node1', 'node2'] });
    assert.deepEqual([await one.judge(), one.passed()], [nobody, 0]);
    const at = { 5: beat('node1', 2) };
    const two = await watchOf({
      nodes: { ...nodes, node3: false },
      beats: ['node1', 'node3'],
      vouched: ['node1', 'node2'],
      at,
    });
    assert.deepEqual(await two.judge(), { up: ['node1'], untold: [] });
  });
});
