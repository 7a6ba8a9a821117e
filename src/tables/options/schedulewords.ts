import {
  niceComplaint,
  parseNice,
  parsePriority,
  priorityComplaint,
  priorityMax,
} from '../../model/priority.ts';
import { parseSignalSpec, type SignalSpec } from '../../model/signalspec.ts';
import { parseTimeSpec } from '../../model/timespec.ts';
import { failed, ok } from '../row.ts';
import { invalid, type Parser, parsedBy } from './parsers.ts';

/** Parsers of options about when a job may run, with Slurm's complaints (as observed of 22.05). */

/**
 * An instant in Slurm's language. Whether the text is one does not hang on the clock, which is not known
 * here: the text is kept, and read again where it is.
 */
export const moment: Parser<string> = (text, place) => {
  const read = parseTimeSpec(text, { now: 0, utcOffsetMinutes: () => 0, lies: 'after' });
  if ('time' in read) return ok(text);
  const { lines, exitCode } = invalid(place).failed;
  const complaint = `Invalid time specification (pos=${read.position}): ${text}`;
  return failed(exitCode, ...(text === '' ? [] : [complaint]), ...lines);
};

export const nice: Parser<number> = (text, { program }) => {
  const value = parseNice(text);
  return value === undefined ? failed(255, `${program}: error: ${niceComplaint(text)}`) : ok(value);
};

export const priority: Parser<number> = (text, { program }) => {
  const value = parsePriority(text);
  if (value === undefined) return failed(255, `${program}: error: ${priorityComplaint(text)}`);
  // What Slurm sends for TOP: the highest that there is.
  return ok(value === 'TOP' ? priorityMax : value);
};

export const warningSignal: Parser<SignalSpec> = parsedBy(parseSignalSpec);

/** A count and how long to wait for it. */
export interface Switches {
  readonly count: number;
  readonly waitSeconds?: number;
}

export const switches: Parser<Switches> = (text, { program }) => {
  const [, digits, time] = /^\s*\+?(\d{1,6})(?:@(.*))?$/.exec(text) ?? [];
  const waitSeconds = time === undefined ? undefined : waitOf(time);
  if (digits === undefined || Number(digits) === 0 || Number.isNaN(waitSeconds)) {
    return failed(1, `${program}: error: Invalid numeric value "${text}" for --switches.`);
  }
  return ok({ count: Number(digits), ...(waitSeconds !== undefined && { waitSeconds }) });
};

/** Minutes, or with colons down to seconds; NaN for what is no time. */
function waitOf(text: string): number {
  const [, days, rest = ''] = /^(?:(\d{1,4})-)?(\d{1,6}(?::\d{1,6}){0,2})$/.exec(text) ?? [];
  if (rest === '') return Number.NaN;
  const parts = rest.split(':').map(Number);
  const [first = 0, second = 0, third = 0] = parts;
  if (days !== undefined) return Number(days) * 86_400 + first * 3600 + second * 60 + third;
  return parts.length === 3 ? first * 3600 + second * 60 + third : first * 60 + second;
}

/** `0` or `1`; Slurm says of other numbers what it says of no number only for the latter. */
export const zeroOrOne: Parser<boolean> = (text, place) => {
  if (!/^\s*\+?\d+$/.test(text)) {
    return failed(1, `${place.program}: error: Invalid numeric value "${text}" for --${place.option}.`);
  }
  return Number(text) > 1 ? invalid(place) : ok(Number(text) === 1);
};
