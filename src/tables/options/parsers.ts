import type { CountBounds, NodeCount } from '../../model/counts.ts';
import { nodeCountComplaint, parseCount, parseNodeCount } from '../../model/counts.ts';
import { parseHostlist } from '../../model/hostlist.ts';
import { parseIndexList } from '../../model/indexlist.ts';
import { limits } from '../../model/limits.ts';
import { parseMemoryMb } from '../../model/memory.ts';
import { type NodeGpuIds, parseNodeGpuIds } from '../../model/nodegpuids.ts';
import { parseAskedTimeLimit, parseTimeLimit, type TimeLimit } from '../../model/timelimit.ts';
import { type Failed, failed, type Outcome, ok, type Place } from '../row.ts';

/** Parsers of option arguments, with Slurm's complaint and exit code for each (captures 'errors.sbatch'). */
export type Parser<T> = (text: string, place: Place) => Outcome<T>;

/** Slurm's usual complaint about a value. */
export function invalid({ program, option }: Place): Failed {
  return failed(255, `${program}: error: Invalid --${option} specification`);
}

/** A parser made of a model's one; what that does not know is invalid. */
export function parsedBy<T>(parse: (text: string) => T | undefined): Parser<T> {
  return (text, place) => {
    const value = parse(text);
    return value === undefined ? invalid(place) : ok(value);
  };
}

/** A text of at most `lengthMax` UTF-16 units, which the cluster can store. */
function text(lengthMax: number): Parser<string> {
  return (written, place) => (written.length <= lengthMax ? ok(written) : invalid(place));
}

export const name = text(limits.nameLength);
export const path = text(limits.pathLength);
export const freeText = text(limits.textLength);

/** Texts between commas; empty ones are left out. */
export function nameList(written: string): Outcome<readonly string[]> {
  return ok(written.split(',').filter((one) => one !== ''));
}

/** One of a few words, in either case. */
export function choice<const T extends string>(...choices: readonly T[]): Parser<T> {
  return parsedBy((written) => choices.find((one) => one === written.toLowerCase()));
}

/** A whole number; Slurm exits 1 here, not 255. */
export function count(bounds: CountBounds = {}): Parser<number> {
  return (written, { program, option }) => {
    const value = parseCount(written, bounds);
    if (value !== undefined) return ok(value);
    return failed(1, `${program}: error: Invalid numeric value "${written}" for --${option}.`);
  };
}

export const timeLimit: Parser<TimeLimit> = parsedBy(parseTimeLimit);
/** That of a job or step, where Slurm takes more than elsewhere. */
export const askedTimeLimit: Parser<TimeLimit> = parsedBy(parseAskedTimeLimit);
export const memoryMb: Parser<number> = parsedBy(parseMemoryMb);
export const indexes: Parser<readonly number[]> = parsedBy(parseIndexList);

/** Two lines, for the form is our own: the second says what it is. */
export const nodeGpuIds: Parser<NodeGpuIds> = (written, place) => {
  const value = parseNodeGpuIds(written);
  if (value !== undefined) return ok(value);
  const { lines, exitCode } = invalid(place).failed;
  const form = 'each node once, with the indices of its GPUs: node001:0,1;node002:4-7';
  return failed(exitCode, ...lines, `${place.program}: error: --${place.option} takes ${form}`);
};

export const nodeCount: Parser<NodeCount> = (written, { program }) => {
  const value = parseNodeCount(written);
  return value === undefined ? failed(255, `${program}: error: ${nodeCountComplaint(written)}`) : ok(value);
};

/** A hostlist; one that does not parse cannot name a node. With a slash it is the path of a file. */
export const nodeNamesOrFile: Parser<readonly string[]> = (written, place) =>
  written.includes('/') && written.length <= limits.pathLength ? ok([written]) : nodeNames(written, place);

export const nodeNames: Parser<readonly string[]> = (written, { program }) => {
  const names = parseHostlist(written);
  return names === undefined ? submissionFailure(program, 'Invalid node name specified') : ok(names);
};

const submissionFailures: Readonly<Record<string, string>> = {
  sbatch: 'Batch job submission failed',
  srun: 'Unable to allocate resources',
  salloc: 'Job submit/allocate failed',
};

/** How a command says that the cluster refuses a job. */
export function submissionFailure(program: string, reason: string): Failed {
  return failed(1, `${program}: error: ${submissionFailures[program] ?? program}: ${reason}`);
}
