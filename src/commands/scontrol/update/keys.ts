import { parseConstraint } from '../../../model/constraint.ts';
import { parseCount, parseNodeCount } from '../../../model/counts.ts';
import { parseDependency } from '../../../model/dependency.ts';
import { parseGres } from '../../../model/gres.ts';
import { parseHostlist } from '../../../model/hostlist.ts';
import { isActive, type Job } from '../../../model/job.ts';
import { parseLicenses } from '../../../model/licenses.ts';
import { limits } from '../../../model/limits.ts';
import { parseMailTypes } from '../../../model/mailtypes.ts';
import { parseNice } from '../../../model/priority.ts';
import type { ClearableKey, JobChange } from '../../../model/request.ts';
import type { JobSpec } from '../../../model/spec.ts';
import type { ChangeRefusal } from '../../../services/changejobs.ts';
import { endTimeLimit, parseInstant, parseLimit, type UpdateClock } from './times.ts';

/** What a key asks of a job: a change, or why this job cannot have it. */
export type ChangeFor = (job: Job) => JobChange | ChangeRefusal;

/** A value that was read, or the lines about one that is wrong. */
export type KeyReading = ChangeFor | readonly string[];

/** A key of `scontrol update JobId=...`, and how many letters of it are enough. */
export interface UpdateKey {
  readonly name: string;
  readonly lettersMin: number;
  /** What it means to give no value. */
  readonly bare?: string;
  /** Whether `+=` and `-=` are understood. */
  readonly takesSigns?: boolean;
  readonly read: (value: string, clock: UpdateClock) => KeyReading;
}

type Set = Partial<JobSpec>;

function fixed(change: JobChange): ChangeFor {
  return () => change;
}
function set(values: Set): ChangeFor {
  return fixed({ set: values });
}
function wrong(name: string, value: string): readonly string[] {
  return [`scontrol: error: Invalid ${name} value: ${value}`];
}
function badNumber(name: string, value: string): readonly string[] {
  return [`scontrol: error: Invalid numeric value "${value}" for ${name}.`, ...wrong(name, value)];
}
function denied(): ChangeFor {
  return () => 'denied';
}

function key(name: string, lettersMin: number, read: UpdateKey['read']): UpdateKey {
  return { name, lettersMin, read };
}

/** A text that takes the place of what was there; an empty one takes it away. */
function textKey(name: string, lettersMin: number, field: ClearableKey & keyof Set): UpdateKey {
  return key(name, lettersMin, (value) =>
    value === '' ? fixed({ clear: [field] }) : set({ [field]: value } as Set),
  );
}

function countKey(
  name: string,
  lettersMin: number,
  { min = 1, change }: { readonly min?: number; readonly change: (count: number) => Set },
): UpdateKey {
  return key(name, lettersMin, (value) => {
    const count = parseCount(value, { min });
    return count === undefined ? badNumber(name, value) : set(change(count));
  });
}

/** Plain MiB, as scontrol takes them. */
function memoryKey(name: string, lettersMin: number, change: (mb: number) => Set): UpdateKey {
  return key(name, lettersMin, (value) => {
    const mb = parseCount(value, { min: 0, max: limits.memoryMbMax });
    return mb === undefined ? wrong(name, value) : set(change(mb));
  });
}

function switchKey(name: string, lettersMin: number, change: (isOn: boolean) => Set): UpdateKey {
  return key(name, lettersMin, (value) => {
    if (/^(?:yes|1)$/i.test(value)) return set(change(true));
    return /^(?:no|0)$/i.test(value) ? set(change(false)) : wrong(name, value);
  });
}

function nodesKey(name: string, lettersMin: number, field: 'nodelist' | 'exclude'): UpdateKey {
  return key(name, lettersMin, (value) => {
    if (value === '') return fixed({ clear: [field] });
    const names = parseHostlist(value);
    return names === undefined ? () => 'node' : set({ [field]: names });
  });
}

const readNodeCount: UpdateKey['read'] = (value) => {
  const nodes = parseNodeCount(value);
  if (nodes === undefined)
    return [`scontrol: error: Invalid numeric value "${value}" for requested node count.`];
  return (job) => {
    if (!isActive(job)) return { set: { nodes } };
    return nodes.min <= job.allocation.length && nodes.max >= job.allocation.length ? {} : 'shrinking';
  };
};

/** So many CPUs in all: as many for each task as make at least that. */
const readCpus: UpdateKey['read'] = (value) => {
  const [, least = '', most = least] = /^(\d+)(?:-(\d+))?$/.exec(value) ?? [];
  const count = parseCount(least);
  if (count === undefined || Number(most) < count) return badNumber('NumCPUs', value);
  return ({ spec }) => ({ set: { cpusPerTask: Math.max(1, Math.ceil(count / spec.ntasks)) } });
};

const readGres: UpdateKey['read'] = (value) => {
  const asked = value === '' ? [] : parseGres(value);
  if (asked?.some(({ name }) => name !== 'gpu') ?? true) return wrong('Gres', value);
  const gpus = (asked ?? [])
    .filter(({ count }) => count > 0)
    .map(({ count, type }) => ({ count, per: 'node', ...(type !== undefined && { type }) }) as const);
  return set({ gpus, ...(gpus.length > 0 && { tresPerNode: value }) });
};

const readSwitches: UpdateKey['read'] = (value) => {
  const [, count, seconds] = /^(\d{1,4})(?:@(\d{1,9}))?$/.exec(value) ?? [];
  if (count === undefined) return wrong('Switches', value);
  const wait = seconds === undefined ? {} : { waitSeconds: Number(seconds) };
  return set({ switches: { count: Number(count), ...wait } });
};

/** In alphabetical order; the first one that fits is meant. */
export const updateKeys: readonly UpdateKey[] = [
  key('Account', 1, (value) => set({ account: value })),
  key('AdminComment', 3, denied),
  key('ArrayTaskThrottle', 10, (value) => {
    const throttle = parseCount(value, { min: 0, max: limits.tasksPerJob });
    return throttle === undefined ? badNumber('ArrayTaskThrottle', value) : fixed({ throttle });
  }),
  textKey('Comment', 3, 'comment'),
  switchKey('Contiguous', 3, (contiguous) => ({ contiguous })),
  key('CoreSpec', 4, denied),
  countKey('CPUsPerTask', 9, { change: (cpusPerTask) => ({ cpusPerTask, cpusPerTaskGiven: true }) }),
  key('Deadline', 3, (value, clock) => parseInstant(value, clock, (deadline) => ({ deadline }))),
  key('Dependency', 1, (value) => {
    const dependency = parseDependency(value);
    if (dependency === undefined) return () => 'dependency';
    return dependency.clauses.length === 0 ? fixed({ clear: ['dependency'] }) : set({ dependency });
  }),
  key('EligibleTime', 2, (value, clock) => parseInstant(value, clock, (beginTime) => ({ beginTime }))),
  key('EndTime', 2, (value, clock) => endTimeLimit(value, clock)),
  nodesKey('ExcNodeList', 3, 'exclude'),
  key('Features', 1, (value) => {
    if (value === '') return fixed({ clear: ['constraint'] });
    return parseConstraint(value) === undefined ? () => 'feature' : set({ constraint: value });
  }),
  key('Gres', 2, readGres),
  key('Licenses', 1, (value) => {
    const licenses = parseLicenses(value);
    if (licenses === undefined) return () => 'license';
    return licenses.length === 0 ? fixed({ clear: ['licenses'] }) : set({ licenses });
  }),
  key('MailType', 5, (value) => {
    const mailTypes = parseMailTypes(value);
    return mailTypes === undefined ? wrong('MailType', value) : set({ mailTypes });
  }),
  textKey('MailUser', 5, 'mailUser'),
  key('MinCPUs', 4, readCpus),
  countKey('MinCPUsNode', 8, { change: (minCpusPerNode) => ({ minCpusPerNode }) }),
  memoryKey('MinMemoryCPU', 10, (memoryPerCpuMb) => ({ memoryPerCpuMb, memoryGiven: true })),
  memoryKey('MinMemoryNode', 10, (memoryPerNodeMb) => ({ memoryPerNodeMb, memoryGiven: true })),
  memoryKey('MinTmpDiskNode', 5, (tmpPerNodeMb) => ({ tmpPerNodeMb })),
  key('Name', 2, (name) => set({ name })),
  key('JobName', 4, (name) => set({ name })),
  {
    ...key('Nice', 2, (value) => {
      const nice = parseNice(value);
      return nice === undefined ? wrong('Nice', value) : set({ nice });
    }),
    bare: '',
  },
  nodesKey('NodeList', 8, 'nodelist'),
  key('NumCPUs', 4, readCpus),
  key('NumNodes', 4, readNodeCount),
  countKey('NumTasks', 5, { change: (ntasks) => ({ ntasks, ntasksGiven: true }) }),
  switchKey('OverSubscribe', 2, (oversubscribe) => ({ oversubscribe })),
  key('Partition', 2, (partition) => set({ partition })),
  key('Priority', 2, (value) => {
    const priority = parseCount(value, { min: 0, max: 2 ** 32 - 2 });
    return priority === undefined ? wrong('Priority', value) : fixed({ priority });
  }),
  textKey('QOS', 1, 'qos'),
  key('Reboot', 3, denied),
  countKey('ReqCores', 4, { change: (coresPerSocket) => ({ coresPerSocket }) }),
  key('ReqNodes', 8, readNodeCount),
  nodesKey('ReqNodeList', 8, 'nodelist'),
  countKey('ReqProcs', 4, { change: (ntasks) => ({ ntasks, ntasksGiven: true }) }),
  countKey('ReqSockets', 4, { change: (socketsPerNode) => ({ socketsPerNode }) }),
  countKey('ReqThreads', 4, { change: (threadsPerCore) => ({ threadsPerCore }) }),
  key('Requeue', 4, (value) => {
    const flag = parseCount(value, { min: 0 });
    return flag === undefined ? wrong('Requeue', value) : set({ requeue: flag > 0 });
  }),
  textKey('ReservationName', 3, 'reservation'),
  { ...switchKey('OverSubscribe', 2, (oversubscribe) => ({ oversubscribe })), name: 'Shared' },
  key('SiteFactor', 5, denied),
  key('StartTime', 5, (value, clock) => parseInstant(value, clock, (beginTime) => ({ beginTime }))),
  key('StdOut', 3, (output) => set({ output })),
  key('Switches', 5, readSwitches),
  countKey('TasksPerNode', 2, { change: (ntasksPerNode) => ({ ntasksPerNode }) }),
  key('ThreadSpec', 4, denied),
  { ...key('TimeLimit', 5, parseLimit), takesSigns: true },
  key('TimeMin', 5, (value) => {
    const read = parseLimit(value);
    if (typeof read !== 'function') return ['scontrol: error: Invalid TimeMin value'];
    return (job) => {
      const change = read(job);
      const timeMin = typeof change === 'string' ? undefined : change.set?.timeLimit;
      return timeMin === undefined ? 'beyond bounds' : { set: { timeMin } };
    };
  }),
  key('TRESPerNode', 11, readGres),
  textKey('WCKey', 1, 'wckey'),
  key('WorkDir', 2, (workDir) => set({ workDir })),
];

/** Slurm's other keys, which this release does not serve. */
export const refusedKeys: readonly string[] = [
  'BurstBuffer',
  'ClusterFeatures',
  'Clusters',
  'DelayBoot',
  'Prefer',
  'ResetAccrueTime',
  'wait-for-switch',
];
