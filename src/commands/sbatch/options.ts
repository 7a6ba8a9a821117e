import { type BatchScript, readScript } from '../../tables/directives.ts';
import { isTrueNumber } from '../../tables/options/common.ts';
import { refusedBatchRows } from '../../tables/options/refused/own.ts';
import { batchClientRows, testRows } from '../../tables/options/submit/client.ts';
import { fileRows } from '../../tables/options/submit/files.ts';
import { batchJobRows } from '../../tables/options/submit/job.ts';
import { allNodesRows, batchSchedulingRows } from '../../tables/options/submit/scheduling.ts';
import {
  batchEnvironmentRows,
  inheritanceRows,
  loginRows,
} from '../../tables/options/submit/surroundings.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { type Environment, type Reading, readCommandLine, readEnvironment } from '../../tables/precedence.ts';
import { type CommandTable, type Failed, failed, sortedRows } from '../../tables/row.ts';
import { resolveSubmission } from '../submission/origins.ts';
import { submissionRows } from '../submission/rows.ts';

const program = 'sbatch';

export const sbatchTable: CommandTable<SubmitValues> = {
  program,
  summary: 'submit a batch script',
  rows: sortedRows<SubmitValues>(
    submissionRows,
    batchJobRows,
    batchSchedulingRows,
    allNodesRows,
    fileRows,
    inheritanceRows,
    batchEnvironmentRows,
    loginRows,
    testRows,
    batchClientRows,
    refusedBatchRows,
  ),
  order: 'stop',
  usageExitCode: 255,
  operands: '[script [argument...]]',
  readSwitch: isTrueNumber,
};

/**
 * Reads the command line alone, which comes before the script is looked at: a fault in it is told even if
 * there is no such script. The first operand is the script, the rest its arguments; without operands it is
 * standard input.
 */
export function readSbatchLine(words: readonly string[]): Reading<SubmitValues> {
  const line = readCommandLine(words, sbatchTable);
  if (!('values' in line)) return line;
  if (line.operands[0] === ':') {
    return failed(1, `${program}: error: heterogeneous jobs are not supported by this release`);
  }
  if (line.values.wrap !== undefined && line.operands.length > 0) {
    return failed(1, `${program}: error: Script arguments not permitted with --wrap option`);
  }
  return line;
}

/** What stands beneath the command line. */
export interface SbatchSurroundings {
  readonly environment: Environment;
  /** Missing with --wrap, whose script has no directives. */
  readonly script?: BatchScript;
}

/** All that the submission asks for, from the command line, the environment and the script's directives. */
export function completeSbatch(
  commandLine: SubmitValues,
  { environment, script }: SbatchSurroundings,
): { readonly values: SubmitValues } | Failed {
  const variables = readEnvironment(environment, sbatchTable);
  // Faults of the script come before those of the environment, which only ever says --ignore-pbs to it.
  const ignorePbs =
    commandLine.ignorePbs === true || ('values' in variables && variables.values.ignorePbs === true);
  const directives =
    script === undefined ? { values: {} } : readScript(script, { table: sbatchTable, ignorePbs });
  if ('failed' in directives) return directives;
  if ('failed' in variables) return variables;
  return resolveSubmission(
    { commandLine, environment: variables.values, directives: directives.values },
    program,
  );
}
