import { printable } from '../base/text.ts';
import type { JobId } from '../model/ids.ts';
import { formatIndexList } from '../model/indexlist.ts';
import { isActive, type Job } from '../model/job.ts';
import { type StepExit, stepRoutes } from '../model/step.ts';
import { stepdName } from '../model/stepdname.ts';
import type { JobRoom } from '../store/layout.ts';
import { encodeText } from '../store/put.ts';
import { askStep } from '../store/steps.ts';
import { askCluster } from './askcluster.ts';
import { allocationLine } from './interactive/allocationline.ts';
import { abortedLine, cancelledLines } from './interactive/endlines.ts';
import {
  codeOfEnd,
  type Following,
  type FollowingSession,
  followStep,
  type ShowOptions,
  type StepAsk,
  type Terminal,
} from './interactive/follow.ts';
import { endInput } from './interactive/input.ts';
import { createInterrupts, type Interrupts } from './interactive/interrupts.ts';
import { type MadeOffer, offerLive } from './interactive/offer.ts';
import { waitForStart } from './interactive/waitforstart.ts';
import { awaited, type Submission, submit } from './submit.ts';

export type { FollowingSession, Terminal } from './interactive/follow.ts';
export type { Interrupt } from './interactive/interrupts.ts';

export interface InteractiveOptions extends ShowOptions {
  readonly submission: Submission;
  /** Seconds after which to give up waiting for nodes (--immediate). */
  readonly immediateSeconds?: number;
}

/** A job from its submission on. */
interface Waiting {
  readonly session: FollowingSession;
  readonly terminal: Terminal;
  readonly options: InteractiveOptions;
  readonly interrupts: Interrupts;
  readonly jobId: JobId;
  readonly room: JobRoom;
  readonly offered: MadeOffer | undefined;
  inform(line: string): void;
  complain(line: string): Promise<void>;
}

/**
 * Submits an interactive job, waits for its nodes, shows what its tasks write as they write it, gives them
 * standard input, and gives the code that srun ends with. The job does not need us: it runs on whatever
 * happens here.
 */
export async function runInteractive(
  session: FollowingSession,
  terminal: Terminal,
  options: InteractiveOptions,
): Promise<number> {
  const { store, present, watcher } = session;
  const { spec } = options.submission;
  const { inform, complain } = voiceOf(terminal, options);
  const interrupts = createInterrupts({
    clock: store.clock,
    send: async (request) => void (await askCluster(session, { request, host: spec.submitHost })),
    inform,
    wake: () => watcher.wake(),
    isStatusDisabled: options.isStatusDisabled === true,
    quitsOnInterrupt: options.quitsOnInterrupt === true,
  });
  const release = terminal.interrupts(interrupts.take);
  let offered: MadeOffer | undefined;
  try {
    watcher.add(store.layout.log);
    offered = await offerLive(options.live, await machinesOf(session, options));
    const live = offered && { live: offered.offer };
    const jobId = await submit(store, present, { ...awaited(session, options.submission), ...live });
    interrupts.submitted(jobId);
    const room = store.layout.job(jobId);
    const waiting = { session, terminal, options, interrupts, jobId, room, offered, inform, complain };
    const { input } = stepRoutes(spec);
    if (terminal.input === undefined && input.kind === 'srun') await endInput(store.files, room.firstStep);
    return await follow(waiting);
  } finally {
    release();
    offered?.close();
    await interrupts.settled();
  }
}

/** The job may come to any of them. */
async function machinesOf(
  { present }: FollowingSession,
  { live }: Pick<InteractiveOptions, 'live'>,
): Promise<readonly string[]> {
  if (live === undefined || live.mode === 'file') return [];
  const { nodes } = await present.settled();
  return [...nodes.values()].map(({ record }) => record.bootId);
}

/** What srun says by itself, with and without -Q. */
export function voiceOf(
  terminal: Terminal,
  { isQuiet, window }: Pick<ShowOptions, 'isQuiet' | 'window'>,
): Pick<Following, 'inform' | 'complain'> {
  // A terminal that is the task's does not begin lines by itself.
  const lineEnd = window === undefined ? '\n' : '\r\n';
  const complain = async (line: string): Promise<void> =>
    void (await terminal.err(encodeText(`${printable(line)}${lineEnd}`)));
  // Whoever reads nothing of it cannot be told that.
  return { complain, inform: (line) => void (isQuiet || complain(line).catch(() => {})) };
}

async function follow(waiting: Waiting): Promise<number> {
  const { interrupts, jobId, inform, options } = waiting;
  const { immediateSeconds, maxWaitSeconds, submission } = options;
  const job = await waitForStart({
    ...waiting,
    immediateSeconds,
    maxWaitSeconds,
    host: submission.spec.submitHost,
  });
  if (job === undefined) return 1;
  const ntasks = Math.max(1, job.allocation?.[0]?.tasks ?? 1);
  const tasks = Array.from({ length: ntasks }, (_, task) => task);
  interrupts.started(ntasks);
  if (options.isVerbose) {
    inform(allocationLine(job));
    const names = formatIndexList(tasks);
    inform(`srun: launching StepId=${jobId}.0 on host ${nodeOf(job)}, ${ntasks} tasks: ${names}`);
  }
  const code = await followStep({
    ...waiting,
    step: 0,
    room: waiting.room.firstStep,
    parts: [{ node: nodeOf(job), tasks }],
    streams: options.submission.spec,
    control: (control) => tell(waiting, control),
    terminate: () => void tell(waiting, { kind: 'end', signal: termSignal }),
    detach: async () => {},
    look: () => look(waiting),
    tellCancelled: (exits) => tellCancelledStep(waiting, exits),
  });
  return interrupts.exitCode() ?? code;
}

const termSignal = 15;

/** Not through the inbox: what ends its own step need not be in the log. */
function tell({ session, room, options }: Waiting, asked: StepAsk): Promise<void> {
  const { files, clock, ids } = session.store;
  const { uid } = options.submission.spec;
  const control = { ...asked, mgpu: 'step-control', format: 1, uid } as const;
  return askStep(files, room.firstStep, { ...control, time: clock.now() }, () => ids.next());
}

async function look(waiting: Waiting): Promise<(() => Promise<number>) | undefined> {
  const { session, jobId } = waiting;
  const end = endOf((await session.present.journal.refresh()).jobs.get(jobId));
  return end === undefined ? undefined : () => finishWithout(waiting, end);
}

/** How a job ended whose step said nothing; undefined while it may still. */
function endOf(job: Job | undefined): Job | 'gone' | undefined {
  if (job === undefined) return 'gone';
  if (job.state === 'ENDED') return job;
  // A lost node says nothing until it is back.
  return job.state === 'COMPLETING' && job.endState === 'NODE_FAIL' ? job : undefined;
}

async function tellCancelledStep(waiting: Waiting, exits: readonly StepExit[]): Promise<boolean> {
  const { session, jobId, interrupts, inform } = waiting;
  const job = (await session.present.journal.refresh()).jobs.get(jobId);
  if (await tellCancelled(waiting, job)) return true;
  const isEnded = exits.some((exit) => exit.endedBy !== undefined || exit.isOverTime === true);
  if (isEnded && !interrupts.isAborting()) inform(abortedLine);
  return isEnded;
}

/** Says that somebody or the time limit ended the job; true if so. */
async function tellCancelled(waiting: Waiting, job: Job | undefined): Promise<boolean> {
  const { session, jobId, interrupts, complain, inform } = waiting;
  if (job === undefined || job.state === 'PENDING' || job.state === 'RUNNING') return false;
  const { endState, endTime } = job;
  if (endState !== 'CANCELLED' && endState !== 'TIMEOUT') return false;
  const utcOffsetMinutes = session.store.clock.utcOffsetMinutes(endTime);
  const node = nodeOf(job);
  const hostName = session.present.journal.cluster().nodes.get(node)?.record.hostName ?? node;
  const stepd = stepdName({ name: node, hostName });
  const lines = cancelledLines({ jobId, node, stepd, endState, endTime, utcOffsetMinutes });
  for (const line of lines) {
    if (!line.startsWith('srun:')) await complain(line);
    else if (!interrupts.isAborting()) inform(line);
  }
  return true;
}

async function finishWithout(waiting: Waiting, job: Job | 'gone'): Promise<number> {
  const { jobId, room, complain } = waiting;
  if (job === 'gone' || job.state === 'PENDING' || job.state === 'RUNNING') {
    await complain(`srun: error: job ${jobId} has ended and is not known any more`);
    return 1;
  }
  const { endState, reason, exitCode } = job;
  if (endState === 'NODE_FAIL') await complain(`srun: error: Node failure on ${nodeOf(job)}`);
  else if (!(await tellCancelled(waiting, job)) && endState !== 'COMPLETED') {
    const log = room.firstStep.log(0);
    await complain(`srun: error: job ${jobId} failed on ${nodeOf(job)}: ${reason}: see ${log}`);
  }
  if (reason === 'JobLaunchFailure') return 1;
  return codeOfEnd(exitCode, endState === 'COMPLETED');
}

function nodeOf(job: Job | undefined): string {
  const share =
    job !== undefined && (isActive(job) || job.state === 'ENDED') ? job.allocation?.[0] : undefined;
  return share?.node ?? '?';
}
