/** What only the cluster knows: a shell asks `mgpu_complete` for it while somebody types. */
export const liveKinds = [
  'jobs',
  'anyjobs',
  'jobnames',
  'nodes',
  'partitions',
  'users',
  'accounts',
  'gpus',
  'reservations',
  'licenses',
] as const;
export type LiveKind = (typeof liveKinds)[number];

export function isLiveKind(text: string): text is LiveKind {
  return (liveKinds as readonly string[]).includes(text);
}

/** Options whose argument the cluster knows, by their long names, which mean the same everywhere. */
const kinds: Readonly<Record<string, LiveKind>> = {
  account: 'accounts',
  accounts: 'accounts',
  dependency: 'jobs',
  exclude: 'nodes',
  'gpu-ids': 'gpus',
  jobid: 'jobs',
  jobname: 'jobnames',
  jobs: 'jobs',
  licenses: 'licenses',
  'node-gpu-ids': 'nodes',
  nodelist: 'nodes',
  partition: 'partitions',
  partitions: 'partitions',
  reservation: 'reservations',
  user: 'users',
  users: 'users',
};

/** Where one program means something else by a name. */
const exceptions: Readonly<Record<string, LiveKind | undefined>> = {
  'sacct jobs': 'anyjobs',
  'sacct name': 'jobnames',
  'squeue name': 'jobnames',
  'scancel name': 'jobnames',
  'sinfo nodes': 'nodes',
  // A switch there.
  'sinfo reservation': undefined,
};

/** What the argument of an option is, if only the cluster knows. */
export function liveKindOf(program: string, long: string): LiveKind | undefined {
  const key = `${program} ${long}`;
  return key in exceptions ? exceptions[key] : kinds[long];
}
