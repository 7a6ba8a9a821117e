import { activeJobsOn } from '../core/free.ts';
import { stepsNews } from '../core/stepskept.ts';
import type { ActiveJob } from '../model/job.ts';
import type { StepRecord, StepsKept } from '../model/steprecord.ts';
import { readStepRecords } from '../store/steprecords.ts';
import { readShimTimes, readUsage } from '../store/usage.ts';
import { type Agent, logOrThrow } from './agent.ts';
import type { Memory } from './memory.ts';
import { runKey } from './run.ts';

/**
 * Reads what is to be kept of the steps of jobs that nothing is left of here: the commit that gives back a
 * share of a job tells of them, and after the last one its room may go.
 */
export async function gatherSteps(agent: Agent, memory: Memory): Promise<void> {
  const cluster = agent.journal.cluster();
  memory.stepsKept.clear();
  if (cluster.format < 3) return;
  for (const job of activeJobsOn(cluster, agent.node.name)) {
    const key = runKey(job.id, job.attempt);
    const isOver = memory.runs.get(key)?.phase === 'over' || memory.hostedEnding.get(key)?.isGone === true;
    if (!isOver) continue;
    try {
      memory.stepsKept.set(key, await stepsOf(agent, job));
    } catch (error) {
      // It ends all the same; what cannot be read now is lost with the room.
      logOrThrow(agent, job, error);
    }
  }
}

/**
 * What the event says of them. What the job itself used is told by its first node, where the batch script
 * ran, or else by the last to speak.
 */
export function keptSteps({ node }: Agent, memory: Memory, job: ActiveJob): StepsKept {
  const seen = memory.stepsKept.get(runKey(job.id, job.attempt));
  if (seen === undefined) return {};
  const known: StepsKept = job.state === 'COMPLETING' ? job : {};
  const { usage, ...news } = stepsNews(known, seen);
  const isLast = job.holders.length === 1 && known.usage === undefined;
  const tellsUsage = usage !== undefined && (isLast || job.allocation[0]?.node === node.name);
  return { ...news, ...(tellsUsage && { usage }) };
}

async function stepsOf({ store }: Agent, job: ActiveJob): Promise<StepsKept> {
  const { files, layout } = store;
  const room = layout.job(job.id);
  const { steps, leftOut } = await readStepRecords(files, room, job.attempt);
  const used = await readUsage(files, room, job);
  const times = await readShimTimes(files, room.exit(job.attempt));
  const sampled = used.get('main');
  const main = times || sampled ? { ...sampled, ...times } : undefined;
  const all = steps.map((step): StepRecord => {
    const usage = { ...used.get(step.step), ...step.usage };
    return Object.keys(usage).length > 0 ? { ...step, usage } : step;
  });
  return {
    ...(all.length > 0 && { steps: all }),
    ...(leftOut > 0 && { stepsLeftOut: leftOut }),
    ...(main !== undefined && { usage: main }),
  };
}
