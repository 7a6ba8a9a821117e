import { printable } from '../../base/text.ts';
import type { Diagnosis } from '../../services/diagnose.ts';
import { dateLine } from '../../tables/dateline.ts';
import { clusterComplaint } from '../../tables/options/listing.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { readSdiag, sdiagTable } from './options.ts';

/** What sdiag needs of the world. */
export interface SdiagDeps {
  diagnose(spool: string | undefined): Promise<Diagnosis & { readonly clusterName: string }>;
}

/** `sdiag`: prints, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SdiagDeps): Promise<number> {
  const read = readSdiag(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, sdiagTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { clusters, spool } = read.values;
  const diagnosis = await deps.diagnose(spool);
  const foreign = clusterComplaint(clusters, diagnosis.clusterName, 'sdiag');
  if (foreign !== undefined) {
    io.err(foreign.map((line) => `${printable(line)}\n`).join(''));
    return 1;
  }
  io.out(
    pageOf(diagnosis)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return 0;
}

const ruler = '*'.repeat(55);

/**
 * Slurm's page (as observed). There is no controller: nothing is called, no thread serves anybody. A pass of
 * the scheduler over the state as it is was timed for it.
 */
function pageOf(found: Diagnosis): readonly string[] {
  const { now, since, utcOffsetMinutes, cycleMicroseconds } = found;
  const instant = (time: number): string => `${dateLine(time, utcOffsetMinutes)} (${time})`;
  return [
    ruler,
    `sdiag output at ${instant(now)}`,
    `Data since      ${instant(since)}`,
    ruler,
    'Server thread count:  0',
    'Agent queue size:     0',
    'Agent count:          0',
    'Agent thread count:   0',
    'DBD Agent queue size: 0',
    '',
    `Jobs submitted: ${found.submitted}`,
    `Jobs started:   ${found.started}`,
    `Jobs completed: ${found.completed}`,
    `Jobs canceled:  ${found.cancelled}`,
    `Jobs failed:    ${found.failed}`,
    '',
    `Job states ts:  ${instant(now)}`,
    `Jobs pending:   ${found.pending}`,
    `Jobs running:   ${found.running}`,
    '',
    'Main schedule statistics (microseconds):',
    `\tLast cycle:   ${cycleMicroseconds}`,
    `\tMax cycle:    ${cycleMicroseconds}`,
    '\tTotal cycles: 1',
    `\tMean cycle:   ${cycleMicroseconds}`,
    `\tMean depth cycle:  ${found.pending}`,
    `\tLast queue length: ${found.pending}`,
    ...(found.policy === undefined ? [] : [`\tNode policy:  ${found.policy}`]),
    '',
    'Remote Procedure Call statistics by message type',
    '',
    'Remote Procedure Call statistics by user',
    '',
    'Pending RPC statistics',
    '\tNo pending RPCs',
  ];
}
