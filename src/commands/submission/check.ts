import { submissionFailure } from '../../tables/options/parsers.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import { type Failed, failed } from '../../tables/row.ts';
import { isArbitrary } from './tasknodes.ts';

/** Who submits, as far as options hang on it. */
export interface Who {
  readonly user: string;
  readonly uid: number;
  readonly group: string;
  readonly gid: number;
}

/** Why options may not be asked for together, or not by this user; in Slurm's words where it has some. */
export function submissionFault(values: SubmitValues, program: string, who: Who): Failed | undefined {
  const { nodelist, nodefile, nice = 0 } = values;
  if (isArbitrary(values) && (nodelist ?? nodefile) === undefined) {
    const what = 'With Arbitrary distribution you need to specify a nodelist or hostfile with the -w option';
    return failed(1, `${program}: error: ${what}`);
  }
  if (nice < 0 && who.uid !== 0) return submissionFailure(program, 'Invalid --nice value');
  return identityFault(values, program, who);
}

/** --uid and --gid are root's alone; and a cluster runs jobs as its owner, which root then is. */
function identityFault({ uid, gid }: SubmitValues, program: string, who: Who): Failed | undefined {
  const asked = [
    { option: 'uid', name: uid, own: [who.user, String(who.uid)] },
    { option: 'gid', name: gid, own: [who.group, String(who.gid)] },
  ];
  for (const { option, name, own } of asked) {
    if (name === undefined) continue;
    if (who.uid !== 0) return failed(255, `${program}: error: --${option} only permitted by root user`);
    if (own.includes(name)) continue;
    const why = `the jobs of a cluster run as its owner, ${own[0]}`;
    return failed(1, `${program}: error: --${option}=${name} is not supported: ${why}`);
  }
  return undefined;
}

/** What Slurm says, and then goes on, of options that its configuration has no use for. */
export function submissionNotices(values: SubmitValues, program: string): readonly string[] {
  const { coreSpec, threadSpec, verbose = 0 } = values;
  const why = "since it's not allowed by configuration (AllowSpecResourcesUsage = No)";
  return [
    ...(coreSpec === undefined ? [] : [`${program}: error: Ignoring -S ${why}`]),
    ...(threadSpec === undefined ? [] : [`${program}: error: Ignoring --thread-spec ${why}`]),
    ...(verbose > 0 && isHintIdle(values) ? [`${program}: ${hintRivals}. Ignoring --hint.`] : []),
  ];
}

const hintRivals =
  'Following options are mutually exclusive with --hint: ' +
  '--ntasks-per-core, --threads-per-core, -B and --cpu-bind (other then --cpu-bind=verbose)';

/** Beside an option that says outright what a hint is short for, the hint has no effect. */
function isHintIdle(values: SubmitValues): boolean {
  const { hint, geometry, threadsPerCore, ntasksPerCore, cpuBind } = values;
  const binds = cpuBind !== undefined && !/^(?:v|verbose|q|quiet|,)*$/.test(cpuBind);
  const isSaid = binds || (geometry ?? threadsPerCore ?? ntasksPerCore) !== undefined;
  return hint !== undefined && isSaid;
}

/** The lines about names of clusters that are not this one; `isNone` where no other name is left. */
export function clusterComplaint(
  { clusters }: SubmitValues,
  { program, own }: { readonly program: string; readonly own: string },
): { readonly lines: readonly string[]; readonly isNone: boolean } {
  const names = clusters?.length === 0 ? [''] : (clusters ?? [own]);
  const unknown = names.filter((name) => name !== own && name !== 'all');
  const isNone = unknown.length === names.length;
  const lines = unknown.map((name) => `${program}: error: No cluster '${name}' known by database.`);
  if (!isNone) return { lines, isNone };
  const what = `'${names.join(',')}' can't be reached now, or it is an invalid entry for --cluster.`;
  const advice = "Use 'sacctmgr list clusters' to see available clusters.";
  return { lines: [...lines, `${program}: error: ${what}  ${advice}`], isNone };
}

/** The exit code for what the cluster refuses; SLURM_EXIT_ERROR says another one than 1. */
export function errorExitCode(environment: Readonly<Record<string, string>>): number {
  const digits = /^\s*[+-]?\d{1,9}/.exec(environment['SLURM_EXIT_ERROR'] ?? '')?.[0];
  return digits === undefined ? 1 : Number(digits) & 255 || 1;
}
