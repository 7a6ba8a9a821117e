import { isMgpuError } from '../../base/error.ts';
import { formatTimestamp } from '../../model/duration.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import type { JobSpec } from '../../model/spec.ts';
import type { Session } from '../../services/session.ts';
import { testedStart } from '../../services/testonly.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import type { CommandIo } from '../io.ts';
import { tell } from './prepare.ts';
import { refusalReason } from './refusal.ts';

export interface Test {
  readonly program: string;
  readonly session: Session;
  readonly spec: JobSpec;
  readonly groups: readonly string[];
  readonly io: CommandIo;
}

/** --test-only: says when the job would start, and submits nothing (captured: resource requests). */
export async function testOnly(values: SubmitValues, test: Test): Promise<number> {
  const { program, session, spec, groups, io } = test;
  const { store, present } = session;
  try {
    const { jobId, time, cpus, nodes, partition } = await testedStart(store, present, { spec, groups });
    const instant = formatTimestamp(time, store.clock.utcOffsetMinutes(time));
    const where = `on nodes ${formatHostlist(nodes)} in partition ${partition}`;
    const line = `${program}: Job ${jobId} to start at ${instant} using ${cpus} processors ${where}`;
    if (values.quiet !== true) tell(io, [line]);
    return 0;
  } catch (error) {
    if (!isMgpuError(error, 'REFUSED')) throw error;
    const before = error.before.map((line) => `${program}: error: ${line}`);
    tell(io, [...before, `allocation failure: ${refusalReason(error)}`]);
    return 1;
  }
}
