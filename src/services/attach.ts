import { type ActiveJob, isActive, shownJobId } from '../model/job.ts';
import { rangesCount } from '../model/ranges.ts';
import { stepExitCode } from '../model/step.ts';
import type { StepRoom } from '../store/layout.ts';
import type { Store } from '../store/spool.ts';
import { readLiveOffer, readStepExit, readStepRequest } from '../store/steps.ts';
import type { FollowingSession, Terminal } from './interactive/follow.ts';
import { createRelay, type StepStreams } from './interactive/relay.ts';

export interface AttachTarget {
  readonly job: number;
  readonly task?: number;
  readonly step: number;
}

/** A step that runs, as sattach finds it. */
export interface AttachedStep {
  readonly room: StepRoom;
  readonly streams: StepStreams;
  readonly ntasks: number;
  readonly parts: readonly { readonly node: string; readonly tasks: number }[];
}

/** Undefined when there is no such step, or it does not run any more. */
export async function findStep(
  { store, present }: FollowingSession,
  target: AttachTarget,
): Promise<AttachedStep | undefined> {
  const { cluster } = await present.view();
  const name = target.task === undefined ? String(target.job) : `${target.job}_${target.task}`;
  const job = [...cluster.jobs.values()].find(
    (one) => isActive(one) && (shownJobId(one) === name || String(one.id) === name),
  );
  if (job === undefined || !isActive(job)) return undefined;
  const layout = store.layout.job(job.id);
  if (job.spec.kind === 'interactive' && target.step === 0) return ofJob(job, layout.firstStep);
  const room = layout.step(job.attempt, target.step);
  const request = await readStepRequest(store.files, room.request);
  if (request === undefined) return undefined;
  const parts = request.shares.map(({ node, tasks }) => ({ node, tasks: rangesCount(tasks) }));
  return { room, streams: request, ntasks: request.ntasks, parts };
}

function ofJob(job: ActiveJob, room: StepRoom): AttachedStep {
  const parts = job.allocation.slice(0, 1).map(({ node, tasks }) => ({ node, tasks: Math.max(1, tasks) }));
  return { room, streams: job.spec, ntasks: parts[0]?.tasks ?? 1, parts };
}

export interface AttachOptions {
  readonly isLabelled: boolean;
  /** Only what this task writes. */
  readonly onlyOutput?: number;
  readonly onlyError?: number;
}

const pauseMs = 100;

/** Shows what a step's tasks write from now on, until it ends; gives its exit code. */
export async function attach(
  { store, watcher }: FollowingSession,
  terminal: Pick<Terminal, 'out' | 'err'>,
  { step, options }: { readonly step: AttachedStep; readonly options: AttachOptions },
): Promise<number> {
  const { room, ntasks, parts } = step;
  const { isLabelled, ...only } = options;
  const streams = { ...step.streams, label: isLabelled };
  const relay = createRelay(
    { files: store.files, room, streams, ntasks, isUnbuffered: false, isFromNow: true, ...only },
    terminal,
  );
  watcher.add(room.path);
  await askForFiles(store, step);
  for (;;) {
    const exits = await Promise.all(parts.map((_, part) => readStepExit(store.files, room.exit(part))));
    const isGone = (await store.files.stat(room.path)) === undefined;
    await relay.pump();
    if (exits.every((exit) => exit !== undefined) || isGone || relay.isBroken()) {
      await relay.finish();
      return Math.max(0, ...exits.map((exit) => (exit === undefined ? 0 : stepExitCode(exit))));
    }
    await watcher.wait(pauseMs);
  }
}

/**
 * Where the output goes to srun by a connection, the supervisors are asked to put it into files as well, and
 * that they do so is waited for. Whoever may not read the offer could not read the files either.
 */
async function askForFiles({ files, clock }: Store, { room, parts }: AttachedStep): Promise<void> {
  if ((await readLiveOffer(files, room.live)) === undefined) return;
  await files.create(room.attached, new Uint8Array(0), { mode: 0o600, sync: false });
  const endMs = clock.monotonicMs() + askMsMax;
  for (const part of parts.keys()) {
    const isAnswered = async (): Promise<boolean> =>
      (await files.stat(room.handed(part))) !== undefined ||
      (await files.stat(room.exit(part))) !== undefined;
    while (!(await isAnswered()) && clock.monotonicMs() < endMs) await clock.sleep(pauseMs);
  }
}

/** A supervisor that has not answered by then is of an older release, or has not begun, in ms. */
const askMsMax = 10_000;
