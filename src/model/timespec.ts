import { civilDate, dayOf } from './civil.ts';
import type { Seconds } from './ids.ts';

/** How a text that names an instant is to be understood. */
export interface TimeContext {
  readonly now: Seconds;
  /** Minutes east of UTC at an instant: texts are in local time. */
  readonly utcOffsetMinutes: (unixSeconds: Seconds) => number;
  /** Which of the instants that a text may mean is taken: `0120` is a day of the past or of the future. */
  readonly lies: 'before' | 'after';
}

/** Seconds since 1970, or where the text could not be read on, counted from 0. */
export type TimeReading = { readonly time: Seconds } | { readonly position: number };

/** What has been read so far; a day is counted from 1970-01-01. */
interface Parts {
  now?: Seconds;
  year?: number;
  month?: number;
  dayOfMonth?: number;
  day?: number;
  secondOfDay?: number;
}

const daySeconds = 86_400;

/**
 * An instant in Slurm's language: `now-2hours`, `today`, `tomorrow`, `16:00`, `10:30PM`, `noon`, `0120`,
 * `01/20/27-12:00`, `2027-01-20T12:34:56`, `uts1769000000` (sbatch(1) at --begin, sacct(1) at --starttime;
 * positions and odd cases as a 22.05.8 was seen to take them).
 */
export function parseTimeSpec(text: string, context: TimeContext): TimeReading {
  const [, uts] = /^uts(\d{1,15})$/.exec(text) ?? [];
  if (uts !== undefined) return { time: Number(uts) };
  const parts: Parts = {};
  for (let at = 0; at < text.length; ) {
    const end = readPart(text, at, parts, context);
    if (end.isBad) return { position: end.at };
    at = end.at;
  }
  const time = instantOf(parts, context);
  return time === undefined ? { position: 0 } : { time };
}

interface End {
  readonly at: number;
  readonly isBad?: boolean;
}

function readPart(text: string, at: number, parts: Parts, context: TimeContext): End {
  const rest = text.slice(at);
  // The T between a date and a time; a small one begins a word.
  if (/^[\sT-]/.test(rest)) return { at: at + 1 };
  const word = /^(?:now|today|tomorrow|midnight|noon|fika|teatime)/i.exec(rest)?.[0];
  if (word !== undefined) return readWord({ text, at, word: word.toLowerCase() }, parts, context);
  if (!/^\d/.test(rest)) return { at, isBad: true };
  return /^\d\d?:/.test(rest) ? readTime(text, at, parts) : readDate(text, at, parts);
}

const hours: Readonly<Record<string, number>> = { midnight: 0, noon: 12, fika: 15, teatime: 16 };

function readWord(
  { text, at, word }: { readonly text: string; readonly at: number; readonly word: string },
  parts: Parts,
  context: TimeContext,
): End {
  const end = at + word.length;
  const hour = hours[word];
  if (hour !== undefined) {
    parts.secondOfDay = hour * 3600;
    return { at: end };
  }
  if (word === 'now') return readDelta(text, end, parts, context);
  parts.day = localDay(context) + (word === 'tomorrow' ? 1 : 0);
  return { at: end };
}

const unitSeconds = { second: 1, minute: 60, hour: 3600, day: daySeconds, week: 7 * daySeconds } as const;

function readDelta(text: string, at: number, parts: Parts, { now }: TimeContext): End {
  const rest = text.slice(at);
  parts.now = now;
  if (/^\s*$/.test(rest)) return { at: text.length };
  const [head = '', sign, digits = '', unit = ''] =
    /^\s*([+-])\s*(\d{1,10})((?:second|minute|hour|day|week)s?)?/i.exec(rest) ?? [];
  const lead = /^\s*/.exec(rest)?.[0].length ?? 0;
  if (sign === undefined) return { at: at + lead, isBad: true };
  const name = unit.toLowerCase().replace(/s$/, '') as keyof typeof unitSeconds | '';
  parts.now = now + Number(`${sign}1`) * Number(digits) * (name === '' ? 1 : unitSeconds[name]);
  // Behind a bare number may stand no letter: the unit is not one.
  if (name === '' && /^[a-z]/i.test(rest.slice(head.length)))
    return { at: at + head.length - digits.length, isBad: true };
  return { at: at + head.length };
}

/** `H:MM[:SS]` and perhaps AM or PM behind it. */
function readTime(text: string, start: number, parts: Parts): End {
  let at = start;
  const two = (max: number): number | undefined => {
    const digits = /^\d\d/.exec(text.slice(at))?.[0];
    if (digits === undefined || Number(digits) > max) return undefined;
    at += 2;
    return Number(digits);
  };
  const [hourDigits = ''] = /^\d+/.exec(text.slice(at)) ?? [];
  let hour = Number(hourDigits);
  if (hour > 23) return { at, isBad: true };
  at += hourDigits.length + 1;
  const minute = two(59);
  if (minute === undefined) return { at: at + (/^\d\D?$/.test(text.slice(at)) ? 1 : 0), isBad: true };
  let second = 0;
  if (text.charAt(at) === ':') {
    at += 1;
    const found = two(59);
    if (found === undefined) return { at, isBad: true };
    second = found;
  }
  const [half = '', letter] = /^\s*([AP])M/i.exec(text.slice(at)) ?? [];
  if (letter !== undefined) {
    if (hour > 12) return { at, isBad: true };
    hour = (hour % 12) + (letter.toUpperCase() === 'P' ? 12 : 0);
    at += half.length;
  }
  parts.secondOfDay = (hour * 60 + minute) * 60 + second;
  return { at };
}

/** `YYYY-MM-DD`, or month and day and perhaps a year of two digits: `0120`, `1/20`, `01.20.27`, `012027`. */
function readDate(text: string, start: number, parts: Parts): End {
  const [full, year] = /^(\d{4})-(?=..-)/.exec(text.slice(start)) ?? [];
  let at = start + (full?.length ?? 0);
  const number = (max: number): number | undefined => {
    const digits = /^\d\d?/.exec(text.slice(at))?.[0];
    if (digits === undefined || Number(digits) < 1 || Number(digits) > max) return undefined;
    at += digits.length;
    return Number(digits);
  };
  const month = number(12);
  if (month === undefined) return { at, isBad: true };
  // A dash belongs to a date with its year alone.
  if ((year === undefined ? /^[/.]/ : /^-/).test(text.slice(at))) at += 1;
  const dayOfMonth = number(31);
  if (dayOfMonth === undefined) return { at, isBad: true };
  Object.assign(parts, { month, dayOfMonth });
  if (year !== undefined) {
    parts.year = Number(year);
    return { at };
  }
  if (/^[/.]/.test(text.slice(at))) at += 1;
  const short = /^\d*/.exec(text.slice(at, at + 2))?.[0] ?? '';
  // A digit behind the day begins a year, which has two.
  if (short.length === 1) return { at: at + 1, isBad: true };
  if (short !== '') parts.year = 2000 + Number(short);
  return { at: at + short.length };
}

function localDay({ now, utcOffsetMinutes }: TimeContext): number {
  return Math.floor((now + utcOffsetMinutes(now) * 60) / daySeconds);
}

function instantOf(parts: Parts, context: TimeContext): Seconds | undefined {
  if (parts.now !== undefined) return parts.now;
  const { secondOfDay } = parts;
  const day = dayOfParts(parts, context);
  if (day !== undefined) return localInstant(day, secondOfDay ?? 0, context);
  if (secondOfDay === undefined) return undefined;
  const today = localInstant(localDay(context), secondOfDay, context);
  if (context.lies === 'before' || today >= context.now) return today;
  return localInstant(localDay(context) + 1, secondOfDay, context);
}

function dayOfParts({ day, year, month, dayOfMonth }: Parts, context: TimeContext): number | undefined {
  if (month === undefined || dayOfMonth === undefined) return day;
  if (year !== undefined) return dayOf(year, month, dayOfMonth);
  const today = localDay(context);
  const thisYear = civilDate(today).year;
  const found = dayOf(thisYear, month, dayOfMonth);
  if (context.lies === 'before') return found > today ? dayOf(thisYear - 1, month, dayOfMonth) : found;
  return found < today ? dayOf(thisYear + 1, month, dayOfMonth) : found;
}

/** The instant of a local time. Where clocks are set forward over it, one beside it. */
function localInstant(day: number, secondOfDay: number, { utcOffsetMinutes }: TimeContext): Seconds {
  const local = day * daySeconds + secondOfDay;
  const guess = local - utcOffsetMinutes(local) * 60;
  return local - utcOffsetMinutes(guess) * 60;
}
