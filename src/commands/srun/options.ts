import { isTrueNumber } from '../../tables/options/common.ts';
import { refusedStepRows } from '../../tables/options/refused/own.ts';
import { testRows } from '../../tables/options/submit/client.ts';
import { fileRows, streamRows } from '../../tables/options/submit/files.ts';
import { liveRows } from '../../tables/options/submit/live.ts';
import { stepRows } from '../../tables/options/submit/step.ts';
import { inheritanceRows } from '../../tables/options/submit/surroundings.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import type { Environment, Reading } from '../../tables/precedence.ts';
import { type CommandTable, failed, sortedRows } from '../../tables/row.ts';
import { readSubmission } from '../submission/origins.ts';
import { submissionRows } from '../submission/rows.ts';

const program = 'srun';

export const srunTable: CommandTable<SubmitValues> = {
  program,
  summary: 'run a command on the cluster and show its output',
  rows: sortedRows<SubmitValues>(
    submissionRows,
    fileRows,
    streamRows,
    liveRows,
    stepRows,
    inheritanceRows,
    testRows,
    refusedStepRows,
  ),
  order: 'stop',
  usageExitCode: 255,
  operands: 'executable [argument...]',
  readSwitch: isTrueNumber,
};

/** Reads a command line; the operands are the command to run, of which there is at least its name. */
export function readSrun(words: readonly string[], environment: Environment): Reading<SubmitValues> {
  const read = readSubmission(words, environment, srunTable);
  if (!('values' in read)) return read;
  if (read.values.mpi === 'list' || read.values.testOnly === true) return read;
  if (read.operands.length === 0) return failed(1, `${program}: fatal: No command given to execute.`);
  // In Slurm a colon parts two components wherever it stands, so it cannot be handed to the command.
  if (read.operands.includes(':')) {
    return failed(1, `${program}: error: heterogeneous jobs are not supported by this release`);
  }
  return read;
}
