import type { StepRoom } from '../../store/layout.ts';
import { internalSteps, stepNumbers, takeStepFile, takeVoid } from '../../store/steps.ts';
import { firstStep, type Made } from './make.ts';
import type { Making } from './making.ts';
import type { Liveness } from './sight.ts';
import { lookForTurn, type Turn } from './turn.ts';

/** Those before it may need so long to get their own turn, in ms. */
const promptMs = 1000;
const pauseMsMin = 20;
const pauseMsMax = 1000;

/** Waits until the step has its turn, and takes it; gives an exit code when it never will. */
export async function waitForTurn(
  making: Making,
  { step, room, request }: Made,
): Promise<number | readonly (readonly number[])[]> {
  const { session, options, job, inform, complain, interrupts } = making;
  const { store, watcher } = session;
  const turn = await turnOf(making, { step, request });
  const sinceMs = store.clock.monotonicMs();
  const failed = async (why: string): Promise<number> => {
    await complain(`srun: error: Unable to create step for job ${job.id}: ${why}`);
    return 1;
  };
  let isTold = false;
  let watched: string | undefined;
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMsMax, 2 * pauseMs)) {
    if (interrupts.isRevoked()) {
      inform('srun: Cancelled pending job step with signal 2');
      await giveUp(making, room);
      return failed('Job/step already completing or completed');
    }
    // Somebody took it for dead, or cancelled it.
    if ((await store.files.stat(room.grant)) !== undefined) {
      return failed('Job/step already completing or completed');
    }
    const outcome = await lookForTurn(turn);
    if ('grant' in outcome) {
      if ((await takeStepFile(store.files, room.grant, outcome.grant, store.ids.next())) === 'exists') {
        return failed('Job/step already completing or completed');
      }
      if (isTold) inform(`srun: Step created for job ${job.id}`);
      return outcome.grant.gpus;
    }
    const { immediateSeconds, maxWaitSeconds = Number.POSITIVE_INFINITY } = options;
    const waitedMs = store.clock.monotonicMs() - sinceMs;
    const waitSecondsMax = Math.min(immediateSeconds ?? Number.POSITIVE_INFINITY, maxWaitSeconds);
    if (waitedMs >= waitSecondsMax * 1000) {
      await giveUp(making, room);
      return failed('Requested nodes are busy');
    }
    const isToTell = outcome.isBusy || waitedMs >= promptMs;
    if (!isTold && isToTell && immediateSeconds === undefined) {
      isTold = true;
      const busy = 'step creation temporarily disabled, retrying (Requested nodes are busy)';
      inform(`srun: Job ${job.id} ${busy}`);
    }
    if (outcome.waitsFor.path !== watched) watcher.add(outcome.waitsFor.path);
    watched = outcome.waitsFor.path;
    const now = (await session.present.journal.refresh()).jobs.get(job.id);
    if (now?.state !== 'RUNNING' || now.attempt !== job.attempt) {
      return failed('Job/step already completing or completed');
    }
    await watcher.wait(pauseMs);
  }
}

async function turnOf(
  { session, options, job }: Making,
  { step, request }: Pick<Made, 'step' | 'request'>,
): Promise<Turn> {
  const { store } = session;
  // All numbers from the first on are taken one after the other, so that no listing, which may be old on a
  // network file system, has to say which there are. What commands make for themselves is counted apart.
  const first = firstStep(job);
  const earlier =
    step >= internalSteps
      ? await stepNumbers(store.files, store.layout.job(job.id), job.attempt)
      : Array.from({ length: step - first }, (_, index) => first + index);
  const liveness: Liveness = {
    clock: store.clock,
    isAlive: (process) => options.starter.isAlive(process),
    seen: new Map(),
  };
  return { store, job, step, request, earlier, liveness };
}

/** Nobody waits for it any more: those behind it need not find that out. */
async function giveUp({ session }: Making, room: StepRoom): Promise<void> {
  const { files, ids } = session.store;
  await takeVoid(files, room.grant, ids.next());
}
