import { homedir } from 'node:os';
import { isMgpuError, MgpuError } from '../../base/error.ts';
import { printable } from '../../base/text.ts';
import type { CommandIo } from '../../commands/io.ts';
import type { Watcher } from '../../ports/watch.ts';
import type { YamlText } from '../../ports/yaml.ts';
import { openEmbedded } from '../../services/embedded.ts';
import { locateSpool, type SpoolPlace } from '../../services/locate.ts';
import { openPresent } from '../../services/present.ts';
import type { Session } from '../../services/session.ts';
import { openSpool, type Store, type StorePorts } from '../../store/spool.ts';
import { systemBells } from '../../system/bells.ts';
import { systemChecksum } from '../../system/checksum.ts';
import { systemClock } from '../../system/clock.ts';
import { readConfigFile } from '../../system/configfile.ts';
import { syncFiles } from '../../system/files.ts';
import { systemIds } from '../../system/ids.ts';
import { hostNames } from '../../system/user.ts';

export interface OpenOptions {
  /** The value of --spool. */
  readonly spool: string | undefined;
}

/** A spool and how it was found. */
export interface OpenedStore {
  readonly store: Store;
  readonly place: SpoolPlace;
}

/** Where the cluster's directory is. */
export function locate(io: CommandIo, { spool }: OpenOptions): Promise<SpoolPlace> {
  return locateSpool({
    option: spool,
    environment: io.environment,
    workDir: () => io.workDir,
    homeDir: homeOf,
    hostName: () => hostNames().short,
    readConfig: readConfigFile,
  });
}

function homeOf(): string | undefined {
  try {
    return homedir();
  } catch (error) {
    // The uid has no entry among the users, as in many containers.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

export function storePorts(): StorePorts {
  const own = { files: syncFiles(), clock: systemClock(), ids: systemIds() };
  return { ...own, checksum: systemChecksum, bells: systemBells() };
}

/** Opens the cluster's spool; the embedded one is made if it is not there. */
export async function openStore(io: CommandIo, options: OpenOptions): Promise<OpenedStore> {
  const place = await locate(io, options);
  const ports = storePorts();
  if (place.origin === 'embedded') return { store: await openOwn(ports, place), place };
  return { store: await openNamed(ports, place), place };
}

/** Opens the spool of this machine and user, making it on first use. */
async function openOwn(ports: StorePorts, place: SpoolPlace): Promise<Store> {
  try {
    return await openEmbedded(ports, place.path, hostNames().short);
  } catch (error) {
    if (!isMgpuError(error) || error.hint !== undefined) throw error;
    const hint = 'no cluster is configured: name its directory with --spool or MGPU_SPOOL';
    throw new MgpuError(error.code, error.message, { hint, cause: error });
  }
}

/** Opens a spool that somebody named; errors say who did. */
async function openNamed(ports: StorePorts, place: SpoolPlace): Promise<Store> {
  try {
    return await openSpool(ports, place.path);
  } catch (error) {
    const named = place.namedBy === '--spool' ? '' : `: named by ${place.namedBy}`;
    if (isMgpuError(error, 'NO_SPOOL')) {
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      throw new MgpuError('NO_SPOOL', `${error.message}${named}`, { ...hint, cause: error });
    }
    if (isMgpuError(error, 'EACCES') || isMgpuError(error, 'EPERM')) {
      const hint = 'ask who owns the spool for the right to read it';
      throw new MgpuError(error.code, `${error.message}${named}`, { hint, cause: error });
    }
    throw error;
  }
}

export interface SessionOptions extends OpenOptions {
  /** True for commands that want work done: they start the daemon of an embedded spool. */
  readonly startsDaemon: boolean;
}

/** What the main of a command opens. */
export interface OpenedSession extends Session, OpenedStore {
  /** What was done about the daemon; `none` where the spool is not the embedded one. */
  readonly daemon: 'none' | 'alive' | 'starting' | 'started';
}

/** Opens the cluster for a command. The daemon of an embedded spool comes up while the command goes on. */
export async function openSession(io: CommandIo, options: SessionOptions): Promise<OpenedSession> {
  const opened = await openStore(io, options);
  const wantsDaemon = options.startsDaemon && opened.place.origin === 'embedded';
  const daemon = wantsDaemon ? await (await import('./embedded.ts')).startEmbedded(io, opened.store) : 'none';
  return { ...opened, daemon, present: await openPresent(opened.store, parseYaml) };
}

/** The parser is loaded only where there is something to parse. */
async function parseYaml(text: string, path: string): Promise<YamlText> {
  return (await import('../../system/yaml.ts')).parseYaml(text, path);
}

/**
 * The session of a command that waits: it is woken by the watcher, and rung where the kernel does not tell of
 * all changes.
 */
export async function waiting<T extends Session>(
  session: T,
  watcher: Watcher,
): Promise<T & { readonly watcher: Watcher }> {
  const { mountOf, watchModeFor } = await import('../../system/mount.ts');
  if (watchModeFor(await mountOf(session.store.layout.root)).kind === 'events')
    return { ...session, watcher };
  const { hangOut } = await import('../../system/hangout.ts');
  const bells = await hangOut(() => watcher.wake());
  return { ...session, watcher, ...(bells.length > 0 && { bells }) };
}

/** Wakes up at every commit, or every so often where the kernel does not tell of them. */
export async function watchLog(store: Store, io: CommandIo): Promise<Watcher> {
  const [{ createWatcher }, { mountOf, watchModeFor }] = await Promise.all([
    import('../../system/watch.ts'),
    import('../../system/mount.ts'),
  ]);
  const mode = watchModeFor(await mountOf(store.layout.log));
  const watcher = createWatcher(mode, (message) => io.err(`${io.program}: ${printable(message)}\n`));
  watcher.add(store.layout.log);
  return watcher;
}
