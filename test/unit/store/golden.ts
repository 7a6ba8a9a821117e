import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readExit, readStarted, withdrawStart } from '../../../src/agent/markers.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { accountedJobs, foldIntoSegment } from '../../../src/store/accounting.ts';
import { writeCheckpoint } from '../../../src/store/checkpoint.ts';
import { readInbox, sendRequest, takeOut } from '../../../src/store/inbox.ts';
import type { Journal } from '../../../src/store/journal.ts';
import { seqs } from '../../../src/store/log.ts';
import { writeHeartbeat, writeInventory } from '../../../src/store/nodes.ts';
import { encodeText } from '../../../src/store/put.ts';
import { furnishRoom, makeRooms, readLaunch } from '../../../src/store/rooms.ts';
import type { Store } from '../../../src/store/spool.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';
import { node, share, spec } from '../builders.ts';
import {
  alice,
  allocated,
  cancelled,
  completed,
  endRequested,
  gpus,
  presence,
  released,
  root as rootUser,
  submitted,
} from '../core/world.ts';
import { diskOf, journalOf, type OneDisk, oneDisk, root, shown } from './onedisk.ts';

/*
 * The golden spool: one of everything that a spool can hold, small enough to be read. A released version's
 * copy lies in test/data/ and is never made again; a new format gets a new one, from the checkout, after a
 * test run, by a `node -e` that says:
 *
 *   import('./build/test/unit/store/golden.js').then((made) => made.saveGolden('test/data/spool-v3'))
 */

/** Makes a golden spool as this program writes it, and what it says beside it. */
export async function saveGolden(folder: string): Promise<void> {
  const disk = await makeGolden();
  await saveFolder(disk, folder);
  writeFileSync(`${folder}.json`, `${JSON.stringify(await contentOf(disk), undefined, 1)}\n`);
}

async function makeGolden(): Promise<OneDisk> {
  const disk = await oneDisk();
  const { store } = await disk.open();
  const journal = await journalOf(store, 'gpu01');
  const record = node('gpu01', { gpus: gpus(4).map((gpu) => ({ ...gpu, uuid: `GPU-${gpu.index}` })) }).record;
  await commit(journal, { name: 'nodeRegistered', time: store.clock.now(), record });
  await commit(journal, { name: 'formatRaised', time: store.clock.now(), format: 2 });
  await commit(journal, {
    name: 'nodeRegistered',
    time: store.clock.now(),
    record: { ...record, name: 'gpu02', gpus: [], features: ['nvlink', 'ssd'], format: 2, leaseSeconds: 240 },
  });
  await submitSome(store, journal);
  await lifeOfSome(journal);
  await journal.commit(async (cluster) => [(await foldIntoSegment(store, cluster, [1])) ?? []].flat());
  await writeCheckpoint(store, journal.cluster());
  await afterCheckpoint(store, journal);
  await leaveMarks(store);
  await writeInventory(store, record);
  await writeHeartbeat(store, record, 7);
  return disk;
}

async function commit(journal: Journal, ...events: readonly ClusterEvent[]): Promise<void> {
  await journal.commit(() => events);
}

const specs: readonly Partial<JobSpec>[] = [
  { name: 'accounted' },
  {
    name: 'runs',
    gpus: [{ count: 2, per: 'node', type: 'a100' }],
    tresPerNode: 'gres:gpu:a100:2',
    timeLimit: 90,
  },
  {
    name: 'array',
    array: {
      tasks: [
        [1, 4],
        [8, 8],
      ],
      throttle: 2,
    },
    output: 'out-%A_%a.txt',
  },
  { name: 'held', hold: true, comment: 'a "quoted" word,\nand a second line: 漢字 😀' },
  { name: 'both', nodes: { min: 2, max: 2 }, ntasks: 3, ntasksGiven: true, memoryPerNodeMb: 1000 },
  { name: 'never', exclude: ['gpu02'], nodelist: ['gpu01'], gpuIds: [3] },
];

/** Rooms, requests and submissions, as commands and the daemon make them. */
async function submitSome(store: Store, journal: Journal): Promise<void> {
  for (const given of specs) {
    const [id = 0] = await makeRooms(store, 0, 1);
    const content = { args: ['--epochs', '3'], environment: { PATH: '/bin:/usr/bin', EMPTY: '' } };
    await furnishRoom(store, id, {
      ...content,
      script: encodeText('#!/bin/sh\nexec python3 train.py "$@"\n'),
    });
    const submission = spec({ ...given, uid: alice });
    await sendRequest(store, { name: 'submit', jobId: id, spec: submission }, 'login');
    await commit(journal, submitted(id, submission));
  }
  for (const request of (await readInbox(store, 'all')).requests) await takeOut(store, request);
}

async function lifeOfSome(journal: Journal): Promise<void> {
  await commit(
    journal,
    allocated(1, [share('gpu01')]),
    allocated(2, [share('gpu01', { gpus: [0, 1] })]),
    allocated(7, [share('gpu01')], { array: { job: 3, task: 1 } }),
    allocated(5, [share('gpu01', { tasks: 2, cpus: 2, memoryMb: 1000 }), share('gpu02', { memoryMb: 1000 })]),
  );
  await commit(
    journal,
    released(1, 'gpu01', { report: completed }),
    endRequested(5),
    released(5, 'gpu01', { report: { ...completed, exitCode: { code: 0, signal: 15 } } }),
    presence('gpu02', 'lost'),
    { name: 'attemptLost', time: 9, id: 5, attempt: 1, node: 'gpu02', incarnation: 'incarnation-1' },
    cancelled(6),
    cancelled(3, [[2, 2]]),
    { name: 'jobHeld', time: 9, id: 4, by: 'admin' },
    { name: 'jobSignalled', time: 9, id: 2, attempt: 1, requestId: 'SIGNAL-01', signal: 10, scope: 'batch' },
    { name: 'requestHandled', time: 9, requestId: 'SIGNAL-01', by: alice, outcome: 'done' },
  );
}

async function afterCheckpoint(store: Store, journal: Journal): Promise<void> {
  const troubles = [{ index: 2, kind: 'busy', reason: 'in use from outside: python3 (pid 7)' }] as const;
  await commit(journal, { name: 'gpuTroubles', time: 20, node: 'gpu01', troubles });
  const failed = { endState: 'FAILED', reason: 'NonZeroExitCode', exitCode: { code: 3, signal: 0 } } as const;
  await commit(
    journal,
    released(7, 'gpu01', { report: failed, requeue: true }),
    { name: 'requestHandled', time: 21, requestId: 'HANDLED-02', by: rootUser, outcome: 'done' },
    { name: 'requestsForgotten', requestIds: ['SIGNAL-01'] },
    { name: 'idsClosed', time: 21, ids: [9] },
  );
  const [id = 0] = await makeRooms(store, 7, 1);
  await furnishRoom(store, id, { args: ['true'], environment: {} });
  const interactive = spec({
    name: 'waits',
    uid: alice,
    kind: 'interactive',
    label: true,
    timeLimit: 'UNLIMITED',
  });
  await sendRequest(store, { name: 'submit', jobId: id, spec: interactive }, 'login');
  await sendRequest(store, { name: 'cancel', targets: [{ job: 3, task: 8 }] }, 'login');
}

/** What runs leave in their rooms, as the shim writes it. */
async function leaveMarks(store: Store): Promise<void> {
  const record =
    '{"jobId":2,"attempt":1,"node":"gpu01","hostName":"gpu01.example.org","addresses":["192.0.2.1"],' +
    '"bootId":"b0071d00","gpus":[{"index":0,"uuid":"GPU-0"},{"index":1}],' +
    '"time":9,"pid":4711,"startTicks":815}\n';
  const exit = '{"mgpu":"exit","format":1,"attempt":1,"code":0,"signal":15,"launched":true}\n';
  const { layout, files } = store;
  for (const [path, content] of [
    [layout.job(2).started(1), record],
    [layout.job(5).started(1), record.replace('"jobId":2', '"jobId":5')],
    [layout.job(5).exit(1), exit],
    [layout.job(5).failed, ''],
  ] as const) {
    await files.create(path, encodeText(content), { mode: 0o644, sync: true });
  }
  await withdrawStart(store, 6, 1);
}

/** All that a program reads in a spool, as a value that JSON can hold. */
export async function contentOf(disk: OneDisk): Promise<unknown> {
  const { store } = await disk.open();
  const { requests, unfit } = await readInbox(store, 'all');
  const accounted: unknown[] = [];
  for await (const job of accountedJobs(store, 'oldest first')) accounted.push(job);
  return JSON.parse(
    JSON.stringify({
      spool: store.spool,
      checkpoints: await seqs(store, store.layout.checkpoints),
      cluster: shown((await journalOf(store)).cluster()),
      // Who owns the spool is of its place on a disk, and not of what it holds.
      requests: requests.map(({ isOwner: _isOwner, ...request }) => request),
      unfit,
      accounted,
      launch: await readLaunch(store, 2),
      marks: {
        started: await Promise.all([2, 4, 5, 6].map((id) => readStarted(store, id, 1))),
        exit: await Promise.all([2, 5].map(async (id) => (await readExit(store, id, 1, '/none')) ?? null)),
      },
    }),
  );
}

async function saveFolder(disk: OneDisk, folder: string): Promise<void> {
  const files = disk.disk.actor();
  const save = async (path: string): Promise<void> => {
    for (const name of (await files.list(`${root}${path}`)) ?? []) {
      const content = (await files.stat(`${root}${path}/${name}`))?.kind === 'file';
      if (!content) await save(`${path}/${name}`);
      else {
        const found = await files.read(`${root}${path}/${name}`, 10 ** 9);
        mkdirSync(join(folder, path), { recursive: true });
        writeFileSync(join(folder, path, name), found?.bytes ?? '');
      }
    }
  };
  await save('');
}

/**
 * A folder as a spool on a disk in memory, all of it alice's; a checkout keeps neither owners nor empty
 * folders.
 */
export async function loadFolder(folder: string): Promise<OneDisk> {
  const disk = memoryDisk();
  const files = disk.actor({ uid: alice });
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(root, entry.parentPath.slice(folder.length), entry.name);
    const parts = dirname(path).split('/').slice(1);
    for (const depth of parts.keys()) await files.makeDir(`/${parts.slice(0, depth + 1).join('/')}`, 0o755);
    await files.create(path, readFileSync(join(entry.parentPath, entry.name)), { mode: 0o644, sync: true });
  }
  return diskOf(disk);
}
