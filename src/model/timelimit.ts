import { type DurationStyle, formatDuration } from './duration.ts';

/** Whole minutes, at least one; or no limit. */
export type TimeLimit = number | 'UNLIMITED';

/** Slurm counts a limit in 32 bits of seconds; what it would wrap around is refused. */
export const timeLimitMinutesMax = Math.floor((2 ** 31 - 1) / 60);

/** Two numbers of minutes that Slurm reads as no limit: the largest of 31 bits, and its word for infinity. */
const unlimitedMinutes: readonly number[] = [2 ** 31 - 1, 2 ** 32 - 1];

/** days-[hours[:minutes[:seconds]]], or minutes, minutes:seconds, hours:minutes:seconds. */
const withDays = /^(\d+)-(?:(\d+)(?::(\d+)(?::(\d+))?)?)?$/;
const withoutDays = /^(?:(?:(\d+):)?(\d+):)?(\d+)$/;

/**
 * The limit of --time in all of its forms, seconds rounded up to a whole minute; `90`, `1:30`, `100:00:00`,
 * `1-`, `2-12:30`. Nothing bounds a part: `0:300` is five minutes. Zero, `-1`, `infinite` and `unlimited` are
 * no limit. A negative limit is refused.
 */
export function parseTimeLimit(text: string): TimeLimit | undefined {
  if (/^(?:unlimited|infinite|-0*1|-0+)$/i.test(text)) return 'UNLIMITED';
  const seconds = parseSeconds(text);
  if (seconds === undefined) return undefined;
  const minutes = Math.ceil(seconds / 60);
  if (minutes === 0 || unlimitedMinutes.includes(minutes)) return 'UNLIMITED';
  return minutes <= timeLimitMinutesMax ? minutes : undefined;
}

const minutesPerDay = 1440;

/**
 * The limit of a submission's --time: as above, and a number below -1, which Slurm takes for so many days
 * before the end of what 32 bits hold. No partition with a limit of its own lets such a job start.
 */
export function parseAskedTimeLimit(text: string): TimeLimit | undefined {
  const [, digits] = /^-(\d{1,7})$/.exec(text) ?? [];
  if (digits === undefined || Number(digits) < 2) return parseTimeLimit(text);
  const minutes = 2 ** 32 + 1 - Number(digits) * minutesPerDay;
  return minutes > timeLimitMinutesMax ? minutes : undefined;
}

/** A limit as `squeue -o %l` (`1:00`) or `scontrol show job` (`00:01:00`) print it. */
export function formatTimeLimit(limit: TimeLimit, style: DurationStyle): string {
  return limit === 'UNLIMITED' ? 'UNLIMITED' : formatDuration(limit * 60, style);
}

function parseSeconds(text: string): number | undefined {
  const long = withDays.exec(text);
  if (long !== null) {
    const [, days, hours, minutes, seconds] = long;
    return ((numberOf(days) * 24 + numberOf(hours)) * 60 + numberOf(minutes)) * 60 + numberOf(seconds);
  }
  const short = withoutDays.exec(text);
  if (short === null) return undefined;
  const [, hours, minutes, last] = short;
  // A number on its own counts minutes; after a colon it counts seconds.
  if (minutes === undefined) return numberOf(last) * 60;
  return (numberOf(hours) * 60 + numberOf(minutes)) * 60 + numberOf(last);
}

function numberOf(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits);
}
