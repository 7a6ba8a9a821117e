import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { readExit, readStarted } from '../../src/agent/markers.ts';
import { MgpuError } from '../../src/base/error.ts';
import { decide } from '../../src/core/decide.ts';
import { invariants } from '../../src/core/invariants.ts';
import { plan, planEvents } from '../../src/core/plan.ts';
import { reduce } from '../../src/core/reduce.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import type { Request } from '../../src/model/request.ts';
import { openPresent } from '../../src/services/present.ts';
import { accountedJobs } from '../../src/store/accounting.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/store/codec.ts';
import { readInbox, sendRequest, setAside, takeOut } from '../../src/store/inbox.ts';
import { readHeartbeat, readLoads } from '../../src/store/nodes.ts';
import { makeRooms, readLaunch } from '../../src/store/rooms.ts';
import { readClusterFile } from '../../src/store/settings.ts';
import { raiseFormat, type Store } from '../../src/store/spool.ts';
import { parseYaml } from '../../src/system/yaml.ts';
import { alice } from '../unit/core/world.ts';
import { loadFolder } from '../unit/store/golden.ts';
import { diskOf, journalOf, type OneDisk, type OpenStore, raisedTo, root } from '../unit/store/onedisk.ts';
import { type Spoil, spoils } from './spoil.ts';

/*
 * A spool with one of everything in it, of which one file is spoilt or is no file any more; then all that
 * daemons and commands read is read. What users can spoil leads to no error; everything else to one that
 * names a file of the spool.
 */

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const settingsText =
  'networking:\n  heartbeat_interval: 5\n  timeout: 60\njobs: {kill_wait: 3}\n' +
  'nodes: [{node_id: "n[1-2]", cpus: 4, gres: gpu:a100:2}]\nlicenses: {some: 3}\n' +
  'partitions: [{name: main, nodes: ALL, max_time: 7-0, allow_groups: [root]}]\nadmins: [root]\n';
const launchText = '{"mgpu":"launch","format":1,"args":["a"],"environment":{"PATH":"/bin"}}';

let golden: Promise<OneDisk> | undefined;

async function makeGolden(): Promise<OneDisk> {
  const { disk } = await loadFolder(`${checkout}test/data/spool-v1`);
  const files = disk.actor({ uid: alice });
  const plain = { mode: 0o644, sync: true };
  await files.create(`${root}/cluster.yaml`, new TextEncoder().encode(settingsText), plain);
  for (const folder of ['rejected', 'locks']) await files.makeDir(`${root}/${folder}`, 0o755);
  await files.unlink(`${root}/jobs/2/launch.json`);
  await files.create(`${root}/jobs/2/launch.json`, new TextEncoder().encode(launchText), plain);
  await addSettings(await diskOf(disk).open());
  return diskOf(disk);
}

/** What administrators have said, and what they ask for. */
async function addSettings({ store }: OpenStore): Promise<void> {
  await raiseFormat(store, 3);
  const { config } = await readClusterFile(store, parseYaml);
  const reservation = { name: 'kept', startTime: 1, endTime: 2_000_000_000, nodes: ['gpu01'] };
  const reason = { text: 'disks', uid: 0, time: 1 };
  const by = 0;
  await (await journalOf(store)).commit(() => [
    ...raisedTo(3),
    { name: 'clusterConfigured', time: 1, config },
    { name: 'nodeUpdated', time: 1, node: 'n1', admin: { isDrained: true, reason }, by },
    { name: 'partitionUpdated', time: 1, partition: 'main', state: 'up', by },
    { name: 'reservationSet', time: 1, reservation, by },
  ]);
  const requests: readonly Request[] = [
    {
      name: 'updateNode',
      nodes: ['gpu01', 'n2'],
      state: 'down',
      reason: 'smoke',
      weight: 3,
      features: ['a'],
    },
    { name: 'updatePartition', partition: 'main', state: 'drain' },
    { name: 'setReservation', reservation, isNew: false },
    { name: 'deleteReservation', reservation: 'kept' },
    { name: 'reconfigure' },
  ];
  for (const request of requests) await sendRequest(store, request, 'login');
}

/** What becomes of one file of the spool. */
export interface Harm {
  /** Which file, counted in order of their names. */
  readonly file: number;
  readonly how: Spoil | 'gone' | 'folder' | 'other';
}

async function pathsOf(disk: OneDisk, folder = root): Promise<readonly string[]> {
  const files = disk.disk.actor();
  const paths: string[] = [];
  for (const name of (await files.list(folder)) ?? []) {
    const path = `${folder}/${name}`;
    if ((await files.stat(path))?.kind === 'directory') paths.push(...(await pathsOf(disk, path)));
    else paths.push(path);
  }
  return paths;
}

async function harmed({ file, how }: Harm): Promise<{ readonly disk: OneDisk; readonly path: string }> {
  golden ??= makeGolden();
  const disk = diskOf((await golden).disk.copy());
  const paths = await pathsOf(disk);
  const path = paths[file % paths.length] ?? '';
  const files = disk.disk.actor({ uid: alice });
  const old = (await files.read(path, 2 ** 30))?.bytes ?? new Uint8Array();
  await files.unlink(path);
  if (how === 'folder') await files.makeDir(path, 0o755);
  else if (how === 'other') files.makeOther(path);
  else if (how !== 'gone') await files.create(path, how(old), { mode: 0o644, sync: true });
  return { disk, path };
}

/** What only the owner of the cluster writes: that stops the reader; the rest is passed over. */
const isTrusted = (path: string): boolean =>
  /\/(log|checkpoints|accounting)\/|\.(yaml|json)$/.test(path) && !/\/(inbox|jobs|nodes)\//.test(path);

async function readAll(store: Store): Promise<void> {
  await readClusterFile(store, parseYaml);
  const present = await openPresent(store);
  const { cluster } = await present.view();
  for await (const job of accountedJobs(store, 'oldest first')) assert.ok(job.id > 0);
  await commitInbox(store, cluster);
  for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) await readRoom(store, id);
  for (const node of ['gpu01', 'gpu02']) await readHeartbeat(store, node);
  await readLoads(store);
  await makeRooms(store, 8, 2);
}

/** What a daemon does with the inbox; afterwards nothing is left there that it would meet again. */
async function commitInbox(store: Store, before: Cluster): Promise<void> {
  const { requests, unfit } = await readInbox(store, 'commit');
  const journal = await journalOf(store);
  await journal.commit((cluster) => {
    const decided = decide(cluster, requests, 9);
    const owned = decided.reduce(reduce, cluster);
    return [...decided, ...planEvents(owned, 9, []).events];
  });
  for (const request of requests) await takeOut(store, request);
  for (const { name } of unfit) assert.equal(await setAside(store, name), undefined);
  assert.deepEqual(await store.files.list(store.layout.inbox), []);
  const after = journal.cluster();
  assert.ok(after.seq >= before.seq);
  invariants(after);
  plan(after, 10);
  decodeCheckpoint(encodeCheckpoint(after, 10), 'again');
}

async function readRoom(store: Store, id: number): Promise<void> {
  await readStarted(store, id, 1);
  await readExit(store, id, 1, '/nowhere');
  await readLaunch(store, id).catch((error: unknown) => {
    // The launch of this job fails, and says why.
    if (!(error instanceof MgpuError) || !error.message.includes(`${root}/jobs/${id}`)) throw error;
  });
}

async function shownContent(disk: OneDisk, path: string): Promise<string> {
  const files = disk.disk.actor();
  if ((await files.stat(path))?.kind !== 'file') return 'it is no file';
  return new TextDecoder().decode((await files.readPart(path, 0, 2000)) ?? new Uint8Array());
}

async function holds(harm: Harm): Promise<void> {
  const { disk, path } = await harmed(harm);
  try {
    await readAll((await disk.open()).store);
  } catch (error) {
    const isNamed = error instanceof MgpuError && /\/spool|not written/.test(error.message);
    if (!isNamed) throw new Error(`with ${path} spoilt: ${await shownContent(disk, path)}`, { cause: error });
    if (!isTrusted(path)) {
      throw new Error(`what a user spoilt, ${path}, stopped all: ${await shownContent(disk, path)}`, {
        cause: error,
      });
    }
  }
}

const harms: fc.Arbitrary<Harm> = fc.record({
  file: fc.nat(1000),
  how: fc.oneof(
    { arbitrary: spoils, weight: 12 },
    fc.constantFrom<'gone' | 'folder' | 'other'>('gone', 'folder', 'other'),
  ),
});

export const spoiltSpool = fc.asyncProperty(harms, holds);
