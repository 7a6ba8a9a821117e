import { isMgpuError } from '../base/error.ts';
import { formatTimestamp } from '../model/duration.ts';
import type { ActiveJob } from '../model/job.ts';
import { stepdName } from '../model/stepdname.ts';
import { streamPaths } from '../model/streampaths.ts';
import { encodeText } from '../store/put.ts';
import type { Agent } from './agent.ts';
import { isFirst, type Run } from './run.ts';

/**
 * Tells a batch job's standard error why it is ended, once, before its processes hear of it: as slurmstepd
 * does (captures 'scancel behaviour', 'time limit expiry'). A file that takes nothing is no reason to let the
 * job run on.
 */
export async function sayLastWords(agent: Agent, run: Run, job: ActiveJob): Promise<void> {
  const why = whyEnded(job);
  if (why === undefined || job.spec.kind !== 'batch') return;
  const { store, node, logger } = agent;
  const now = store.clock.now();
  const time = formatTimestamp(now, store.clock.utcOffsetMinutes(now));
  const what = `*** JOB ${job.id} ON ${node.name} CANCELLED AT ${time}${why} ***`;
  const text = `${stepdName(node)}: error: ${what}\n`;
  try {
    if (!(await isFirst(agent, run, 'lastwords'))) return;
    const { error } = streamPaths(job, node.hostName);
    await store.files.append(error, encodeText(text), { mode: 0o644, sync: false });
  } catch (error) {
    if (!isMgpuError(error)) throw error;
    logger.debug(`the end of a job is not told in its output: ${error.message}`, { jobId: job.id });
  }
}

/** Tells the supervisors of a job's steps, which say it of their steps; before they hear of the end. */
export async function sayWhyToSteps({ store, logger }: Agent, job: ActiveJob): Promise<void> {
  const why = whyEnded(job);
  const { files, layout } = store;
  const room = layout.job(job.id);
  if (why === undefined || why === '') return;
  try {
    if ((await files.stat(room.steps(job.attempt))) === undefined) return;
    await files.create(room.stepsEnd(job.attempt), encodeText(why), { mode: 0o644, sync: false });
  } catch (error) {
    if (!isMgpuError(error)) throw error;
    logger.debug(`the end of a job is not told to its steps: ${error.message}`, { jobId: job.id });
  }
}

/** Undefined for what ended by itself. */
function whyEnded(job: ActiveJob): string | undefined {
  if (job.state !== 'COMPLETING') return undefined;
  if (job.requeue !== undefined) return ' DUE TO JOB REQUEUE';
  switch (job.endState) {
    case 'CANCELLED':
      return '';
    case 'TIMEOUT':
      return ' DUE TO TIME LIMIT';
    case 'PREEMPTED':
      return ' DUE TO PREEMPTION';
    case 'NODE_FAIL':
      return ' DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS';
    default:
      return undefined;
  }
}
