import { parseConstraint } from '../../model/constraint.ts';
import { distributionComplaints, parseDistribution } from '../../model/distribution.ts';
import { gpuBindComplaint } from '../../model/gpubind.ts';
import { type Hint, hintComplaint, parseHints } from '../../model/hint.ts';
import { type LicenseCount, parseLicenses } from '../../model/licenses.ts';
import { limits } from '../../model/limits.ts';
import { failed, ok } from '../row.ts';
import { count, invalid, name, type Parser, parsedBy, submissionFailure } from './parsers.ts';

/** Parsers of options about where a job's tasks go, with Slurm's complaints (as observed of 22.05). */

/** Kept as it is written; Slurm shows it with `&` for a comma. An empty one asks for nothing. */
export const constraint: Parser<string> = (text, place) => {
  if (text === '') return ok(text);
  if (text.length > limits.textLength || parseConstraint(text) === undefined) {
    return submissionFailure(place.program, 'Invalid feature specification');
  }
  return ok(text.replaceAll(',', '&'));
};

export const licenses: Parser<readonly LicenseCount[]> = (text, { program }) => {
  const value = parseLicenses(text);
  return value === undefined ? submissionFailure(program, 'Invalid license specification') : ok(value);
};

export const distribution: Parser<string> = (text, place) => {
  const read = name(text, place);
  if ('value' in read && parseDistribution(text) !== undefined) return read;
  const complaints = distributionComplaints(text);
  return complaints.length === 0
    ? invalid(place)
    : failed(255, ...complaints.map((one) => `${place.program}: error: ${one}`));
};

export const gpuBind: Parser<string> = (text, place) => {
  const complaint = gpuBindComplaint(text);
  return complaint === undefined ? name(text, place) : failed(255, `${place.program}: error: ${complaint}`);
};

/** Words between commas. */
export const gresFlags: Parser<readonly string[]> = parsedBy((text) => {
  const words = text.toLowerCase().split(',');
  return words.every((word) => /^(?:disable|enforce)-binding$/.test(word)) ? words : undefined;
});

/** One kind; several at once, which Slurm takes, are not told apart in what a job stores. */
export const hint: Parser<Hint> = (text, { program }) => {
  const [value, ...others] = parseHints(text) ?? [];
  if (value !== undefined && others.length === 0) return ok(value);
  if (text.toLowerCase() === 'help') {
    return failed(1, 'Hints: compute_bound, memory_bound, multithread, nomultithread');
  }
  const sentence = hintComplaint(text) ?? `--hint: one of them at a time: ${text}`;
  return failed(1, `${program}: error: ${sentence}`);
};

/** So many sockets, cores a socket and threads a core at least; what is missing may be any number. */
export interface Geometry {
  readonly sockets?: number;
  readonly cores?: number;
  readonly threads?: number;
}

const places = ['first', 'second', 'third'] as const;
const parts = ['sockets', 'cores', 'threads'] as const;

/** `2`, `2:4`, `2:4:1`, `*:4`; of a range the lower end, as Slurm takes it. */
export const geometry: Parser<Geometry> = (text, place) => {
  const words = text.split(':');
  if (words.length > parts.length) return invalid(place);
  const found: { -readonly [K in keyof Geometry]: Geometry[K] } = {};
  for (const [index, word] of words.entries()) {
    const part = parts[index];
    if (part === undefined || word === '*') continue;
    const read = count()(word.replace(/-\d+$/, ''), place);
    if ('failed' in read) {
      const what = `Invalid numeric value "${word}" for ${places[index]} arg of -B.`;
      return failed(1, `${place.program}: error: ${what}`);
    }
    found[part] = read.value;
  }
  return ok(found);
};
