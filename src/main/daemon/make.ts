import { accessSync, constants } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Agent, isPassing } from '../../agent/agent.ts';
import { liveSettings } from '../../agent/settings.ts';
import { isMgpuError } from '../../base/error.ts';
import type { Doorbell } from '../../ports/bells.ts';
import type { Files } from '../../ports/files.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Watcher, WatchMode } from '../../ports/watch.ts';
import { openEmbedded } from '../../services/embedded.ts';
import { localDirOf } from '../../services/locate.ts';
import { openJournal } from '../../store/journal.ts';
import { fileLog } from '../../store/log.ts';
import { readClusterFile } from '../../store/settings.ts';
import { openSpool, refuseOthers, type Store, type StorePorts } from '../../store/spool.ts';
import { systemBells } from '../../system/bells.ts';
import { systemClock } from '../../system/clock.ts';
import { openDoorbell } from '../../system/doorbell.ts';
import { systemIds } from '../../system/ids.ts';
import { machineLoad } from '../../system/load.ts';
import { fileLocks } from '../../system/locks.ts';
import { systemMailer } from '../../system/mailer.ts';
import { mountOf, watchModeFor } from '../../system/mount.ts';
import { systemProcesses } from '../../system/processes.ts';
import { hostNames, uidOf } from '../../system/user.ts';
import { createWatcher } from '../../system/watch.ts';
import { parseYaml } from '../../system/yaml.ts';
import { claimLocalDir, installScripts, makeLocalDir } from './localdir.ts';
import type { DaemonOptions } from './options.ts';
import { nodeFacts } from './record.ts';

/** What of the daemon's world its maker chooses. */
export interface AgentParts {
  readonly logger: Logger;
  readonly files: Files;
  /** How to start a step supervisor; the room is added. */
  readonly stepCommand: readonly string[];
}

/** A node's daemon, ready to serve: its folder on this machine is its own, its node is not registered yet. */
export async function makeAgent(options: DaemonOptions, parts: AgentParts): Promise<Agent> {
  const bells = systemBells();
  const ports = { files: parts.files, clock: systemClock(), ids: systemIds(), bells };
  const { uid } = userInfo();
  const store = await whenInReach(options, parts.logger, async () => {
    const found = await openOwn(ports, options);
    await refuseOthers(found, uid);
    return found;
  });
  const processes = systemProcesses();
  const incarnation = ports.ids.next();
  const { settings, config } = await whenInReach(options, parts.logger, () =>
    readClusterFile(store, parseYaml),
  );
  const facts = await nodeFacts({ ...options, config }, incarnation, parts.logger);
  const { gpuProbe } = facts;
  const { record: found } = facts;
  const place = { clusterId: store.spool.clusterId, node: found.name, uid, environment: process.env };
  const localDir = options.localDir ?? localDirOf(place);
  await makeLocalDir(store.files, localDir, uid);
  const own = await processes.identityOf(process.pid);
  const claim = { ...own, node: found.name, spool: options.spool, nonce: incarnation, uid };
  await claimLocalDir({ files: store.files, processes }, localDir, claim);
  const scripts = await installScripts(store.files, localDir, incarnation);
  const mode = await watchModeOf(options);
  const watcher = createWatcher(mode, (message) => parts.logger.warn(message));
  for (const folder of [store.layout.log, store.layout.inbox, join(localDir, 'runs')]) watcher.add(folder);
  const isTold = mode.kind === 'events';
  const doorbell = await hang(isTold ? (facts.port ?? 0) : facts.port, watcher, parts.logger);
  return {
    store,
    journal: await whenInReach(options, parts.logger, () => openJournal(fileLog(store, found.name), ports)),
    processes,
    locks: fileLocks(),
    logger: parts.logger,
    mailer: systemMailer(),
    watcher,
    ...(doorbell && { doorbell }),
    gpuProbe,
    settings: liveSettings(settings),
    parseYaml,
    uidOf,
    node: { ...found, ...(doorbell && { port: doorbell.port }) },
    load: machineLoad,
    localDir,
    ...scripts,
    mayExecute: isExecutable(scripts.shimPath),
    stepCommand: parts.stepCommand,
  };
}

const troubleRestMs = 1000;

/**
 * Does what needs the spool when it is in reach: a machine may be up before its file server is. The daemon
 * that a command starts for itself does not wait, for somebody waits for it.
 */
async function whenInReach<T>(
  { isEmbedded }: DaemonOptions,
  logger: Logger,
  action: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (isEmbedded || !isPassing(error)) throw error;
      logger.error(`will try again: ${error.message}`, { code: error.code });
    }
    await setTimeout(troubleRestMs);
  }
}

/** False too on a file system that is mounted with noexec. */
function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Whatever is in the way, it cannot be executed.
    return false;
  }
}

/** The spool that was named, or this machine's own, which is made on first use. */
function openOwn(ports: StorePorts, { spool, isEmbedded }: DaemonOptions): Promise<Store> {
  return isEmbedded ? openEmbedded(ports, spool, hostNames().short) : openSpool(ports, spool);
}

/** How changes of the spool are noticed here. */
async function watchModeOf({ pollMs, spool }: DaemonOptions): Promise<WatchMode> {
  return pollMs === undefined ? watchModeFor(await mountOf(spool)) : { kind: 'poll', intervalMs: pollMs };
}

/** Opens the doorbell; a port that cannot be had is told, and the daemon looks every so often. */
async function hang(
  port: number | undefined,
  watcher: Watcher,
  logger: Logger,
): Promise<Doorbell | undefined> {
  if (port === 0) return undefined;
  try {
    const doorbell = await openDoorbell({ port, look: () => watcher.wake() });
    logger.info('listening for doorbells', { port: doorbell.port });
    return doorbell;
  } catch (error) {
    if (!isMgpuError(error, 'PORT')) throw error;
    logger.warn(`there is no doorbell: ${error.message}`);
    return undefined;
  }
}
