import { MgpuError } from '../../base/error.ts';
import { checked } from '../../base/schema.ts';
import type { Cluster } from '../../model/cluster.ts';
import type { JobId } from '../../model/ids.ts';
import { type Job, shownState } from '../../model/job.ts';
import { limits } from '../../model/limits.ts';
import { rangesHas } from '../../model/ranges.ts';
import type { SentRequest } from '../../model/request.ts';
import { exitRecordSchema } from '../../model/runrecord.ts';
import { decodeRequest } from '../inbox.ts';
import { decodeText, temporaryPrefix } from '../put.ts';
import { isHidden } from '../remove.ts';
import { readLaunchFile } from '../rooms.ts';
import { advise, type Flaw, misplaced } from './flaw.ts';
import { type Inspection, isOld, look, rights, shownPath, strangers, tried, whyOf } from './inspection.ts';

/** The rooms as they were listed before the inbox and the log were read. */
export interface RoomsLook {
  readonly names: readonly string[];
  readonly requests: readonly SentRequest[];
  readonly cluster: Cluster;
}

/** The rooms, each against what the log says of its job, and the jobs that have none. */
export async function lookAtRooms(inspection: Inspection, rooms: RoomsLook): Promise<readonly Flaw[]> {
  const { store } = inspection;
  const { layout, files } = store;
  const ids = rooms.names.map(idOf).filter((id) => id !== undefined);
  const others = rooms.names.filter((name) => idOf(name) === undefined && name !== '.last');
  const flaws = [
    ...(await strangers(inspection, layout.jobs, others, 'command')),
    ...(await hint(inspection)),
  ];
  const waiting = new Map<JobId, SentRequest>();
  for (const sent of rooms.requests)
    if (sent.request.name === 'submit') waiting.set(sent.request.jobId, sent);
  for (const id of ids) flaws.push(...(await lookAtRoom(inspection, rooms.cluster, { id, waiting })));
  const there = new Set(ids);
  for (const [id, job] of rooms.cluster.jobs.entries()) {
    if (!there.has(id) && (await files.stat(layout.job(id).path)) === undefined)
      flaws.push(roomless(shownPath(store, layout.job(id).path), job));
  }
  for (const [id, { requestId }] of waiting) {
    if (rooms.cluster.jobs.has(id) || (await files.stat(layout.job(id).launch)) !== undefined) continue;
    const path = shownPath(store, `${layout.inbox}/${requestId}.json`);
    flaws.push(advise('warn', path, `it submits job ${id}, whose room is not there`, again(id)));
  }
  return flaws;
}

function idOf(name: string): JobId | undefined {
  const id = /^[1-9]\d{0,8}$/.test(name) ? Number(name) : undefined;
  return id !== undefined && id <= limits.jobIdMax ? id : undefined;
}

function again(id: JobId): string {
  return `scancel ${id}, and submit it again`;
}

async function hint(inspection: Inspection): Promise<readonly Flaw[]> {
  const { layout } = inspection.store;
  const found = await look(inspection, layout.idHint, limits.smallFileBytes);
  if (found.is === 'gone') return [];
  const isHint = found.is === 'file' && /^\d{1,8}\n$/.test(decodeText(found.content.bytes));
  if (isHint) return [];
  const what = 'it should name the last job id: the search for a free one takes longer';
  return [misplaced(shownPath(inspection.store, layout.idHint), what, { severity: 'note' })];
}

function roomless(path: string, job: Job): Flaw {
  const what = `the room of job ${job.id} (${shownState(job)}) is not there`;
  if (job.state === 'ENDED') return advise('note', path, `${what}; nobody needs it any more`, 'nothing');
  if (job.state === 'PENDING')
    return advise('error', path, `${what}: with its script gone it fails when it is to start`, again(job.id));
  return advise('warn', path, `${what}: how it ends cannot be written there`, 'restore it from a backup');
}

interface OneRoom {
  readonly id: JobId;
  /** The submissions in the inbox. */
  readonly waiting: ReadonlyMap<JobId, SentRequest>;
}

async function lookAtRoom(
  inspection: Inspection,
  cluster: Cluster,
  { id, waiting }: OneRoom,
): Promise<readonly Flaw[]> {
  const { store, tally } = inspection;
  const room = store.layout.job(id).path;
  const path = shownPath(store, room);
  const stat = await store.files.stat(room);
  if (stat === undefined) return [];
  if (stat.kind !== 'directory') return [misplaced(path, 'it is no folder', { severity: 'error' })];
  const listed = await tried(() => store.files.list(room));
  if (listed instanceof MgpuError)
    return [advise('error', path, whyOf(listed, room), 'make it readable again')];
  const names = (listed ?? []).filter((name) => !isHidden(name));
  tally.files += names.length;
  const flaws = [...rights(inspection, room, stat)];
  if (rangesHas(cluster.closed, id)) {
    const what = 'its job has left the state; the next daemon that starts would remove it';
    return [...flaws, misplaced(path, what, { severity: 'note' })];
  }
  const job = cluster.jobs.get(id);
  if (job === undefined && waiting.has(id)) return flaws;
  flaws.push(...unknownMarks(path, names, job?.attempt ?? 0));
  if (job === undefined) return [...flaws, ...(await orphan(inspection, { id, path, names }))];
  const temporaries = names.filter((name) => name.startsWith(temporaryPrefix));
  flaws.push(...(await strangers(inspection, room, temporaries, 'command')));
  return [...flaws, ...(await lookAtFiles(inspection, job, names))];
}

/** Marks of attempts that the log does not know of: it has lost a claim. */
function unknownMarks(path: string, names: readonly string[], attempt: number): readonly Flaw[] {
  return names.flatMap((name) => {
    const number = Number(/^(?:started|exit)\.([1-9]\d{0,8})$/.exec(name)?.[1] ?? 0);
    if (number <= attempt) return [];
    const what = `the log does not know this attempt (${attempt} is the last): its processes may still run`;
    const text =
      'see in it where it ran, make sure that nothing of it is left, and leave it: it is not started twice';
    return [advise('error', `${path}/${name}`, what, text)];
  });
}

/** A room whose job is neither in the log nor in the inbox. */
async function orphan(
  inspection: Inspection,
  { id, path, names }: { readonly id: JobId; readonly path: string; readonly names: readonly string[] },
): Promise<readonly Flaw[]> {
  const room = inspection.store.layout.job(id);
  const mayRun = names.some(
    (name) => name.startsWith('started.') && !names.includes(name.replace('started', 'exit')),
  );
  if (names.includes('request.json')) return [await unknownJob(inspection, id, mayRun)];
  if (mayRun || !(await isOld(inspection, room.path, 'command'))) return [];
  return names.length === 0
    ? [
        misplaced(path, 'an empty room of no job: a daemon may keep it', {
          severity: 'note',
          when: 'stopped',
        }),
      ]
    : [misplaced(path, 'the room of no job: whoever submitted it died, or gave up, before it was sent')];
}

/** A job was taken in, for its request lies in its room; but the log has lost it. */
async function unknownJob(inspection: Inspection, id: JobId, mayRun: boolean): Promise<Flaw> {
  const { request } = inspection.store.layout.job(id);
  const path = shownPath(inspection.store, request);
  const found = await look(inspection, request, limits.requestBytes);
  const what = `job ${id} was taken in once, and the log does not know it`;
  const decoded =
    found.is === 'file' ? await tried(() => decodeRequest(found.content.bytes, request)) : undefined;
  const isWhole = decoded !== undefined && !(decoded instanceof MgpuError);
  if (isWhole && decoded.request.name === 'submit' && decoded.request.jobId === id) {
    const { requestId } = decoded;
    const when = mayRun ? 'force' : 'stopped';
    return {
      severity: 'error',
      path,
      what: mayRun ? `${what}; its processes may still run` : what,
      remedy: { kind: 'resubmit', jobId: id, requestId, when },
    };
  }
  return advise('error', path, `${what}; its request cannot be read`, 'submit it again');
}

/** What a job needs in its room, or left there. */
async function lookAtFiles(
  inspection: Inspection,
  job: Job,
  names: readonly string[],
): Promise<readonly Flaw[]> {
  const { store } = inspection;
  const room = store.layout.job(job.id);
  const flaws: Flaw[] = [];
  const isStarted = names.includes(`started.${job.attempt}`);
  const isTask = job.arrayJobId !== undefined && job.arrayJobId !== job.id;
  const isToStart = job.state === 'PENDING' || (job.state === 'RUNNING' && !isStarted);
  if (isToStart && !isTask) flaws.push(...(await lookAtLaunch(inspection, job)));
  if (job.state === 'ENDED' || !names.includes(`exit.${job.attempt}`)) return flaws;
  const exit = room.exit(job.attempt);
  const found = await look(inspection, exit, limits.smallFileBytes);
  if (found.is === 'gone') return flaws;
  const why = found.is === 'bad' ? found.error : await tried(() => decodeExit(found.content.bytes, exit));
  if (!(why instanceof MgpuError)) return flaws;
  const what = `${whyOf(why, exit)}: the job will count as killed`;
  return [...flaws, advise('note', shownPath(store, exit), what, 'nothing')];
}

function decodeExit(bytes: Uint8Array, path: string): unknown {
  try {
    return checked(exitRecordSchema, JSON.parse(decodeText(bytes)), path);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new MgpuError('SCHEMA', `${path}: it is no JSON`, { cause });
  }
}

async function lookAtLaunch(inspection: Inspection, job: Job): Promise<readonly Flaw[]> {
  const { store, tally } = inspection;
  const room = store.layout.job(job.id);
  const fails = `job ${job.id} fails when it is to start`;
  const flaws: Flaw[] = [];
  tally.files += 1;
  const launch = await tried(() => readLaunchFile(store.files, room.launch));
  if (launch instanceof MgpuError) {
    const what = `${whyOf(launch, room.launch)}: ${fails}`;
    flaws.push(advise('error', shownPath(store, room.launch), what, again(job.id)));
  } else {
    const mode = (await store.files.stat(room.launch))?.mode ?? 0;
    const what = "others may read the job's environment, which may hold secrets";
    if ((mode & 0o077) !== 0)
      flaws.push(advise('warn', shownPath(store, room.launch), what, `chmod go-rwx ${room.launch}`));
  }
  const script = job.spec.kind === 'batch' ? await store.files.stat(room.script) : undefined;
  if (job.spec.kind === 'batch' && (script?.kind !== 'file' || script.sizeBytes > limits.scriptBytes)) {
    const how = script === undefined ? 'is not there' : 'is no file that could be its script';
    const what = `the job's script ${how}: ${fails}`;
    flaws.push(advise('error', shownPath(store, room.script), what, again(job.id)));
  }
  return flaws;
}
