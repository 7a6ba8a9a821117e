import type { JobSpec } from '../../../model/spec.ts';
import { parseTimeLimit, type TimeLimit } from '../../../model/timelimit.ts';
import { parseTimeSpec, type TimeContext } from '../../../model/timespec.ts';
import type { ChangeFor, KeyReading } from './keys.ts';

/** The clock by which times of the day are read. */
export type UpdateClock = Pick<TimeContext, 'now' | 'utcOffsetMinutes'>;

/** An instant as `scontrol update` takes it: `now+1hour`, `16:00`. */
export function parseInstant(
  text: string,
  clock: UpdateClock,
  change: (time: number) => Partial<JobSpec>,
): KeyReading {
  const read = parseTimeSpec(text, { ...clock, lies: 'after' });
  if ('time' in read) return () => ({ set: change(read.time) });
  return [`Invalid time specification (pos=${read.position}): ${text}`, 'No changes specified'];
}

/** `EndTime`: the limit of a job that runs is set so that it ends then. */
export function endTimeLimit(text: string, clock: UpdateClock): KeyReading {
  const read = parseTimeSpec(text, { ...clock, lies: 'after' });
  if (!('time' in read))
    return [`Invalid time specification (pos=${read.position}): ${text}`, 'No changes specified'];
  return (job) => {
    if (job.state !== 'RUNNING') return 'not running';
    const seconds = read.time - job.startTime - (job.suspendedSeconds ?? 0);
    return { set: { timeLimit: Math.max(1, Math.ceil(seconds / 60)), timeLimitGiven: true } };
  };
}

/** `90`, `1-0`, `UNLIMITED`; with a sign before it more or less than the job has. */
export function parseLimit(text: string): KeyReading {
  const [, sign, length = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  const limit = parseTimeLimit(length);
  if (limit === undefined) return ['scontrol: error: Invalid TimeLimit value'];
  const fixed = (timeLimit: TimeLimit): ReturnType<ChangeFor> => ({
    set: { timeLimit, timeLimitGiven: true },
  });
  if (sign === '') return () => fixed(limit);
  return ({ spec }) => {
    if (spec.timeLimit === 'UNLIMITED' || limit === 'UNLIMITED') return 'beyond bounds';
    const minutes = spec.timeLimit + (sign === '+' ? limit : -limit);
    return minutes > 0 ? fixed(minutes) : 'beyond bounds';
  };
}
