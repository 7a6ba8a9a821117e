import { isTrueNumber } from '../../tables/options/common.ts';
import { refusedAllocationRows } from '../../tables/options/refused/own.ts';
import { allocationRows } from '../../tables/options/submit/allocation.ts';
import { allNodesRows } from '../../tables/options/submit/scheduling.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import type { Environment, Reading } from '../../tables/precedence.ts';
import { type CommandTable, failed, sortedRows } from '../../tables/row.ts';
import { readSubmission } from '../submission/origins.ts';
import { submissionRows } from '../submission/rows.ts';

const program = 'salloc';

export const sallocTable: CommandTable<SubmitValues> = {
  program,
  summary: 'get nodes, and run a command while they are there',
  rows: sortedRows<SubmitValues>(submissionRows, allNodesRows, allocationRows, refusedAllocationRows),
  order: 'stop',
  usageExitCode: 255,
  operands: '[command [argument...]]',
  readSwitch: isTrueNumber,
};

/** Reads a command line; the operands are the command to run, of which there may be none. */
export function readSalloc(words: readonly string[], environment: Environment): Reading<SubmitValues> {
  const read = readSubmission(words, environment, sallocTable);
  if (!('values' in read)) return read;
  if (read.operands[0] === ':') {
    return failed(1, `${program}: error: heterogeneous jobs are not supported by this release`);
  }
  return read;
}
