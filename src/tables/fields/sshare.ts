import type { ColumnField } from '../columns.ts';

/** An account, or a user of it, as sshare shows it. */
export interface ShareLine {
  readonly account: string;
  readonly user?: string;
  /** How far below the root of what is shown it stands. */
  readonly depth: number;
  readonly clusterName: string;
}

const isRoot = ({ account, user }: ShareLine): boolean => account === 'root' && user === undefined;

/**
 * The columns of sshare, heads and widths as Slurm's. Use is weighed by nobody under priority/basic, so that
 * there, as under Slurm, it is zero and a norm is not there (as observed).
 */
export const sshareFields: readonly ColumnField<ShareLine>[] = [
  {
    name: 'Account',
    width: 20,
    side: 'left',
    get: ({ account, depth }) => ' '.repeat(depth) + account,
  },
  { name: 'Cluster', width: 10, get: ({ clusterName }) => clusterName },
  { name: 'EffectvUsage', width: 13, get: () => '0.000000' },
  { name: 'FairShare', width: 10, get: ({ user }) => (user === undefined ? '' : '0.000000') },
  { name: 'GrpTRESMins', width: 30, get: () => '' },
  {
    name: 'GrpTRESRaw',
    width: 30,
    get: () => 'cpu=0,mem=0,energy=0,node=0,billing=0,fs/disk=0,vmem=0,pages=0',
  },
  { name: 'ID', width: 6, get: () => '' },
  { name: 'LevelFS', width: 10, get: () => '0.000000' },
  { name: 'NormShares', width: 11, get: () => '' },
  { name: 'NormUsage', width: 11, get: () => '' },
  { name: 'Partition', width: 12, get: () => '' },
  { name: 'RawShares', width: 10, get: (line) => (isRoot(line) ? '' : '1') },
  { name: 'RawUsage', width: 11, get: () => '0' },
  {
    name: 'TRESRunMins',
    width: 30,
    get: () => 'cpu=0,mem=0,energy=0,node=0,billing=0,fs/disk=0,vmem=0,pages=0',
  },
  { name: 'User', width: 10, get: ({ user }) => user ?? '' },
];

export const sshareFormats = {
  standard: 'Account,User,RawShares,NormShares,RawUsage,EffectvUsage,FairShare',
  partition: 'Account,User,Partition,RawShares,NormShares,RawUsage,EffectvUsage,FairShare',
  long:
    'Account,User,RawShares,NormShares,RawUsage,NormUsage,EffectvUsage,FairShare,LevelFS,' +
    'GrpTRESMins,TRESRunMins',
} as const;
