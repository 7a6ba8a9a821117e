import { formatTimestamp } from '../model/duration.ts';
import type { Seconds } from '../model/ids.ts';

const dayNames = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'] as const;
const monthNames = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The line above squeue's and sinfo's long tables: `Sun Nov 22 23:03:04 2026`. */
export function dateLine(now: Seconds, utcOffsetMinutes: number): string {
  const [date = '', time = ''] = formatTimestamp(now, utcOffsetMinutes).split('T');
  const [year, month, day] = date.split('-');
  // 1970-01-01 was a Thursday.
  const dayName = dayNames[Math.floor((now + utcOffsetMinutes * 60) / 86_400) % 7];
  return `${dayName} ${monthNames[Number(month) - 1]} ${day} ${time} ${year}`;
}
