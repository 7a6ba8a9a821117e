import { mayChange, type Sender } from '../core/authority.ts';
import { findTargets } from '../core/targets.ts';
import type { Cluster } from '../model/cluster.ts';
import type { JobTarget } from '../model/request.ts';
import type { StepRoom } from '../store/layout.ts';
import type { Store } from '../store/spool.ts';
import { readStepRecord } from '../store/steprecords.ts';
import { askStep } from '../store/steps.ts';
import type { CancelOutcome } from './cancel.ts';
import type { Session } from './session.ts';

/** A step that was named: `12.0`, `12_3.0`. */
export interface StepTarget extends JobTarget {
  readonly step: number;
}

export interface StepCancelAsk {
  readonly steps: readonly StepTarget[];
  readonly signal: number;
  /** The step is to end, and not only to hear the signal. */
  readonly isEnd: boolean;
  readonly sender: Sender;
}

/** Has steps end or signal their tasks: their supervisors do it. Gives what was asked for, in order. */
export async function cancelSteps(session: Session, ask: StepCancelAsk): Promise<readonly CancelOutcome[]> {
  const { cluster } = await session.present.view();
  const outcomes: CancelOutcome[] = [];
  for (const target of ask.steps) {
    const { job, task, step } = target;
    const name = `${task === undefined ? job : `${job}_${task}`}.${step}`;
    outcomes.push({ job: name, outcome: await cancelStep(session.store, cluster, { ask, target }) });
  }
  return outcomes;
}

async function cancelStep(
  store: Store,
  cluster: Cluster,
  { ask, target }: { readonly ask: StepCancelAsk; readonly target: StepTarget },
): Promise<CancelOutcome['outcome']> {
  const { signal, isEnd, sender } = ask;
  const [job] = findTargets(cluster, target);
  if (job === undefined) return 'unknown';
  if (job.state === 'ENDED') return 'finished';
  if (!mayChange(cluster, sender, job)) return 'denied';
  if (job.state !== 'RUNNING') return 'unknown';
  const { files, layout, clock, ids } = store;
  const jobRoom = layout.job(job.id);
  const isFirst = job.spec.kind === 'interactive';
  if (isFirst && target.step !== 0) return 'unknown';
  const room: StepRoom = isFirst ? jobRoom.firstStep : jobRoom.step(job.attempt, target.step);
  if (!isFirst) {
    const record = await readStepRecord(files, room);
    if (record === undefined) return 'unknown';
    if (record.state !== 'RUNNING') return 'finished';
  }
  const kind = isEnd ? 'end' : 'signal';
  const control = { mgpu: 'step-control', format: 1, kind, signal, uid: sender.uid } as const;
  await askStep(files, room, { ...control, time: clock.now() }, () => ids.next());
  return 'sent';
}
