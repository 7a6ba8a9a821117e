import { activeJobsOn } from '../core/free.ts';
import type { ActiveJob } from '../model/job.ts';
import type { StepRecord, StepsKept } from '../model/steprecord.ts';
import { readStepRecords } from '../store/steprecords.ts';
import { readShimTimes, readUsage } from '../store/usage.ts';
import { type Agent, logOrThrow } from './agent.ts';
import type { Memory } from './memory.ts';
import { runKey } from './run.ts';

/**
 * Reads what is to be kept of the steps of jobs that nothing is left of here: the commit that gives back the
 * last share of a job tells of them, and then its room may go.
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

/** What the event says of them; only the last holder does. */
export function keptSteps(memory: Memory, job: ActiveJob): StepsKept {
  return job.holders.length === 1 ? (memory.stepsKept.get(runKey(job.id, job.attempt)) ?? {}) : {};
}

async function stepsOf({ store }: Agent, job: ActiveJob): Promise<StepsKept> {
  const { files, layout, clock } = store;
  const room = layout.job(job.id);
  const { steps, leftOut } = await readStepRecords(files, room, job.attempt);
  const used = await readUsage(files, room, job);
  const times = await readShimTimes(files, room.exit(job.attempt));
  const sampled = used.get('main');
  const main = times || sampled ? { ...sampled, ...times } : undefined;
  const now = clock.now();
  const all = steps.map((step): StepRecord => {
    const usage = { ...used.get(step.step), ...step.usage };
    const known = Object.keys(usage).length > 0 ? { ...step, usage } : step;
    return known.state === 'RUNNING' ? { ...known, ...killed, endTime: now } : known;
  });
  return {
    ...(all.length > 0 && { steps: all }),
    ...(leftOut > 0 && { stepsLeftOut: leftOut }),
    ...(main !== undefined && { usage: main }),
  };
}

/** A step that the job's end took away before its supervisor could say how it ended. */
const killed = { state: 'CANCELLED', exitCode: { code: 0, signal: 9 } } as const;
