import type { ColumnField } from '../columns.ts';

/*
 * The tables of sacctmgr: for each kind of thing its columns, with Slurm's heads and widths, and which of
 * them are shown unless others are asked for (as observed of 22.05.8).
 */

/** One thing, its facts by the names of its columns. */
export type Record = Readonly<{ [column: string]: string }>;

/** A kind of thing that `sacctmgr show` lists. */
export interface Entity {
  /** As Slurm's complaint lists it; any beginning of it in either case names it. */
  readonly name: string;
  readonly plural?: string;
  readonly fields: readonly ColumnField<Record>[];
  readonly standard: string;
}

function field(name: string, head: string, width: number): ColumnField<Record> {
  return { name, head, width, cut: 'plain', get: (record) => record[name] ?? '' };
}

const limitsOfAll = [
  field('GrpJobs', 'GrpJobs', 7),
  field('GrpTRES', 'GrpTRES', 13),
  field('GrpSubmitJobs', 'GrpSubmit', 9),
  field('GrpWall', 'GrpWall', 11),
  field('GrpTRESMins', 'GrpTRESMins', 13),
  field('GrpTRESRunMins', 'GrpTRESRunMin', 13),
  field('MaxJobs', 'MaxJobs', 7),
  field('MaxNodes', 'MaxNodes', 8),
  field('MaxCPUs', 'MaxCPUs', 8),
  field('MaxTRES', 'MaxTRES', 13),
  field('MaxTRESPerNode', 'MaxTRESPerNode', 14),
  field('MaxSubmitJobs', 'MaxSubmit', 9),
  field('MaxWall', 'MaxWall', 11),
  field('MaxTRESMins', 'MaxTRESMins', 13),
  field('MaxCPUMins', 'MaxCPUMins', 11),
  field('QOS', 'QOS', 20),
  field('DefaultQOS', 'Def QOS', 9),
] as const;

const cluster = field('Cluster', 'Cluster', 10);
const account = field('Account', 'Account', 10);
const user = field('User', 'User', 10);
const fairshare = field('Fairshare', 'Share', 9);
const priority = field('Priority', 'Priority', 10);
const start = field('TimeStart', 'TimeStart', 19);
const end = field('TimeEnd', 'TimeEnd', 19);

export const entities: readonly Entity[] = [
  {
    name: 'Account',
    fields: [
      account,
      field('Description', 'Descr', 20),
      field('Organization', 'Org', 20),
      field('Coordinators', 'Coord Accounts', 20),
    ],
    standard: 'Account,Description,Organization',
  },
  {
    name: 'Association',
    fields: [
      cluster,
      account,
      user,
      field('Partition', 'Partition', 10),
      fairshare,
      priority,
      ...limitsOfAll,
      field('ID', 'ID', 6),
      field('ParentName', 'Par Name', 10),
      field('ParentID', 'Par ID', 6),
    ],
    standard:
      'Cluster,Account,User,Partition,Fairshare,Priority,GrpJobs,GrpTRES,GrpSubmitJobs,GrpWall,GrpTRESMins,' +
      'MaxJobs,MaxTRES,MaxTRESPerNode,MaxSubmitJobs,MaxWall,MaxTRESMins,QOS,DefaultQOS,GrpTRESRunMins',
  },
  {
    name: 'Cluster',
    fields: [
      cluster,
      field('ControlHost', 'ControlHost', 15),
      field('ControlPort', 'ControlPort', 12),
      field('RPC', 'RPC', 5),
      fairshare,
      ...limitsOfAll,
      field('NodeCount', '#Nodes', 7),
      field('ClusterNodes', 'Cluster Nodes', 20),
      field('TRES', 'TRES', 20),
    ],
    standard:
      'Cluster,ControlHost,ControlPort,RPC,Fairshare,GrpJobs,GrpTRES,GrpSubmitJobs,MaxJobs,MaxTRES,' +
      'MaxSubmitJobs,MaxWall,QOS,DefaultQOS',
  },
  {
    name: 'Event',
    fields: [
      cluster,
      { ...field('NodeName', 'NodeName', 15), side: 'left' },
      start,
      end,
      { ...start, name: 'Start' },
      { ...end, name: 'End' },
      field('State', 'State', 6),
      field('Reason', 'Reason', 30),
      user,
      field('Event', 'Event', 7),
      field('ClusterNodes', 'Cluster Nodes', 20),
      field('TRES', 'TRES', 20),
    ],
    standard: 'Cluster,NodeName,TimeStart,TimeEnd,State,Reason,User',
  },
  {
    name: 'QOS',
    fields: [
      field('Name', 'Name', 10),
      priority,
      field('GraceTime', 'GraceTime', 10),
      field('Preempt', 'Preempt', 10),
      field('PreemptExemptTime', 'PreemptExemptTime', 19),
      field('PreemptMode', 'PreemptMode', 11),
      field('Flags', 'Flags', 40),
      field('UsageThreshold', 'UsageThres', 10),
      field('UsageFactor', 'UsageFactor', 11),
      ...limitsOfAll.filter(({ name }) => /^Grp|^Max(?:TRES|TRESPerNode|TRESMins|Wall)$/.test(name)),
      field('MaxTRESPerUser', 'MaxTRESPU', 13),
      field('MaxJobsPerUser', 'MaxJobsPU', 9),
      field('MaxSubmitJobsPerUser', 'MaxSubmitPU', 11),
      field('MaxTRESPerAccount', 'MaxTRESPA', 13),
      field('MaxJobsPerAccount', 'MaxJobsPA', 9),
      field('MaxSubmitJobsPerAccount', 'MaxSubmitPA', 11),
      field('MinTRES', 'MinTRES', 13),
      field('Description', 'Descr', 20),
      field('ID', 'ID', 6),
    ],
    standard:
      'Name,Priority,GraceTime,Preempt,PreemptExemptTime,PreemptMode,Flags,UsageThreshold,UsageFactor,' +
      'GrpTRES,GrpTRESMins,GrpTRESRunMins,GrpJobs,GrpSubmitJobs,GrpWall,MaxTRES,MaxTRESPerNode,MaxTRESMins,' +
      'MaxWall,MaxTRESPerUser,MaxJobsPerUser,MaxSubmitJobsPerUser,MaxTRESPerAccount,MaxJobsPerAccount,' +
      'MaxSubmitJobsPerAccount,MinTRES',
  },
  {
    name: 'Reservation',
    fields: [
      cluster,
      field('Name', 'Name', 15),
      field('TRES', 'TRES', 30),
      start,
      end,
      field('Associations', 'Associations', 20),
      field('Flags', 'Flags', 20),
      field('NodeNames', 'NodeNames', 20),
    ],
    standard: 'Cluster,Name,TRES,TimeStart,TimeEnd',
  },
  {
    name: 'Resource',
    fields: [
      field('Name', 'Name', 10),
      field('Server', 'Server', 10),
      field('Type', 'Type', 8),
      field('Count', 'Count', 6),
      field('Allocated', '% Allocated', 11),
      field('ServerType', 'ServerType', 10),
      cluster,
    ],
    standard: 'Name,Server,Type,Count,Allocated,ServerType',
  },
  {
    name: 'TRES',
    fields: [field('Type', 'Type', 8), field('Name', 'Name', 15), field('ID', 'ID', 6)],
    standard: 'Type,Name,ID',
  },
  {
    name: 'User',
    fields: [
      user,
      field('DefaultAccount', 'Def Acct', 10),
      { name: 'AdminLevel', head: 'Admin', width: 9, get: (record) => record['AdminLevel'] ?? '' },
      field('DefaultWCKey', 'Def WCKey', 10),
      field('Coordinators', 'Coord Accounts', 20),
      cluster,
      account,
      field('Partition', 'Partition', 10),
      fairshare,
      priority,
      ...limitsOfAll,
    ],
    standard: 'User,DefaultAccount,AdminLevel',
  },
  {
    name: 'WCKey',
    fields: [field('WCKey', 'WCKey', 10), cluster, user, field('ID', 'ID', 6)],
    standard: 'WCKey,Cluster,User',
  },
];

/** What `withassoc` adds to the columns of users. */
export const userWithAssociations =
  'User,DefaultAccount,AdminLevel,Cluster,Account,Partition,Fairshare,Priority,MaxJobs,MaxNodes,MaxCPUs,' +
  'MaxSubmitJobs,MaxWall,MaxCPUMins,QOS,DefaultQOS';
