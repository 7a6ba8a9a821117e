import { isMgpuError, MgpuError } from '../base/error.ts';
import { checked, type Infer, int, object, text } from '../base/schema.ts';
import { limits } from '../model/limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Processes, ProcessIdentity } from '../ports/processes.ts';
import { decodeText, encodeText } from '../store/put.ts';
import { initSpool, openSpool, type Store, type StorePorts } from '../store/spool.ts';
import { makeOwnFolder } from './ownfolder.ts';
import type { Session } from './session.ts';

/*
 * The embedded cluster: one machine, one user, nothing configured. Its spool is made and its daemon is
 * started by the command that first needs them. Two commands may do so at once; the spool is made by one of
 * them (its spool.json is put if absent), and of two daemons one ends at once. `daemon.start` only keeps a
 * hundred commands from starting a hundred daemons.
 */

const daemonSchema = object({
  pid: int(1),
  startTicks: int(0),
  bootId: text(limits.nameLength),
  node: text(limits.nameLength),
  spool: text(limits.pathLength),
});
/** What a daemon says of itself in its folder on its machine. */
export type DaemonRecord = Infer<typeof daemonSchema>;

/** Opens the spool of this machine and user; makes it on first use. */
export async function openEmbedded(ports: StorePorts, root: string, hostName: string): Promise<Store> {
  try {
    return await openSpool(ports, root);
  } catch (error) {
    if (!isMgpuError(error, 'NO_SPOOL')) throw error;
  }
  await makeParents(ports.files, root);
  const { store } = await initSpool(ports, root, { clusterName: hostName, durable: true });
  return store;
}

/** Makes the folders that a path lies in, for this user alone. */
async function makeParents(files: Files, path: string): Promise<void> {
  const parts = path.split('/').slice(1, -1);
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const folder = `/${parts.slice(0, depth).join('/')}`;
    if ((await files.stat(folder)) === undefined) await files.makeDir(folder, 0o700);
  }
}

/** The daemon that has the folder, alive or not; undefined when there is none that can be told. */
export async function readDaemon(
  files: Files,
  localDir: string,
  uid: number,
): Promise<DaemonRecord | undefined> {
  const path = `${localDir}/daemon.json`;
  const content = await files.read(path, limits.smallFileBytes);
  if (content === undefined) return undefined;
  if (content.stat.uid !== uid) {
    throw new MgpuError('UNSAFE', `${path}: it belongs to somebody else (uid ${content.stat.uid})`);
  }
  try {
    return checked(daemonSchema, JSON.parse(decodeText(content.bytes)), path);
  } catch (error) {
    // What does not say who it is, is nobody.
    if (error instanceof SyntaxError || isMgpuError(error, 'SCHEMA')) return undefined;
    throw error;
  }
}

export interface DaemonPorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly processes: Pick<Processes, 'isAlive'>;
  /** Starts the daemon in a session of its own; it goes on when this process ends. */
  readonly start: () => Promise<ProcessIdentity>;
}

/** Starts the daemon whose folder this is, unless it lives or somebody has just started it. */
export async function ensureDaemon(
  ports: DaemonPorts,
  localDir: string,
  uid: number,
): Promise<'alive' | 'starting' | 'started'> {
  const daemon = await readDaemon(ports.files, localDir, uid);
  if (daemon !== undefined && (await ports.processes.isAlive(daemon))) return 'alive';
  await makeOwnFolder(ports.files, localDir, uid);
  if (!(await takeStart(ports, localDir))) return 'starting';
  const started = await ports.start();
  await writeStart(ports, localDir, started);
  return 'started';
}

/** How long it may take from the decision to start a daemon until its process is there, in seconds. */
const spawnSecondsMax = 10;

const startSchema = object(
  { time: int(0) },
  { process: object({ pid: int(1), startTicks: int(0), bootId: text(limits.nameLength) }) },
);

/** Says who is starting the daemon of this folder. */
export function startPath(localDir: string): string {
  return `${localDir}/daemon.start`;
}

/** True for the one caller that is to start the daemon. */
async function takeStart(ports: DaemonPorts, localDir: string): Promise<boolean> {
  if ((await writeStart(ports, localDir)) === 'created') return true;
  if (await isStarting(ports, localDir)) return false;
  await ports.files.unlink(startPath(localDir));
  return (await writeStart(ports, localDir)) === 'created';
}

async function writeStart(
  { files, clock }: DaemonPorts,
  localDir: string,
  process?: ProcessIdentity,
): Promise<'created' | 'exists'> {
  const path = startPath(localDir);
  if (process !== undefined) await files.unlink(path);
  const content = encodeText(`${JSON.stringify({ time: clock.now(), ...(process && { process }) })}\n`);
  return files.create(path, content, { mode: 0o600, sync: false });
}

/** Whether the daemon that was started is coming up: its process lives, or is only just being made. */
async function isStarting({ files, clock, processes }: DaemonPorts, localDir: string): Promise<boolean> {
  const content = await files.read(startPath(localDir), limits.smallFileBytes);
  if (content === undefined) return false;
  try {
    const started = checked(startSchema, JSON.parse(decodeText(content.bytes)), startPath(localDir));
    if (started.process !== undefined) return processes.isAlive(started.process);
    const ageSeconds = clock.now() - started.time;
    return ageSeconds >= 0 && ageSeconds < spawnSecondsMax;
  } catch (error) {
    // Not written to its end, so being written.
    if (error instanceof SyntaxError || isMgpuError(error, 'SCHEMA')) return true;
    throw error;
  }
}

/** How long a node may take to register, in ms, and how often to look. */
const registerMsMax = 3000;
const registerLookMs = 25;

/** Waits until a node of the cluster is up; false when that takes too long. */
export async function waitForNode({ store, present }: Session): Promise<boolean> {
  const { clock } = store;
  for (const start = clock.monotonicMs(); ; await clock.sleep(registerLookMs)) {
    const { nodes } = await present.journal.refresh();
    if ([...nodes.values()].some((node) => node.presence === 'up')) return true;
    if (clock.monotonicMs() - start > registerMsMax) return false;
  }
}
