import { isMgpuError } from '../../base/error.ts';
import { limits } from '../../model/limits.ts';
import type { Locks } from '../../ports/locks.ts';
import type { WatchMode } from '../../ports/watch.ts';
import type { ParseYaml } from '../../ports/yaml.ts';
import { readInbox } from '../../store/inbox.ts';
import { openJournal } from '../../store/journal.ts';
import { fileLog } from '../../store/log.ts';
import { decodeText, encodeText, putIfAbsent } from '../../store/put.ts';
import { removeLoose } from '../../store/remove.ts';
import { readClusterFile } from '../../store/settings.ts';
import type { Store } from '../../store/spool.ts';
import { examined, type Finding, fail, ok, warn } from './finding.ts';

/** What lies under the spool. */
export interface MountFacts {
  readonly fileSystem: string;
  readonly reach: 'local' | 'shared';
  readonly freeBytes: number;
  readonly freeFiles: number | undefined;
}

/** What the checks of a spool need besides the store. */
export interface SpoolPorts {
  readonly uid: number;
  readonly locks: Locks;
  mount(path: string): Promise<MountFacts>;
  watchMode(mount: MountFacts): WatchMode;
  /** When the file server says that a file was last written, in ms since 1970. */
  fileTimeMs(path: string): Promise<number>;
  /** This machine's clock, in ms since 1970. */
  nowMs(): number;
  readonly parseYaml: ParseYaml;
}

const gib = 2 ** 30;
const freeBytesMin = gib / 8;
const freeBytesLow = gib;
const freeFilesMin = 1000;
const freeFilesLow = 20_000;
const clockOffsetMsMax = 2000;

/** Who may do what in the spool. */
export async function checkOwner(store: Store, { uid }: SpoolPorts): Promise<Finding> {
  const { root } = store.layout;
  const stat = await store.files.stat(root);
  const what = 'owner';
  if (stat === undefined) return fail(what, `${root}: it is gone`);
  const mode = `uid ${stat.uid}, mode ${(stat.mode & 0o7777).toString(8).padStart(4, '0')}`;
  if (stat.uid !== uid) {
    return warn(
      what,
      `${mode}: it is not yours (uid ${uid})`,
      'in this release a spool serves its owner alone',
    );
  }
  if ((stat.mode & 0o022) !== 0) {
    return fail(what, `${mode}: others may change what is in it`, `chmod go-w ${root}`);
  }
  return ok(what, mode);
}

export async function checkFormat({ spool }: Store): Promise<Finding> {
  const what = 'format';
  const text = `format ${spool.format}, cluster ${spool.clusterName} (${spool.clusterId})`;
  if (spool.durable) return ok(what, text);
  return warn(
    what,
    `${text}: nothing is synced to disk`,
    'only for clusters that may be lost with the machine',
  );
}

export async function checkSettings(store: Store, { parseYaml }: SpoolPorts): Promise<Finding> {
  const what = 'settings';
  const path = store.layout.settingsFile;
  if ((await store.files.stat(path)) === undefined) return ok(what, 'all defaults: there is no cluster.yaml');
  await readClusterFile(store, parseYaml);
  return ok(what, path);
}

export async function checkMount(store: Store, ports: SpoolPorts): Promise<readonly Finding[]> {
  const { root } = store.layout;
  const mount = await ports.mount(root);
  const mode = ports.watchMode(mount);
  const how =
    mode.kind === 'events'
      ? 'the kernel tells of changes'
      : `changes are looked for every ${mode.intervalMs} ms`;
  const { freeBytes, freeFiles } = mount;
  const free = `${(freeBytes / gib).toFixed(1)} GiB free`;
  const advice = `make room on the file system of ${root}`;
  return [
    ok('file system', `${mount.fileSystem}, ${mount.reach}: ${how}`),
    graded('space', free, { value: freeBytes, min: freeBytesMin, low: freeBytesLow, advice }),
    ...(freeFiles === undefined
      ? []
      : [
          graded('files', `${freeFiles} more may be made`, {
            value: freeFiles,
            min: freeFilesMin,
            low: freeFilesLow,
            advice,
          }),
        ]),
  ];
}

interface Grade {
  readonly value: number;
  readonly min: number;
  readonly low: number;
  readonly advice: string;
}

function graded(what: string, finding: string, { value, min, low, advice }: Grade): Finding {
  if (value < min) return fail(what, finding, advice);
  return value < low ? warn(what, finding, advice) : ok(what, finding);
}

/** What the promises of the spool rest on, tried out in a folder of its own. */
export async function checkPromises(store: Store, ports: SpoolPorts): Promise<readonly Finding[]> {
  const { files, ids, layout } = store;
  const folder = `${layout.root}/.doctor.${ids.next()}`;
  const made = await examined('writing', async () => {
    await files.makeDir(folder, 0o700);
    return ok('writing', 'new names can be made');
  });
  if (made.level === 'fail') return [made];
  try {
    return [
      made,
      await examined('exclusive create', () => checkCreate(store, folder)),
      await examined('link', () => checkLink(store, folder)),
      await examined('rename', () => checkRename(store, folder)),
      await examined('visibility', () => checkVisibility(store, folder)),
      await examined('commit', () => checkCommit(store, folder)),
      await examined('advisory lock', () => checkLock(ports.locks, folder)),
      await examined('clock', () => checkClock(store, ports, folder)),
    ];
  } finally {
    await removeLoose(files, folder);
  }
}

const options = { mode: 0o600, sync: true };
const broken = 'do not use this file system: two writers could both win';

async function checkCreate({ files }: Store, folder: string): Promise<Finding> {
  const what = 'exclusive create';
  const first = await files.create(`${folder}/one`, encodeText('1'), options);
  const second = await files.create(`${folder}/one`, encodeText('2'), options);
  return first === 'created' && second === 'exists'
    ? ok(what, 'one of two wins')
    : fail(what, 'both won', broken);
}

async function checkLink({ files }: Store, folder: string): Promise<Finding> {
  const what = 'link';
  await files.create(`${folder}/linked`, encodeText('1'), options);
  try {
    const first = await files.link(`${folder}/linked`, `${folder}/name`);
    await files.create(`${folder}/other`, encodeText('2'), options);
    const second = await files.link(`${folder}/other`, `${folder}/name`);
    if (first === 'linked' && second === 'exists') return ok(what, 'one of two wins');
    return fail(what, 'both won', broken);
  } catch (error) {
    // What a file system without hard links says, each in its own way.
    if (!isMgpuError(error) || !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(error.code)) {
      throw error;
    }
    return fail(what, error.message, 'the log needs hard links: choose another file system');
  }
}

async function checkRename({ files }: Store, folder: string): Promise<Finding> {
  const what = 'rename';
  await files.create(`${folder}/new`, encodeText('new'), options);
  await files.create(`${folder}/old`, encodeText('old'), options);
  await files.rename(`${folder}/new`, `${folder}/old`);
  const content = await files.read(`${folder}/old`, limits.smallFileBytes);
  const isWhole = content !== undefined && decodeText(content.bytes) === 'new';
  return isWhole
    ? ok(what, 'it replaces a file as a whole')
    : fail(what, 'it did not replace the file', broken);
}

async function checkVisibility({ files }: Store, folder: string): Promise<Finding> {
  const what = 'visibility';
  await files.create(`${folder}/seen`, encodeText('1'), options);
  const names = await files.list(folder);
  if (names?.includes('seen')) return ok(what, 'a new name is listed at once');
  return warn(
    what,
    'a new name is not listed at once',
    'jobs start later by as much as the listing lags behind',
  );
}

const commitsTried = 10;
const commitMsLow = 500;

/** How long the step takes that every change of the cluster waits for. */
async function checkCommit({ files, clock, ids, spool }: Store, folder: string): Promise<Finding> {
  const what = 'commit';
  const before = clock.monotonicMs();
  for (let at = 0; at < commitsTried; at += 1) {
    const options = { mode: 0o600, durable: spool.durable, nonce: ids.next() };
    await putIfAbsent(files, folder, `commit.${at}`, encodeText('1'), options);
  }
  const ms = (clock.monotonicMs() - before) / commitsTried;
  const text = `one takes ${ms.toFixed(1)} ms`;
  if (ms <= commitMsLow) return ok(what, text);
  return warn(what, text, 'jobs start and end late: a file server with a faster disk helps most');
}

async function checkLock(locks: Locks, folder: string): Promise<Finding> {
  const what = 'advisory lock';
  const unlock = await locks.tryLock(folder);
  if (unlock === undefined)
    return warn(what, 'a lock on a new folder was not given', 'daemons compute more than once');
  const second = await locks.tryLock(folder);
  await unlock();
  if (second === undefined) return ok(what, 'it keeps others out');
  await second();
  return warn(what, 'two held it at once', 'nothing breaks, but daemons compute more than once');
}

/** Nothing is decided by comparing clocks; but people compare the times that they are shown. */
async function checkClock({ files }: Store, ports: SpoolPorts, folder: string): Promise<Finding> {
  const what = 'clock';
  const before = ports.nowMs();
  await files.create(`${folder}/now`, encodeText('1'), options);
  const fileMs = await ports.fileTimeMs(`${folder}/now`);
  const after = ports.nowMs();
  const offsetMs = fileMs > after ? fileMs - after : Math.min(0, fileMs - before);
  const seconds = Math.abs(offsetMs / 1000).toFixed(1);
  const text = `${seconds} s ${offsetMs < 0 ? 'ahead of' : 'behind'} the file server`;
  if (Math.abs(offsetMs) <= clockOffsetMsMax) return ok(what, text);
  return warn(what, text, 'times of jobs will look wrong: let the machines keep time by NTP');
}

export async function checkLog(store: Store): Promise<Finding> {
  const journal = await openJournal(fileLog(store, 'reader'), store);
  const { seq, jobs, nodes } = journal.cluster();
  return ok('log', `commit ${seq}: ${jobs.size} jobs, ${nodes.size} nodes`);
}

export async function checkInbox(store: Store): Promise<Finding> {
  const what = 'inbox';
  const { requests, unfit } = await readInbox(store, 'all');
  const [first] = unfit;
  if (first !== undefined) return warn(what, `${unfit.length} files are no requests: ${first.why}`);
  const oldest = requests[0];
  if (oldest === undefined) return ok(what, 'empty');
  const ageSeconds = Math.max(0, store.clock.now() - oldest.time);
  return ok(what, `${requests.length} requests wait, the oldest for ${ageSeconds} s by its sender's clock`);
}
