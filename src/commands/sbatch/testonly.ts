import { isMgpuError } from '../../base/error.ts';
import { printable } from '../../base/text.ts';
import { formatTimestamp } from '../../model/duration.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import type { JobSpec } from '../../model/spec.ts';
import type { Session } from '../../services/session.ts';
import type { TestedStart } from '../../services/testonly.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import type { CommandIo } from '../io.ts';
import { refusalReason } from '../submission/refusal.ts';

/** Tells it, or throws `REFUSED` as a submission does. */
export type TellTest = (session: Session, spec: JobSpec) => Promise<TestedStart>;

interface Test {
  readonly session: Session;
  readonly spec: JobSpec;
  readonly io: CommandIo;
  readonly tell: TellTest;
}

/** `sbatch --test-only`: says when the job would start, and submits nothing (captured: resource requests). */
export async function testOnly(values: SubmitValues, { session, spec, io, tell }: Test): Promise<number> {
  const say = (line: string): void => io.err(`${printable(line)}\n`);
  try {
    const { jobId, time, cpus, nodes, partition } = await tell(session, spec);
    const instant = formatTimestamp(time, session.store.clock.utcOffsetMinutes(time));
    const where = `on nodes ${formatHostlist(nodes)} in partition ${partition}`;
    if (values.quiet !== true)
      say(`sbatch: Job ${jobId} to start at ${instant} using ${cpus} processors ${where}`);
    return 0;
  } catch (error) {
    if (!isMgpuError(error, 'REFUSED')) throw error;
    const reason = refusalReason(error);
    for (const line of error.before) say(`sbatch: error: ${line}`);
    say(`allocation failure: ${reason}`);
    return 1;
  }
}
