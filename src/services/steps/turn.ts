import { roomForStep, type StepHolding, sharedDevices } from '../../core/steplayout.ts';
import type { ActiveJob } from '../../model/job.ts';
import type { StepGrant, StepRequest } from '../../model/steprequest.ts';
import type { StepRoom } from '../../store/layout.ts';
import type { Store } from '../../store/spool.ts';
import { takeVoid } from '../../store/steps.ts';
import { type Liveness, lookAtStep, type StepSight } from './sight.ts';

/*
 * A step's turn comes when all steps with lower numbers have had theirs, and what those hold that have not
 * ended leaves it room. Whoever waits judges for himself, by their files: all that are granted were granted
 * in the order of their numbers, each with those before it in sight, so that no two can take the same.
 *
 * Who has died on the way must not be waited for, and must not go on afterwards: the mark that he would put
 * next is put in his place, and means nothing.
 */

export interface Turn {
  readonly store: Store;
  readonly job: ActiveJob;
  readonly step: number;
  readonly request: StepRequest;
  /** The steps before it that may still hold something; it becomes shorter. */
  earlier: readonly number[];
  readonly liveness: Liveness;
}

export type TurnOutcome =
  | { readonly grant: StepGrant }
  /** The step that has to end, or get its own turn, first. `isBusy`: there is no room for this one. */
  | { readonly waitsFor: StepRoom; readonly isBusy: boolean };

export async function lookForTurn(turn: Turn): Promise<TurnOutcome> {
  const { store, job, request } = turn;
  const layout = store.layout.job(job.id);
  const held = new Map<string, StepHolding[]>();
  const left: number[] = [];
  let waitsFor: StepRoom | undefined;
  let blocker: StepRoom | undefined;
  for (const number of turn.earlier) {
    const room = layout.step(job.attempt, number);
    const sight = await lookAtStep(store.files, room, turn.liveness);
    const isBuried = sight.state === 'dead' && (await bury(turn, room, sight));
    if (isBuried || sight.state === 'ended') continue;
    left.push(number);
    if (sight.request?.overlap === true) continue;
    if (sight.state !== 'granted') waitsFor ??= room;
    else if (sight.request !== undefined) {
      addHoldings(held, sight.request, sight.grant);
      // For want of room it is as good as any other to wait for.
      blocker = room;
    }
  }
  turn.earlier = left;
  if (request.overlap === true) return granted(turn, sharedDevices(job.allocation, request.shares));
  if (waitsFor !== undefined) return { waitsFor, isBusy: false };
  const gpus = roomForStep(job.allocation, held, request.shares);
  if (gpus !== undefined) return granted(turn, gpus);
  return { waitsFor: blocker ?? layout.step(job.attempt, turn.step), isBusy: true };
}

function granted({ store }: Turn, gpus: StepGrant['gpus']): TurnOutcome {
  return { grant: { mgpu: 'step-grant', format: 1, time: store.clock.now(), gpus } };
}

function addHoldings(
  held: Map<string, StepHolding[]>,
  request: StepRequest,
  grant: StepGrant | undefined,
): void {
  for (const [part, { node, cpus, memoryMb }] of request.shares.entries()) {
    const own = { cpus, memoryMb, gpus: grant?.gpus[part] ?? [] };
    held.set(node, [...(held.get(node) ?? []), own]);
  }
}

/**
 * Puts the next mark of a dead maker in its place, so that the step can never go on. False where the mark was
 * there by then: the maker lives, and the step is looked at again.
 */
async function bury({ store }: Turn, room: StepRoom, sight: StepSight): Promise<boolean> {
  const { files, ids } = store;
  const take = async (path: string): Promise<boolean> => (await takeVoid(files, path, ids.next())) === 'put';
  if (sight.request === undefined) return take(room.request);
  if (sight.grant === undefined) return take(room.grant);
  let isWhole = true;
  for (const part of sight.unstarted) isWhole = (await take(room.started(part))) && isWhole;
  return isWhole;
}
