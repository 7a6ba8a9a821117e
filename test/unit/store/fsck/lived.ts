import type { ClusterEvent } from '../../../../src/model/event.ts';
import { isActive } from '../../../../src/model/job.ts';
import { foldIntoSegment } from '../../../../src/store/accounting.ts';
import { writeCheckpoint } from '../../../../src/store/checkpoint.ts';
import { encodeSegment } from '../../../../src/store/codec.ts';
import { type Flaw, type Inspection, lookAtSpool, remedyText } from '../../../../src/store/fsck.ts';
import { readInbox, sendRequest, takeOut } from '../../../../src/store/inbox.ts';
import type { Journal } from '../../../../src/store/journal.ts';
import { seqName } from '../../../../src/store/layout.ts';
import { writeHeartbeat, writeInventory } from '../../../../src/store/nodes.ts';
import { encodeText, putIfAbsent } from '../../../../src/store/put.ts';
import { furnishRoom, makeRooms } from '../../../../src/store/rooms.ts';
import type { Store } from '../../../../src/store/spool.ts';
import { parseJson } from '../../../fakes/yaml.ts';
import { share, spec } from '../../builders.ts';
import type { Life } from '../../core/commands.ts';
import { alice, allocated, completed, gpus, registered, released, submitted } from '../../core/world.ts';
import { journalOf, type OneDisk, oneDisk } from '../onedisk.ts';

/* Spools as daemons and commands leave them, to be spoilt and examined. */

const plain = { mode: 0o644, sync: true };
const script = encodeText('#!/bin/sh\ntrue\n');

/**
 * Twelve commits, checkpoints at 9 and 11: job 1 is accounted for, 2 runs, 3 has ended, 4 waits, 5 lies in
 * the inbox, 6 was submitted last.
 */
export async function livedSpool(): Promise<OneDisk> {
  const disk = await oneDisk();
  const { store } = await disk.open();
  const journal = await journalOf(store, 'node1');
  const { record } = registered('node1', { gpus: gpus(4) });
  await journal.commit(() => [registered('node1', { gpus: gpus(4) })]);
  for (const id of [1, 2, 3, 4]) await submitOne(store, journal, id);
  const claim = (id: number): ClusterEvent => allocated(id, [share('node1', { gpus: [id - 1] })]);
  await journal.commit(() => [claim(1), claim(2), claim(3)]);
  for (const id of [1, 2, 3]) await mark(store, id);
  await journal.commit(() => [released(1, 'node1', { report: completed })]);
  await journal.commit(async (cluster) => [(await foldIntoSegment(store, cluster, [1])) ?? []].flat());
  await store.files.removeTree(store.layout.job(1).path);
  await journal.commit(() => [{ name: 'gpuTroubles', time: 5, node: 'node1', troubles: [] }]);
  await writeCheckpoint(store, journal.cluster());
  await journal.commit(() => [released(3, 'node1', { report: completed })]);
  await journal.commit(() => [{ name: 'jobHeld', time: 6, id: 4, by: 'user' }]);
  await writeCheckpoint(store, journal.cluster());
  await makeRooms(store, 4, 1);
  await furnishRoom(store, 5, { script, args: [], environment: {} });
  await sendRequest(
    store,
    { name: 'submit', jobId: 5, spec: spec({ uid: alice }) },
    'login',
    'REQUEST-JOB-5',
  );
  await submitOne(store, journal, 6);
  await writeInventory(store, record);
  await writeHeartbeat(store, record, 3);
  return disk;
}

async function submitOne(store: Store, journal: Journal, id: number): Promise<void> {
  await makeRooms(store, id - 1, 1);
  await furnishRoom(store, id, { script, args: [], environment: { PATH: '/bin' } });
  const given = spec({ uid: alice });
  const requestId = await sendRequest(store, { name: 'submit', jobId: id, spec: given }, 'login');
  await journal.commit(() => [submitted(id, given)]);
  const { requests } = await readInbox(store, 'all');
  for (const request of requests) if (request.requestId === requestId) await takeOut(store, request);
}

async function mark(store: Store, id: number, attempt = 1): Promise<void> {
  await store.files.create(store.layout.job(id).started(attempt), encodeText('{}\n'), plain);
}

/** The spool of a life, with checkpoints after some of its commits. */
export async function spoolOf(life: Life, checkpointsAfter: ReadonlySet<number>): Promise<OneDisk> {
  const disk = await oneDisk();
  const { store } = await disk.open();
  const journal = await journalOf(store);
  for (const events of life.commits) {
    for (const event of events) if (event.name === 'jobsAccounted') await account(store, journal, event);
    await journal.commit(() => events);
    if (checkpointsAfter.has(journal.cluster().seq)) await writeCheckpoint(store, journal.cluster());
  }
  for (const job of journal.cluster().jobs.values()) {
    await store.files.makeDir(store.layout.job(job.id).path, 0o755);
    // A task of an array runs what lies in the array's room.
    const isTask = job.arrayJobId !== undefined && job.arrayJobId !== job.id;
    if (!isTask) await furnishRoom(store, job.id, { script, args: [], environment: {} });
    for (let attempt = 1; attempt < job.attempt; attempt += 1) await mark(store, job.id, attempt);
    if (isActive(job)) await mark(store, job.id, job.attempt);
  }
  return disk;
}

async function account(
  store: Store,
  journal: Journal,
  { segment, ids }: { readonly segment: number; readonly ids: readonly number[] },
): Promise<void> {
  const jobs = ids.flatMap((id) => journal.cluster().jobs.get(id) ?? []);
  const options = { mode: 0o644, durable: true, nonce: store.ids.next() };
  await putIfAbsent(
    store.files,
    store.layout.accounting,
    seqName(segment),
    encodeSegment(segment, 7, jobs),
    options,
  );
}

/** How old each path is said to be, in seconds; others are young. */
export type Ages = Readonly<Record<string, number>>;

export function inspectionOf(store: Store, ages: Ages = {}): Inspection {
  return {
    store,
    uid: alice,
    ageSeconds: async (path) => ages[path] ?? 0,
    parseYaml: parseJson,
    tally: { files: 0 },
  };
}

/** What one look finds, a text for each: severity, path, and what would be done. */
export async function flawsOf(disk: OneDisk, ages: Ages = {}): Promise<readonly string[]> {
  const { store } = await disk.open();
  return (await lookAtSpool(inspectionOf(store, ages))).flaws.map(shownFlaw);
}

export function shownFlaw({ severity, path, what, remedy }: Flaw): string {
  return `${severity} ${path}: ${what} (${remedyText(remedy) ?? 'advice'})`;
}
