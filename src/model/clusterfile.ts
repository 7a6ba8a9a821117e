import { fail, int, type Schema, text } from '../base/schema.ts';
import { readAccounts } from './accountwords.ts';
import { type ClusterConfig, emptyConfig, type Policy, policySchema } from './config.ts';
import { limits } from './limits.ts';
import { readNodes } from './nodewords.ts';
import { readPartitions } from './partitionwords.ts';
import { defaultSettings, type Settings } from './settings.ts';
import {
  below,
  faultAt,
  memory,
  names,
  type Place,
  readAt,
  readSections,
  readWords,
  type Words,
  yesOrNo,
} from './words.ts';

/** What `cluster.yaml` says: of how daemons work, and of the cluster as a whole. */
export interface ClusterFile {
  readonly settings: Settings;
  readonly config: ClusterConfig;
}

export const emptyFile: ClusterFile = { settings: defaultSettings, config: emptyConfig };

const seconds = int(1, 1_000_000);

const clusterWords: Words<Pick<ClusterConfig, 'clusterName'>> = {
  name: ['clusterName', text(limits.nameLength)],
};
const networkingWords: Words<Pick<Settings, 'heartbeatSeconds' | 'nodeTimeoutSeconds'>> = {
  heartbeat_interval: ['heartbeatSeconds', seconds],
  timeout: ['nodeTimeoutSeconds', seconds],
};
type JobSettings = Pick<Settings, 'killWaitSeconds' | 'minJobAgeSeconds'>;
type JobConfig = Pick<
  ClusterConfig,
  | 'backfillSeconds'
  | 'defMemPerCpuMb'
  | 'defMemPerNodeMb'
  | 'maxArraySize'
  | 'firstJobId'
  | 'killInvalidDependency'
>;
const jobWords: Words<JobSettings & JobConfig> = {
  bf_interval: ['backfillSeconds', int(0, 10_800)],
  def_mem_per_cpu: ['defMemPerCpuMb', memory],
  def_mem_per_node: ['defMemPerNodeMb', memory],
  first_job_id: ['firstJobId', int(1, limits.jobIdMax)],
  kill_invalid_depend: ['killInvalidDependency', yesOrNo],
  kill_wait: ['killWaitSeconds', seconds],
  max_array_size: ['maxArraySize', int(1, limits.arraySizeMax)],
  min_job_age: ['minJobAgeSeconds', seconds],
};
const policy: Schema<Policy> = (value) => {
  // It will be the name of a program of the site's own; until then nothing would follow it.
  if (value === 'custom') fail('fill_first or spread: custom is not supported by this release');
  return policySchema(value);
};
const schedulingWords: Words<Pick<ClusterConfig, 'policy' | 'maxSwitchWaitSeconds'>> = {
  default_policy: ['policy', policy],
  max_switch_wait: ['maxSwitchWaitSeconds', int(0, 2 ** 31 - 1)],
};
const gpuWords: Words<Pick<Settings, 'gpuProbeSeconds'>> = { probe_interval: ['gpuProbeSeconds', seconds] };
const mailWords: Words<Pick<ClusterConfig, 'mailProgram'>> = {
  program: ['mailProgram', text(limits.pathLength)],
};

/** The sections, which are read one by one below. */
const sections = [
  ...[
    'cluster',
    'nodes',
    'partitions',
    'networking',
    'scheduling',
    'jobs',
    'gpus',
    'licenses',
    'admins',
    'mail',
    'accounts',
  ],
] as const;

/**
 * What a parsed `cluster.yaml` says. Throws `SETTINGS` naming the place and the word for what is unknown or
 * cannot be: a misspelt setting must not be passed over, and nothing of such a file holds.
 */
export function clusterFileOf(value: unknown, nameOf: Place['nameOf']): ClusterFile {
  const top: Place = { steps: [], nameOf };
  const said = readSections(value, sections, top);
  const at = (section: (typeof sections)[number]): Place => below(top, section);
  const networking = readWords(said.networking, networkingWords, at('networking'));
  const jobs = readWords(said.jobs, jobWords, at('jobs'));
  const gpus = readWords(said.gpus, gpuWords, at('gpus'));
  const { killWaitSeconds, minJobAgeSeconds, ...jobConfig } = jobs;
  const waits = {
    ...(killWaitSeconds !== undefined && { killWaitSeconds }),
    ...(minJobAgeSeconds !== undefined && { minJobAgeSeconds }),
  };
  const settings = { ...defaultSettings, ...networking, ...waits, ...gpus };
  if (settings.nodeTimeoutSeconds < 2 * settings.heartbeatSeconds) {
    throw faultAt(at('networking'), 'timeout must be at least twice heartbeat_interval');
  }
  const { nodeTimeoutSeconds } = networking;
  const config: ClusterConfig = {
    partitions: readPartitions(said.partitions, at('partitions')),
    nodes: readNodes(said.nodes, at('nodes')),
    ...readWords(said.cluster, clusterWords, at('cluster')),
    ...jobConfig,
    ...waits,
    ...(nodeTimeoutSeconds !== undefined && { nodeTimeoutSeconds }),
    ...readWords(said.scheduling, schedulingWords, at('scheduling')),
    ...readWords(said.mail, mailWords, at('mail')),
    ...(said.accounts !== undefined && { accounts: readAccounts(said.accounts, at('accounts')) }),
    ...(said.admins !== undefined && { admins: readAt(names, said.admins, at('admins')) }),
    ...(said.licenses !== undefined && { licenses: readLicenses(said.licenses, at('licenses')) }),
  };
  return { settings, config };
}

function readLicenses(value: unknown, at: Place): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw faultAt(at, 'expected names with a colon and a number each');
  }
  for (const [name, count] of Object.entries(value)) {
    if (!/^[A-Za-z0-9_.@/-]+$/.test(name)) throw faultAt(below(at, name), 'this cannot name a license');
    counts[name] = readAt(int(0, 2 ** 31 - 1), count, below(at, name));
  }
  return counts;
}
