import type { JobId } from '../model/ids.ts';
import type { ActiveJob } from '../model/job.ts';
import type { StepRecord, StepUsage } from '../model/steprecord.ts';
import type { Store } from '../store/spool.ts';
import { readStepRecords } from '../store/steprecords.ts';
import { readUsage } from '../store/usage.ts';

/** The steps of jobs that hold something, from the files in their rooms. */
export async function liveSteps(
  store: Store,
  jobs: readonly ActiveJob[],
): Promise<ReadonlyMap<JobId, readonly StepRecord[]>> {
  const all = new Map<JobId, readonly StepRecord[]>();
  for (const job of jobs) {
    const room = store.layout.job(job.id);
    const { steps } = await readStepRecords(store.files, room, job.attempt);
    if (steps.length === 0) continue;
    const used = await readUsage(store.files, room, job);
    all.set(
      job.id,
      steps.map((step) => ({ ...step, usage: { ...used.get(step.step), ...step.usage } })),
    );
  }
  return all;
}

/** What was measured last of a job's batch script, or of step 0 of an interactive job. */
export async function mainUsage(store: Store, job: ActiveJob): Promise<StepUsage | undefined> {
  return (await readUsage(store.files, store.layout.job(job.id), job)).get('main');
}
