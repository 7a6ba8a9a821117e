import type { Cluster } from '../model/cluster.ts';
import { type ClusterConfig, emptyConfig } from '../model/config.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import { readClusterFile } from '../store/settings.ts';
import { type Agent, mayPass } from './agent.ts';

/*
 * `cluster.yaml` while the daemon lives. It is read with every heartbeat, and at once when somebody asks for
 * it (`scontrol reconfigure`). What it says of the cluster is committed by whichever daemon sees the change
 * first, and only then: two daemons that read different files for a while must not go on correcting each
 * other. A file with an error is named in the log, and all of what held before goes on to hold.
 */

/** What a daemon goes by, which a change of the file changes. */
export type LiveSettings = { -readonly [K in keyof Settings]: Settings[K] };

/** What the daemon knows of `cluster.yaml`. */
export interface SettingsMemory {
  /** Which version of the file was read last; `none` where there was none. */
  version: string | undefined;
  /** What it said, as JSON. */
  seen: string | undefined;
  /** What is to be committed; `isAsked` where somebody wanted it to be read anew. */
  news: { readonly config: ClusterConfig; readonly isAsked: boolean } | undefined;
  /** What was complained about last, so that it is said once. */
  trouble: string | undefined;
}

export function newSettingsMemory(): SettingsMemory {
  return { version: undefined, seen: undefined, news: undefined, trouble: undefined };
}

/** Reads the file, if that is possible; what is new in it is committed with the next turn. */
export async function lookAtSettings(
  agent: Agent,
  memory: SettingsMemory,
  { isAsked }: { readonly isAsked: boolean },
): Promise<void> {
  try {
    const { files, layout } = agent.store;
    const version = (await files.stat(layout.settingsFile))?.version ?? 'none';
    if (version === memory.version && !isAsked) return;
    const file = await readClusterFile(agent.store, agent.parseYaml);
    const config = await withUids(agent, file.config);
    const text = JSON.stringify(config);
    if (memory.seen !== text || isAsked) memory.news = { config, isAsked };
    if (memory.seen !== undefined && memory.seen !== text) agent.logger.info('cluster.yaml has changed');
    memory.seen = text;
    memory.version = version;
    memory.trouble = undefined;
    takeUp(agent, file.settings);
  } catch (error) {
    // The old settings stay as they are, all of them.
    if (!mayPass(error)) throw error;
    if (memory.trouble !== error.message) {
      agent.logger.error(`the settings stay as they were: ${error.message}`, { code: error.code });
    }
    memory.trouble = error.message;
  }
}

/** Who the administrators are is decided where the log is written: a name may be another's elsewhere. */
async function withUids(agent: Agent, config: ClusterConfig): Promise<ClusterConfig> {
  const { admins } = config;
  if (admins === undefined) return config;
  const uids = await Promise.all(admins.map((name) => agent.uidOf(name)));
  return { ...config, adminUids: uids.filter((uid) => uid !== undefined).sort((a, b) => a - b) };
}

const atStartOnly = ['heartbeatSeconds', 'nodeTimeoutSeconds'] as const;

/**
 * Leases rest on how long a node may be silent, so that is as it was when the daemon began.
 */
function takeUp(agent: Agent, settings: Settings): void {
  const { killWaitSeconds, minJobAgeSeconds, gpuProbeSeconds } = settings;
  Object.assign(agent.settings, { killWaitSeconds, minJobAgeSeconds, gpuProbeSeconds });
  if (atStartOnly.some((key) => agent.settings[key] !== settings[key])) {
    agent.logger.warn('cluster.yaml: networking: a change takes effect when mgpud is started again');
  }
}

/** The settings as the daemon sees them, where the state says otherwise. */
export function settingsEvents(
  { news }: SettingsMemory,
  cluster: Cluster,
  time: Seconds,
): readonly ClusterEvent[] {
  if (news === undefined || cluster.format < 3) return [];
  const { config, isAsked } = news;
  const isSame = JSON.stringify(cluster.config ?? emptyConfig) === JSON.stringify(config);
  // What was set by hand ends when the settings are read anew.
  const { partitionStates, partitionConfigs, partitionsDeleted } = cluster;
  const isByHand = [partitionStates, partitionConfigs, partitionsDeleted].some(({ size }) => size > 0);
  if (isSame && !(isAsked && isByHand)) return [];
  return [{ name: 'clusterConfigured', time, config }];
}

/** What the state says already must not be said again when it says something else. */
export function forgetOldNews(memory: SettingsMemory, cluster: Cluster): void {
  if (cluster.format >= 3 && settingsEvents(memory, cluster, 0).length === 0) memory.news = undefined;
}

export function liveSettings(settings: Settings = defaultSettings): LiveSettings {
  return { ...settings };
}
