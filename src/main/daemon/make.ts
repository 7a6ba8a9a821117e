import { accessSync, constants } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Agent, isPassing } from '../../agent/agent.ts';
import { liveSettings } from '../../agent/settings.ts';
import type { Files } from '../../ports/files.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Watcher } from '../../ports/watch.ts';
import { openEmbedded } from '../../services/embedded.ts';
import { localDirOf } from '../../services/locate.ts';
import { openJournal } from '../../store/journal.ts';
import { fileLog } from '../../store/log.ts';
import { readClusterFile } from '../../store/settings.ts';
import { openSpool, refuseOthers, type Store, type StorePorts } from '../../store/spool.ts';
import { systemClock } from '../../system/clock.ts';
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
  const ports = { files: parts.files, clock: systemClock(), ids: systemIds() };
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
  const { record, gpuProbe } = await nodeFacts({ ...options, config }, incarnation, parts.logger);
  const place = { clusterId: store.spool.clusterId, node: record.name, uid, environment: process.env };
  const localDir = options.localDir ?? localDirOf(place);
  await makeLocalDir(store.files, localDir, uid);
  const own = await processes.identityOf(process.pid);
  const claim = { ...own, node: record.name, spool: options.spool, nonce: incarnation, uid };
  await claimLocalDir({ files: store.files, processes }, localDir, claim);
  const scripts = await installScripts(store.files, localDir, incarnation);
  return {
    store,
    journal: await whenInReach(options, parts.logger, () => openJournal(fileLog(store, record.name), ports)),
    processes,
    locks: fileLocks(),
    logger: parts.logger,
    mailer: systemMailer(),
    watcher: await makeWatcher(options, parts.logger, [
      store.layout.log,
      store.layout.inbox,
      join(localDir, 'runs'),
    ]),
    gpuProbe,
    settings: liveSettings(settings),
    parseYaml,
    uidOf,
    node: record,
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

async function makeWatcher(
  options: DaemonOptions,
  logger: Logger,
  folders: readonly string[],
): Promise<Watcher> {
  const mode =
    options.pollMs === undefined
      ? watchModeFor(await mountOf(options.spool))
      : ({ kind: 'poll', intervalMs: options.pollMs } as const);
  const watcher = createWatcher(mode, (message) => logger.warn(message));
  for (const folder of folders) watcher.add(folder);
  return watcher;
}
