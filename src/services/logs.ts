import { MgpuError } from '../base/error.ts';
import { jobNamed } from '../core/why.ts';
import type { Cluster } from '../model/cluster.ts';
import { isActive, type Job, shownJobId } from '../model/job.ts';
import { streamPaths } from '../model/streampaths.ts';
import type { Watcher } from '../ports/watch.ts';
import { accountedJobs } from '../store/accounting.ts';
import { jobTargetOf, noSuchJob } from './jobname.ts';
import type { Session } from './session.ts';

/*
 * `mgpu logs`: what a batch job has printed, from the file that its node writes. Where this machine does not
 * see that file, a step beside the job reads it there.
 */

/** Which job's output is wanted, and how. */
export interface LogsWish {
  /** `12`, or `12_3` for a task of an array. */
  readonly job: string;
  /** Standard error, where the job has a file of its own for it. */
  readonly isError: boolean;
  /** Goes on with what is printed until the job ends. */
  readonly follows: boolean;
  /** So many of the lines that are there alone. */
  readonly lines?: number;
}

/** Files that jobs write, as their user sees them: links are followed. */
export interface OutputFiles {
  /** Undefined where there is none. */
  stat(path: string): Promise<{ readonly sizeBytes: number; readonly changedTime: number } | undefined>;
  /** Up to `length` bytes from `offset`; none at the end. */
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
}

export interface LogsPorts {
  readonly files: OutputFiles;
  readonly watcher: Watcher;
  /** False when nobody reads any more. */
  readonly out: (bytes: Uint8Array) => Promise<boolean>;
  readonly inform: (line: string) => void;
  /** Shows the file by a step on a node of the job, to the job's end if it follows; gives its exit code. */
  readonly tailOn: (node: string, jobId: number, tail: RemoteTail) => Promise<number>;
}

export interface RemoteTail {
  readonly path: string;
  readonly follows: boolean;
  readonly lines?: number;
}

/** How srun ends when SIGTERM or SIGKILL ended its step. */
const endsOfSteps: ReadonlySet<number> = new Set([143, 137]);

/** A job has begun to run, and its file is there, so many seconds after its start at the latest. */
const launchSeconds = 5;

/** How long one wait may take before the log and the file are looked at anyway, in ms. */
const lookMs = 250;
const pieceBytes = 1 << 20;
/** A job's file is not older than the job, unless the clocks of two machines are so far apart. */
const clockSeconds = 600;

/**
 * Shows it; gives the exit code. Throws `NO_JOB`, and `NO_OUTPUT` where there is no such file, with what is
 * to be done.
 */
export async function showLogs(session: Session, ports: LogsPorts, wish: LogsWish): Promise<number> {
  const job = await startedJob(session, ports, wish);
  const { cluster } = await session.present.view();
  const place = placeOf(cluster, job, wish);
  const isHere = await comes(session, ports, { job, path: place.path });
  if (!isHere && isActive(job)) {
    const { path } = place;
    const lines = wish.lines === undefined ? {} : { lines: wish.lines };
    const code = await ports.tailOn(place.node, job.id, { path, follows: wish.follows, ...lines });
    // A step that follows ends with its job, by a signal: that is no failure.
    return wish.follows && endsOfSteps.has(code) ? 0 : code;
  }
  if (!isHere) {
    throw new MgpuError('NO_OUTPUT', `${place.path}: not seen from here, where node ${place.node} wrote it`, {
      hint: `look on that machine; job ${wish.job} has ended`,
    });
  }
  return wish.follows ? follow(session, ports, wish, place.path) : show(ports, wish, place.path);
}

interface Place {
  readonly node: string;
  readonly path: string;
}

function placeOf(cluster: Cluster, job: Job, { isError }: LogsWish): Place {
  const node = ('allocation' in job ? job.allocation?.[0]?.node : undefined) ?? '';
  const { output, error } = streamPaths(job, cluster.nodes.get(node)?.record.hostName ?? node);
  return { node, path: isError ? error : output };
}

/** The job, once it has started. */
async function startedJob(session: Session, ports: LogsPorts, wish: LogsWish): Promise<Job> {
  let isTold = false;
  for (;;) {
    const { job, reason } = await jobNow(session, wish.job);
    refuseOthers(job, wish);
    if (job.state !== 'PENDING' && job.startTime !== undefined) return job;
    if (job.state === 'ENDED')
      throw new MgpuError('NO_OUTPUT', `job ${wish.job} ended before it began: it has no output`);
    const why = `job ${shownJobId(job)} has not started: it waits (${reason})`;
    if (!wish.follows)
      throw new MgpuError('NO_OUTPUT', why, { hint: 'with --follow its output is shown once it starts' });
    if (!isTold) ports.inform(why);
    isTold = true;
    await ports.watcher.wait(lookMs);
  }
}

async function jobNow(
  { store, present }: Session,
  text: string,
): Promise<{ readonly job: Job; readonly reason: string }> {
  const target = jobTargetOf(text);
  const { cluster, reasons } = await present.view();
  const job = jobNamed(cluster, target.job, target.task);
  if (job !== undefined) return { job, reason: reasons.get(job.id) ?? 'None' };
  for await (const old of accountedJobs(store, 'newest first')) {
    const isIt =
      target.task === undefined
        ? old.id === target.job
        : old.arrayJobId === target.job && old.arrayTaskId === target.task;
    if (isIt) return { job: old, reason: 'None' };
  }
  throw noSuchJob(text);
}

/** What has no file of its own. */
function refuseOthers(job: Job, { job: text }: LogsWish): void {
  const isOneTask = job.arrayTaskId !== undefined && job.arrayJobId !== job.id;
  const isWhole = job.spec.array !== undefined && !text.includes('_') && !isOneTask;
  if (isWhole) {
    throw new MgpuError('NO_OUTPUT', `job ${text} is an array, whose tasks have files of their own`, {
      hint: `name a task, such as ${text}_${job.spec.array?.tasks[0]?.[0] ?? 0}`,
    });
  }
  if (job.spec.kind === 'batch') return;
  const isSrun = job.spec.kind === 'interactive';
  throw new MgpuError('NO_OUTPUT', `job ${text} is ${isSrun ? 'one of srun' : 'an allocation'}`, {
    hint: `its output goes where its srun runs: sattach ${text}.0 shows what it prints from now on`,
  });
}

/** True for a file that is seen here, or comes to be when the job is launched. */
async function comes(
  { store }: Session,
  { files, watcher }: LogsPorts,
  { job, path }: { readonly job: Job; readonly path: string },
): Promise<boolean> {
  for (;;) {
    if (await isThere(files, path, job)) return true;
    const isNew = isActive(job) && store.clock.now() < job.startTime + launchSeconds;
    if (!isNew) return false;
    await watcher.wait(lookMs);
  }
}

/** False also for another file of that name: it was there before the job, and not written since. */
async function isThere(files: OutputFiles, path: string, job: Job): Promise<boolean> {
  const found = await files.stat(path);
  const startTime = ('startTime' in job ? job.startTime : undefined) ?? 0;
  return found !== undefined && found.changedTime >= startTime - clockSeconds;
}

async function stateNow(session: Session, wish: LogsWish): Promise<Job['state']> {
  return (await jobNow(session, wish.job)).job.state;
}

/** What is there, from the last lines on if so many are wanted. */
async function show(ports: LogsPorts, wish: LogsWish, path: string): Promise<number> {
  await pump(ports, path, await startOf(ports.files, path, wish.lines));
  return 0;
}

async function follow(session: Session, ports: LogsPorts, wish: LogsWish, path: string): Promise<number> {
  ports.watcher.add(path);
  let offset: number | undefined = await startOf(ports.files, path, wish.lines);
  for (;;) {
    // In this order: what was written before the end was there to be seen is shown.
    const isOver = (await stateNow(session, wish)) === 'ENDED';
    const found = await ports.files.stat(path);
    // Emptied: a job that was tried again begins anew.
    if (found !== undefined && found.sizeBytes < offset) offset = 0;
    offset = await pump(ports, path, offset);
    if (isOver || offset === undefined) return 0;
    await ports.watcher.wait(lookMs);
  }
}

/** Shows what is there from an offset on; gives the offset behind it, undefined when nobody reads on. */
async function pump({ files, out }: LogsPorts, path: string, from: number): Promise<number | undefined> {
  for (let offset = from; ; ) {
    const bytes = await files.read(path, offset, pieceBytes);
    if (bytes.length === 0) return offset;
    if (!(await out(bytes))) return undefined;
    offset += bytes.length;
  }
}

const lineFeed = 0x0a;

/** Where the last so many lines begin; the end of a file counts as that of a line. */
async function startOf(files: OutputFiles, path: string, lines: number | undefined): Promise<number> {
  if (lines === undefined) return 0;
  const sizeBytes = (await files.stat(path))?.sizeBytes ?? 0;
  if (lines === 0) return sizeBytes;
  let left = lines;
  for (let end = sizeBytes; end > 0; ) {
    const start = Math.max(0, end - pieceBytes);
    const bytes = await readWhole(files, path, { start, end });
    for (let at = bytes.length - 1; at >= 0; at -= 1) {
      if (bytes[at] !== lineFeed || start + at === sizeBytes - 1) continue;
      left -= 1;
      if (left === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}

/** All bytes between two offsets, or those before the end of the file, which may have become shorter. */
async function readWhole(
  files: OutputFiles,
  path: string,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<Uint8Array> {
  const whole = new Uint8Array(end - start);
  for (let length = 0; length < whole.length; ) {
    const bytes = await files.read(path, start + length, whole.length - length);
    if (bytes.length === 0) return whole.subarray(0, length);
    whole.set(bytes, length);
    length += bytes.length;
  }
  return whole;
}
