import type { ActiveJob } from '../model/job.ts';
import type { StepControl } from '../model/steprequest.ts';
import { readStepRecord } from '../store/steprecords.ts';
import { askStep, stepNumbers } from '../store/steps.ts';
import type { Agent } from './agent.ts';

/**
 * Has the running steps of a batch job signal their tasks, wherever these are. The script is no step, and its
 * srun is part of the script. One node of the job does it for all.
 */
export async function signalSteps(
  agent: Agent,
  job: ActiveJob,
  { signal, uid }: Pick<StepControl, 'signal' | 'uid'>,
): Promise<void> {
  const { files, layout, clock, ids } = agent.store;
  const room = layout.job(job.id);
  for (const number of await stepNumbers(files, room, job.attempt)) {
    const step = room.step(job.attempt, number);
    if ((await readStepRecord(files, step))?.state !== 'RUNNING') continue;
    const what = { mgpu: 'step-control', format: 1, kind: 'signal', signal, uid } as const;
    await askStep(files, step, { ...what, time: clock.now() }, () => ids.next());
  }
}
