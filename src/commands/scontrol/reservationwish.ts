import { parseTimeLimit, type TimeLimit } from '../../model/timelimit.ts';
import { parseTimeSpec } from '../../model/timespec.ts';
import type { ClusterView } from '../../services/view.ts';
import type { Answer } from './show.ts';
import { complaint, type Setting, tagNamed, unsupported } from './words.ts';

/** A list that is set, added to or taken from. */
interface ListWish {
  readonly names: readonly string[];
  readonly how: Setting['how'];
}

/** What is asked of a reservation; what is missing stays, or has Slurm's default. */
export interface ReservationWish {
  readonly name?: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly duration?: { readonly seconds: number | 'UNLIMITED'; readonly how: Setting['how'] };
  readonly nodes?: string;
  readonly nodeCount?: number;
  readonly users?: ListWish;
  readonly groups?: ListWish;
  readonly accounts?: ListWish;
  readonly flags?: ListWish;
  readonly partition?: string;
  readonly features?: string;
}

interface Asked {
  readonly view: ClusterView;
  readonly isNew: boolean;
  readonly utcOffsetMinutes: (unixSeconds: number) => number;
}

const servedTags = [
  ...['ReservationName', 'StartTime', 'EndTime', 'Duration', 'Nodes', 'NodeCnt', 'Users', 'Groups'],
  ...['Accounts', 'Flags', 'PartitionName', 'Features'],
] as const;
const otherTags = [
  ...['BurstBuffer', 'CoreCnt', 'Licenses', 'MaxStartDelay', 'PurgeComp', 'Skip', 'TRES', 'TRESPerNode'],
  ...['Watts'],
] as const;

/** The flags that somebody may ask for, and those of Slurm that are not served. */
const flags = ['MAINT', 'OVERLAP', 'IGNORE_JOBS', 'DAILY', 'WEEKLY'];
const otherFlags = [
  ...['ANY_NODES', 'FIRST_CORES', 'FLEX', 'HOURLY', 'IGNORE_RUNNING', 'LICENSE_ONLY', 'MAGNETIC', 'NO_HOLD'],
  ...['NO_HOLD_JOBS_AFTER_END', 'PART_NODES', 'PURGE_COMP', 'REPLACE', 'REPLACE_DOWN', 'SPEC_NODES'],
  ...['STATIC_ALLOC', 'TIME_FLOAT', 'USER_DELETE', 'WEEKDAY', 'WEEKEND'],
];
const unserved = new Set(otherFlags.filter((flag) => flag !== 'SPEC_NODES'));

/** Reads the words of a `create` or an `update`, or gives Slurm's complaint. */
export function readReservation(settings: readonly Setting[], asked: Asked): ReservationWish | Answer {
  let wish: ReservationWish = {};
  for (const setting of settings) {
    const tag = tagNamed(setting.tag, [...servedTags, ...otherTags] as const);
    if (tag === undefined) return fault(`Unknown parameter ${setting.written}`, asked);
    const served = servedTags.find((one) => one === tag);
    if (served === undefined) return unsupported(`${tag} of reservations`);
    const read = readOne(served, setting, asked);
    if ('exitCode' in read) return read;
    wish = { ...wish, ...read };
  }
  return missing(wish, asked) ?? wish;
}

function readOne(tag: (typeof servedTags)[number], setting: Setting, asked: Asked): ReservationWish | Answer {
  const { value, how } = setting;
  const names = value.split(',').filter((one) => one !== '');
  // Of a reservation that is made `Users-=bob` keeps bob out: there is nobody to take away.
  const isDenial = asked.isNew && how === 'remove';
  const denied = names.map((one) => (one.startsWith('-') ? one : `-${one}`));
  const list: ListWish = isDenial ? { names: denied, how: 'set' } : { names, how };
  switch (tag) {
    case 'ReservationName':
      return { name: value };
    case 'StartTime':
      return readTime('start', setting, asked);
    case 'EndTime':
      return readTime('end', setting, asked);
    case 'Duration': {
      const limit = parseTimeLimit(value);
      const isWritten = /^[\d:-]+$|^(?:infinite|unlimited)$/i.test(value);
      if (limit === undefined || !isWritten) return fault(`Invalid duration ${setting.written}`, asked);
      return { duration: { seconds: secondsOf(limit), how } };
    }
    case 'Nodes':
      return { nodes: value };
    case 'NodeCnt':
      return /^\d+$/.test(value)
        ? { nodeCount: Number(value) }
        : unsupported(`NodeCnt=${value} of reservations`);
    case 'Users':
      return { users: list };
    case 'Groups':
      return { groups: list };
    case 'Accounts':
      return { accounts: list };
    case 'Flags':
      return readFlags(setting, asked);
    case 'PartitionName':
      return { partition: value };
    case 'Features':
      if (value === '') return { features: value };
      return unsupported(`Features=${value} of reservations`, ': name the nodes');
    default:
      return tag satisfies never;
  }
}

function secondsOf(limit: TimeLimit): number | 'UNLIMITED' {
  return limit === 'UNLIMITED' ? limit : limit * 60;
}

function readTime(
  what: 'start' | 'end',
  { value, written }: Setting,
  { view, isNew, utcOffsetMinutes }: Asked,
): ReservationWish | Answer {
  const read = parseTimeSpec(value, { now: view.now, utcOffsetMinutes, lies: 'after' });
  if ('time' in read) return what === 'start' ? { startTime: read.time } : { endTime: read.time };
  const { err } = fault(`Invalid ${what} time ${written}`, { isNew });
  return { ...complaint(`Invalid time specification (pos=${read.position}): ${value}`, err.trimEnd()) };
}

function readFlags({ value, how }: Setting, asked: Asked): ReservationWish | Answer {
  const names: string[] = [];
  for (const written of value.split(',').filter((one) => one !== '')) {
    const word = written.toUpperCase();
    const isFit = (flag: string): boolean => flag === word || (word.length >= 3 && flag.startsWith(word));
    const found = flags.find(isFit) ?? [...unserved].find(isFit);
    if (found === undefined) {
      const sign = how === 'add' ? '+' : how === 'remove' ? '-' : '';
      return fault(`Error parsing flags ${sign}${value}`, asked);
    }
    if (unserved.has(found)) return unsupported(`flag ${found} of reservations`);
    names.push(found);
  }
  return { flags: { names, how } };
}

/** What a reservation cannot be without. */
function missing(wish: ReservationWish, asked: Asked): Answer | undefined {
  const { startTime, endTime, duration, users, groups, accounts, nodes, nodeCount } = wish;
  if (users !== undefined && groups !== undefined) {
    const what = 'Users and Groups are mutually exclusive.  You can have one or the other, but not both';
    return fault(what, asked);
  }
  if (!asked.isNew) return undefined;
  if (startTime === undefined) return fault('A start time must be given', asked);
  if (endTime === undefined && duration === undefined) {
    return fault('An end time or duration must be given', asked);
  }
  if (endTime !== undefined && endTime < startTime)
    return fault('Start time cannot be after end time', asked);
  if (nodes === undefined && nodeCount === undefined) {
    return fault('CoreCnt, Nodes, NodeCnt, BurstBuffer, Licenses or Watts must be specified', asked);
  }
  if (users === undefined && groups === undefined && accounts === undefined) {
    return fault('Either Users/Groups and/or Accounts must be specified', asked);
  }
  return undefined;
}

function fault(what: string, { isNew }: { readonly isNew: boolean }): Answer {
  const line = `scontrol: error: ${what}.  No reservation ${isNew ? 'created' : 'update'}.`;
  return isNew ? complaint(line) : complaint(line, 'slurm_update error: No error');
}
