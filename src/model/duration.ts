const minuteSeconds = 60;
const hourSeconds = 60 * minuteSeconds;
const daySeconds = 24 * hourSeconds;

/** squeue and sacct leave out leading zeros where they can; scontrol and sinfo print hours always. */
export type DurationStyle = 'squeue' | 'scontrol';

/**
 * A length of time in seconds as Slurm prints it: `1:00` or `00:01:00`, and `1-00:00:00` in both styles.
 * Parts of a second are dropped. A length below zero reads `INVALID`, as in Slurm.
 */
export function formatDuration(seconds: number, style: DurationStyle): string {
  if (!Number.isFinite(seconds) || seconds < 0) return 'INVALID';
  const days = Math.floor(seconds / daySeconds);
  const hours = Math.floor((seconds % daySeconds) / hourSeconds);
  const minutes = Math.floor((seconds % hourSeconds) / minuteSeconds);
  const rest = Math.floor(seconds % minuteSeconds);
  if (days > 0) return `${days}-${two(hours)}:${two(minutes)}:${two(rest)}`;
  if (style === 'scontrol') return `${two(hours)}:${two(minutes)}:${two(rest)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/**
 * An instant in seconds since 1970 as `2026-11-22T22:30:40` in the zone that lies `utcOffsetMinutes` east of
 * UTC at that instant; `Unknown` if there is none. For years 0 to 9999.
 */
export function formatTimestamp(unixSeconds: number | undefined, utcOffsetMinutes: number): string {
  if (unixSeconds === undefined || !Number.isFinite(unixSeconds)) return 'Unknown';
  const seconds = Math.floor(unixSeconds) + utcOffsetMinutes * minuteSeconds;
  const days = Math.floor(seconds / daySeconds);
  const { year, month, day } = civilDate(days);
  const time = formatDuration(seconds - days * daySeconds, 'scontrol');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}`;
}

/**
 * The Gregorian date of a day counted from 1970-01-01. Years are counted from March, so that leap days end
 * them.
 */
function civilDate(days: number): { year: number; month: number; day: number } {
  const sinceMarch0 = days + 719_468;
  const era = Math.floor(sinceMarch0 / 146_097);
  const dayOfEra = sinceMarch0 - era * 146_097;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
