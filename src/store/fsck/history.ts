import { MgpuError } from '../../base/error.ts';
import {
  type CheckpointFacts,
  type Cut,
  type EntryFacts,
  type LogProblem,
  surveyLog,
} from '../../core/survey.ts';
import type { Cluster } from '../../model/cluster.ts';
import type { ClusterEvent } from '../../model/event.ts';
import type { JobId } from '../../model/ids.ts';
import { limits } from '../../model/limits.ts';
import { decodeCheckpoint, decodeCommit } from '../codec.ts';
import { type Filed, filed } from '../filed.ts';
import { seqName, seqOfName } from '../layout.ts';
import { pruneMark } from '../log.ts';
import { advise, type Flaw } from './flaw.ts';
import { type Inspection, look, rights, shownPath, strangers, tried, whyOf } from './inspection.ts';
import { type RegisteredNodes, registeredNodes } from './registered.ts';

/** What the log and the checkpoints come to. */
export interface LogLook {
  readonly flaws: readonly Flaw[];
  /** The state at the newest commit; undefined where it cannot be known. */
  readonly cluster: Cluster | undefined;
  /** Ids that entries of the log closed because no job came of them. */
  readonly givenUp: readonly JobId[];
  /** The number of the newest entry. */
  readonly seq: number;
  /** The nodes that daemons registered, as far as can be read. */
  readonly registered: RegisteredNodes;
}

/** Reads all of the log and of the checkpoints, and replays it. */
export async function lookAtLog(inspection: Inspection): Promise<LogLook> {
  const { layout } = inspection.store;
  // In this order: a checkpoint that is listed has its entry in a listing of the log made later.
  const checkpoints = await readAll(inspection, layout.checkpoints, readCheckpoint);
  const entries = await readAll(inspection, layout.log, readEntry);
  const keptFrom = (await pruneMark(inspection.store))?.entry ?? 1;
  const { cluster, problems } = surveyLog({
    checkpoints: checkpoints.facts,
    entries: entries.facts,
    keptFrom,
  });
  const numbers = [...entries.facts.keys()];
  const newest = numbers.sort((a, b) => a - b).at(-1) ?? 0;
  const newestCheckpoint = [...checkpoints.facts.keys()].sort((a, b) => a - b).at(-1) ?? 0;
  const segments: Filed[] = [];
  for await (const one of filed(inspection.store, layout.accounting, 'oldest first')) segments.push(one);
  const survey: Survey = { cluster, newestCheckpoint, segments };
  return {
    flaws: [
      ...checkpoints.flaws,
      ...entries.flaws,
      ...problems.map((problem) => flawOf(inspection, problem, survey)),
    ],
    cluster,
    givenUp: [...entries.facts.values()].flatMap((one) => (one.is === 'whole' ? givenUpIn(one.events) : [])),
    seq: newest,
    registered: registeredNodes(checkpoints.facts, entries.facts),
  };
}

/** The ids that were closed because no job came of them. */
export function givenUpIn(events: readonly ClusterEvent[]): readonly JobId[] {
  return events.flatMap((event) => (event.name === 'idsClosed' ? event.ids : []));
}

/** The numbered files of a folder, and what else lies there. */
async function readAll<T>(
  inspection: Inspection,
  folder: string,
  read: (inspection: Inspection, path: string, seq: number) => Promise<Read<T> | undefined>,
): Promise<{ readonly facts: ReadonlyMap<number, T>; readonly flaws: readonly Flaw[] }> {
  const names = (await inspection.store.files.list(folder)) ?? [];
  const others = names.filter((name) => seqOfName(name) === undefined);
  const flaws = [...(await strangers(inspection, folder, others, 'daemon'))];
  const facts = new Map<number, T>();
  for (const name of names) {
    const seq = seqOfName(name);
    if (seq === undefined) continue;
    const found = await read(inspection, `${folder}/${name}`, seq);
    if (found === undefined) continue;
    facts.set(seq, found.facts);
    flaws.push(...found.flaws);
  }
  return { facts, flaws };
}

export interface Read<T> {
  readonly facts: T;
  readonly flaws: readonly Flaw[];
}

function readEntry(inspection: Inspection, path: string, seq: number): Promise<Read<EntryFacts> | undefined> {
  return readFacts<EntryFacts>(inspection, path, limits.commitBytes, (bytes) => {
    if (bytes.length === 0) return { is: 'blank' };
    const { head, events } = decodeCommit(bytes, path);
    refuseNumber(head.seq, seq, path);
    return { is: 'whole', events };
  });
}

function readCheckpoint(
  inspection: Inspection,
  path: string,
  seq: number,
): Promise<Read<CheckpointFacts> | undefined> {
  return readFacts<CheckpointFacts>(inspection, path, limits.checkpointBytes, (bytes) => {
    const cluster = decodeCheckpoint(bytes, path);
    refuseNumber(cluster.seq, seq, path);
    return { is: 'whole', cluster };
  });
}

/** What tells of a file itself; what else is in the way of reading it tells nothing of what it holds. */
const spoiltCodes: ReadonlySet<string> = new Set(['NOT_REGULAR', 'TOO_LARGE', 'ELOOP', 'ENOTDIR', 'EISDIR']);

/**
 * Throws `NEWER_FORMAT`: what this program does not know it cannot judge; and the system's error where a file
 * cannot be read now, for it may be as it should.
 */
export async function readFacts<T extends { readonly is: string }>(
  inspection: Inspection,
  path: string,
  bytesMax: number,
  decode: (bytes: Uint8Array) => T,
): Promise<Read<T | Bad> | undefined> {
  const found = await look(inspection, path, bytesMax);
  if (found.is === 'gone') return undefined;
  if (found.is === 'bad') {
    if (!spoiltCodes.has(found.error.code)) throw found.error;
    return { facts: { is: 'bad', why: whyOf(found.error, path) }, flaws: [] };
  }
  const { bytes, stat } = found.content;
  const facts = await tried(() => decode(bytes));
  const flaws = rights(inspection, path, stat);
  if (!(facts instanceof MgpuError)) return { facts, flaws };
  if (facts.code === 'NEWER_FORMAT') throw facts;
  return { facts: { is: 'bad', why: whyOf(facts, path) }, flaws };
}

export interface Bad {
  readonly is: 'bad';
  readonly why: string;
}

function refuseNumber(said: number, seq: number, path: string): void {
  if (said !== seq) throw new MgpuError('DAMAGED', `${path}: it says that it is ${said}`);
}

interface Survey {
  readonly cluster: Cluster | undefined;
  readonly newestCheckpoint: number;
  readonly segments: readonly Filed[];
}

const fromBackup = 'is the file system mounted? Else restore log/ and checkpoints/ from a backup';

function flawOf(inspection: Inspection, problem: LogProblem, survey: Survey): Flaw {
  const { layout } = inspection.store;
  const name = (folder: string): string => shownPath(inspection.store, `${folder}/${seqName(problem.seq)}`);
  switch (problem.kind) {
    case 'checkpoint':
      return checkpointFlaw(name(layout.checkpoints), problem, survey);
    case 'history':
      return historyFlaw(name(layout.log), problem);
    case 'cut':
      return cutFlaw(name(layout.log), problem, survey);
    case 'difference':
      return advise(
        'error',
        name(layout.log),
        `${problem.why}: what was committed there and what the next checkpoint says do not agree; readers ` +
          'go by the checkpoint',
        'keep a copy of the spool and report this: it is a fault of mgpu, or somebody changed a file',
      );
    case 'impossible':
      return advise(
        'error',
        name(layout.log),
        `the state after this commit is impossible: ${problem.why}`,
        'keep a copy of the spool and report this: it is a fault of mgpu, or somebody changed a file',
      );
    case 'baseless':
      return advise(
        'error',
        name(layout.log),
        'there is no checkpoint to begin at, and the log does not begin with entry 1: nobody can read it',
        fromBackup,
      );
    default:
      return problem satisfies never;
  }
}

function checkpointFlaw(
  path: string,
  { seq, why, remade }: Extract<LogProblem, { readonly kind: 'checkpoint' }>,
  { cluster, newestCheckpoint }: Survey,
): Flaw {
  const isNewest = seq === newestCheckpoint;
  const meaning = isNewest ? 'readers begin at it, and stop' : 'nobody reads it, for there is a newer one';
  const what = `${why}: ${meaning}`;
  const severity = isNewest ? 'error' : 'warn';
  if (remade !== undefined)
    return { severity, path, what, remedy: { kind: 'remake', seq, cluster: remade, when: 'any' } };
  if (isNewest || cluster === undefined) return advise(severity, path, what, fromBackup);
  // Its name is of use all the same: numbers of the log below the older of two are known to be taken.
  return advise('note', path, what, 'nothing: it goes when daemons tidy up');
}

function historyFlaw(
  path: string,
  { seq, why, isMissed }: Extract<LogProblem, { readonly kind: 'history' }>,
): Flaw {
  const what = isMissed
    ? `${why}, and readers of the checkpoint of this number stop`
    : `${why}: nobody needs it, for a checkpoint lies beyond; what it held is lost to the history`;
  return { severity: isMissed ? 'error' : 'warn', path, what, remedy: { kind: 'blank', seq, when: 'any' } };
}

function cutFlaw(path: string, { seq, why, entries, checkpoints, jobs }: Cut, { segments }: Survey): Flaw {
  const since = segments.filter((one) => one.seq >= seq);
  const later = entries.filter((one) => one > seq).length;
  const named = jobs.length === 0 ? '' : `; what can be read of it is about jobs ${listed(jobs)}`;
  const what =
    `${why}: readers stop here. This commit and the ${later} after it are lost unless the file is restored ` +
    `from a backup${named}`;
  return {
    severity: 'error',
    path,
    what,
    remedy: { kind: 'goBack', seq, entries, checkpoints, segments: since, when: 'force' },
  };
}

const listedMax = 20;

/** Numbers for people: the first of them, and how many more there are. */
export function listed(numbers: readonly number[]): string {
  const more = numbers.length - listedMax;
  return `${numbers.slice(0, listedMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
