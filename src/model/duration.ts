import { civilDate } from './civil.ts';

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

function two(number: number): string {
  return String(number).padStart(2, '0');
}
