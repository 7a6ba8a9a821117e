import { mayChange, type Sender } from '../core/authority.ts';
import { findTargets } from '../core/targets.ts';
import { type ActiveJob, isActive, type Job } from '../model/job.ts';
import type { JobTarget } from '../model/request.ts';
import type { StepRoom } from '../store/layout.ts';
import type { Store } from '../store/spool.ts';
import {
  askStep,
  readStepExit,
  readStepGrant,
  readStepRequest,
  takenStepFile,
  takeVoid,
} from '../store/steps.ts';
import type { CancelOutcome, NamedJob } from './cancel.ts';
import type { Session } from './session.ts';

/** A step as users name it: `12.0`, `12_3.0`. */
export interface StepTarget extends JobTarget {
  readonly step: number;
}

export interface CancelStepsAsk {
  readonly targets: readonly StepTarget[];
  /** Missing: the step ends. */
  readonly signal?: number;
  readonly sender: Sender;
  /** What lets a job through; missing: any. */
  fits(job: Job): boolean;
  /** Asked of each step before it is done; missing: nobody is asked. */
  readonly confirm?: (step: NamedJob) => Promise<boolean>;
}

const killSignal = 9;

/** Ends steps or signals them; their supervisors do it, and nothing of it is in the log. */
export async function cancelSteps(session: Session, ask: CancelStepsAsk): Promise<readonly CancelOutcome[]> {
  const { cluster } = await session.present.view();
  const outcomes: CancelOutcome[] = [];
  for (const target of ask.targets) {
    const [job] = findTargets(cluster, target).filter((one) => one.state !== 'ENDED');
    const isAllowed = job === undefined || mayChange(cluster, ask.sender, job);
    const outcome = isAllowed ? await cancelStep(session, ask, { target, job }) : 'denied';
    outcomes.push({ job: shownStep(target), outcome });
  }
  return outcomes;
}

interface Chosen {
  readonly target: StepTarget;
  readonly job: Job | undefined;
}

async function cancelStep(
  { store }: Session,
  ask: CancelStepsAsk,
  { target, job }: Chosen,
): Promise<CancelOutcome['outcome']> {
  if (job === undefined || !isActive(job)) return 'unknown';
  if (!ask.fits(job)) return 'unmatched';
  const room = roomOf(store, job, target.step);
  const state = await stateOf(store, room, isFirst(job, target.step));
  if (state === 'none') return 'unknown';
  if (state === 'ended') return 'finished';
  const named = { id: shownStep(target), name: job.spec.name, partition: job.spec.partition };
  if (ask.confirm !== undefined && !(await ask.confirm(named))) return 'unconfirmed';
  const isEnd = ask.signal === undefined || ask.signal === killSignal;
  if (state === 'asking') {
    // Its turn never comes. If it came just now, the step is told like any other.
    if (isEnd && (await takeVoid(store.files, room.grant, store.ids.next())) === 'put') return 'sent';
  }
  await askStep(
    store.files,
    room,
    {
      mgpu: 'step-control',
      format: 1,
      kind: isEnd ? 'end' : 'signal',
      signal: ask.signal ?? killSignal,
      uid: ask.sender.uid,
      time: store.clock.now(),
    },
    () => store.ids.next(),
  );
  return 'sent';
}

/** Step 0 of an interactive job has its files in the job's room itself. */
function isFirst(job: ActiveJob, step: number): boolean {
  return job.spec.kind === 'interactive' && step === 0;
}

function roomOf({ layout }: Store, job: ActiveJob, step: number): StepRoom {
  const room = layout.job(job.id);
  return isFirst(job, step) ? room.firstStep : room.step(job.attempt, step);
}

async function stateOf(
  { files }: Store,
  room: StepRoom,
  isFirstStep: boolean,
): Promise<'none' | 'asking' | 'running' | 'ended'> {
  if (isFirstStep) return (await readStepExit(files, room.exit(0))) === undefined ? 'running' : 'ended';
  const request = await readStepRequest(files, room.request);
  if (request === undefined) return 'none';
  const grant = await takenStepFile(files, room.grant, readStepGrant);
  if (grant === undefined) return 'asking';
  if (grant === 'void') return 'ended';
  const exits = await Promise.all(request.shares.map((_, part) => readStepExit(files, room.exit(part))));
  return exits.every((exit) => exit !== undefined) ? 'ended' : 'running';
}

function shownStep({ job, task, step }: StepTarget): string {
  return `${task === undefined ? job : `${job}_${task}`}.${step}`;
}
