import { layoutStep } from '../core/steplayout.ts';
import type { JobId } from '../model/ids.ts';
import { formatIndexList } from '../model/indexlist.ts';
import { isActive, type Job } from '../model/job.ts';
import { rangesNumbers } from '../model/ranges.ts';
import type { StepExit } from '../model/step.ts';
import type { StepShare } from '../model/steprequest.ts';
import type { StepRoom } from '../store/layout.ts';
import { askStep } from '../store/steps.ts';
import { allocationLine } from './interactive/allocationline.ts';
import { abortedLine } from './interactive/endlines.ts';
import { type FollowingSession, followStep, type StepAsk, type Terminal } from './interactive/follow.ts';
import { createInterrupts, type InterruptPorts, type Interrupts } from './interactive/interrupts.ts';
import { offerLive } from './interactive/offer.ts';
import { openShared } from './interactive/sharedfiles.ts';
import { voiceOf } from './interactive.ts';
import { make, nodeFacts } from './steps/make.ts';
import type { InnerStepOptions, Making } from './steps/making.ts';
import { beatOn, type EndedParts, startParts } from './steps/start.ts';
import { waitForTurn } from './steps/wait.ts';

export type { InnerStepOptions, StepStarter } from './steps/making.ts';

/**
 * Makes a step within an allocation, waits for its turn there, has it started on its nodes and follows it.
 * Gives the code that srun ends with.
 */
export async function runInnerStep(
  session: FollowingSession,
  terminal: Terminal,
  options: InnerStepOptions,
): Promise<number> {
  const voice = voiceOf(terminal, options);
  const found = await findJob(session, options.jobId);
  if (typeof found === 'string') {
    await voice.complain(found);
    const advice = `srun: Check SLURM_JOB_ID environment variable. Expired or invalid job ${options.jobId}`;
    if (found.includes('confirm')) voice.inform(advice);
    return 1;
  }
  const { interrupts, named } = stepInterrupts(session, options, voice);
  const release = terminal.interrupts(interrupts.take);
  try {
    return await makeAndFollow({ session, terminal, options, interrupts, ...found, ...voice }, named);
  } finally {
    release();
    await interrupts.settled();
  }
}

const termSignal = 15;

interface StepInterrupts {
  readonly interrupts: Interrupts;
  /** To be called when the step has its room. */
  readonly named: StepNamed;
}

/** What signals to srun do to its step; before there is one they go where `before` says. */
export function stepInterrupts(
  session: FollowingSession,
  options: Omit<InnerStepOptions, 'jobId'>,
  {
    inform,
    before,
    ...more
  }: Pick<InterruptPorts, 'inform' | 'endsOnHangup'> & { readonly before?: InterruptPorts['send'] },
): StepInterrupts {
  let step: Parameters<StepNamed>[0] | undefined;
  const interrupts = createInterrupts({
    clock: session.store.clock,
    async send(request) {
      if (step === undefined) return before?.(request);
      if (!step.isGranted()) return;
      const isEnd = request.name === 'cancel';
      const signal = request.name === 'signal' ? request.signal : termSignal;
      await ask(session, options, { room: step.room, kind: isEnd ? 'end' : 'signal', signal });
    },
    inform,
    wake: () => session.watcher.wake(),
    isStatusDisabled: options.isStatusDisabled === true,
    quitsOnInterrupt: options.quitsOnInterrupt === true,
    ...more,
  });
  return {
    interrupts,
    named(given) {
      step = given;
    },
  };
}

type Found = Pick<Making, 'job' | 'nodes'>;

async function findJob({ present }: FollowingSession, jobId: JobId): Promise<Found | string> {
  const { cluster } = await present.view();
  const job = cluster.jobs.get(jobId);
  if (job === undefined)
    return `srun: error: Unable to confirm allocation for job ${jobId}: Invalid job id specified`;
  if (job.state === 'RUNNING') return { job, nodes: cluster.nodes };
  const why =
    job.state === 'PENDING' ? 'Job is pending execution' : 'Job/step already completing or completed';
  return `srun: error: Unable to create step for job ${jobId}: ${why}`;
}

type StepNamed = (step: { readonly room: StepRoom; readonly isGranted: () => boolean }) => void;

/** Makes the step of a running job, and gives the code that srun ends with when it has ended. */
export async function makeAndFollow(making: Making, named: StepNamed): Promise<number> {
  const { session, options, job, complain, interrupts, inform } = making;
  const { store } = session;
  const layout = layoutStep(job, options.wish);
  if ('refused' in layout) {
    for (const line of layout.refused) await complain(`srun: error: ${line}`);
    return 1;
  }
  const shares = layout.places.map((place) => ({
    ...place,
    ...nodeFacts(making, making.nodes.get(place.node)),
  }));
  const offered = await offerLive(
    options.live,
    shares.map(({ facts }) => facts?.bootId),
  );
  const { step, room, request } = await make(making, { ...layout, shares, live: offered?.offer });
  let isGranted = false;
  named({ room, isGranted: () => isGranted });
  interrupts.submitted(job.id, step);
  const beat = beatOn(making, room);
  try {
    const gpus = await waitForTurn(making, { step, room, request });
    if (typeof gpus === 'number') return gpus;
    const { openMode } = request;
    const { user, workDir, streams } = options;
    const nodeCount = shares.length;
    const named = { jobId: job.id, jobName: job.spec.name, step, user, workDir, openMode, nodeCount };
    const shared = await openShared(making, streams, named);
    if (typeof shared === 'string') {
      await complain(shared);
      return 1;
    }
    isGranted = true;
    interrupts.started(layout.ntasks);
    const tasksOf = (share: StepShare): readonly number[] => [...rangesNumbers(share.tasks)];
    const parts = shares.map((share) => ({ node: share.node, tasks: tasksOf(share) }));
    if (options.isVerbose) {
      inform(allocationLine(making.job));
      for (const { node, tasks } of parts) {
        const names = formatIndexList(tasks);
        inform(`srun: launching StepId=${job.id}.${step} on host ${node}, ${tasks.length} tasks: ${names}`);
      }
    }
    const lost = startParts(making, { step, room, shares });
    const code = await followStep({
      ...making,
      jobId: job.id,
      step,
      room,
      parts,
      streams,
      shared,
      offered,
      control: (control) => ask(session, options, { ...control, room }),
      terminate: () => void ask(session, options, { room, kind: 'end', signal: termSignal }),
      detach: async () =>
        void (await store.files.create(room.detached, new Uint8Array(0), { mode: 0o644, sync: false })),
      look: () => look(making, room, lost),
      tellCancelled: (exits) => tellCancelled(making, exits),
    });
    return interrupts.exitCode() ?? code;
  } finally {
    beat.stop();
    offered?.close();
  }
}

interface Ask extends StepAsk {
  readonly room: StepRoom;
}

async function ask(
  { store }: FollowingSession,
  { uid }: Pick<InnerStepOptions, 'uid'>,
  { room, ...asked }: Ask,
): Promise<void> {
  const control = { ...asked, mgpu: 'step-control', format: 1, uid, time: store.clock.now() } as const;
  await askStep(store.files, room, control, () => store.ids.next());
}

async function look(
  making: Making,
  room: StepRoom,
  lost: EndedParts,
): Promise<(() => Promise<number>) | undefined> {
  const { session, job, complain } = making;
  const now = (await session.present.journal.refresh()).jobs.get(job.id);
  const isOver = now === undefined || !isActive(now) || now.attempt !== job.attempt;
  if (!isOver && lost.parts.length === 0) return undefined;
  const silent: number[] = [];
  for (const part of lost.parts) {
    if ((await session.store.files.stat(room.exit(part))) === undefined) silent.push(part);
  }
  if (!isOver && silent.length === 0) return undefined;
  return async () => {
    if (isOver) return endWithJob(making, now);
    const where = silent.map((part) => room.log(part)).join(' ');
    await complain(`srun: error: the supervisor of the step has ended before its tasks: see ${where}`);
    return 1;
  };
}

async function endWithJob({ interrupts, inform }: Making, job: Job | undefined): Promise<number> {
  const isCancelled = job?.state === 'ENDED' && job.endState !== 'COMPLETED';
  if (isCancelled && !interrupts.isAborting()) inform(abortedLine);
  return 1;
}

/** The supervisors have said why on the tasks' standard error; of its own time limit srun says no more. */
async function tellCancelled(making: Making, exits: readonly StepExit[]): Promise<boolean> {
  const { interrupts, inform } = making;
  const isEnded = exits.some((exit) => exit.endedBy !== undefined) || (await isJobEnded(making));
  if (isEnded && !interrupts.isAborting()) inform(abortedLine);
  return isEnded || interrupts.isAborting();
}

/** True when somebody, or its time limit, has ended the job that the step is in. */
async function isJobEnded({ session, job }: Making): Promise<boolean> {
  const now = (await session.present.journal.refresh()).jobs.get(job.id);
  if (now === undefined || !('endState' in now)) return false;
  return now.endState === 'CANCELLED' || now.endState === 'TIMEOUT';
}
