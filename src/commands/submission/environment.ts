import { applyExport, type ExportSpec, needsLoginEnvironment } from '../../model/exportspec.ts';
import { formatRlimits, parseRlimits, type RlimitName } from '../../model/rlimits.ts';
import type { SubmitValues } from '../../tables/options/values.ts';

type Variables = Readonly<Record<string, string>>;

/** What the environment of a batch job is made of. */
export interface EnvironmentSources {
  /** The submitting command's own. */
  readonly own: Variables;
  /** What a login shell of the user sets; asked only where it is needed. */
  readonly login: () => Promise<Variables>;
  /** The variables of --export-file, if it was given. */
  readonly file: Variables | undefined;
  /** The soft limits of whoever submits: bytes, numbers or `unlimited`. */
  readonly rlimits: Readonly<Partial<Record<RlimitName, string>>>;
  readonly workDir: string;
  readonly umask: number;
}

const everything: ExportSpec = { kind: 'ALL', items: [] };

/** What a batch job sees of its submitter's environment, and where it was submitted. */
export async function batchEnvironment(
  values: SubmitValues,
  sources: EnvironmentSources,
): Promise<Variables> {
  const { own, file, workDir, umask } = sources;
  const spec = values.export ?? everything;
  const needsLogin = needsLoginEnvironment(spec) || values.getUserEnv !== undefined;
  // A file stands in place of the submitter's variables, of which only Slurm's own come along.
  const isFromFile = file !== undefined && spec.kind === 'ALL';
  const chosen = isFromFile ? { ...file, ...applyExport({ kind: 'NONE' }, own) } : applyExport(spec, own);
  return {
    ...(needsLogin && (await sources.login())),
    ...chosen,
    ...limitVariables(values, sources.rlimits),
    ...(values.export !== undefined && { SLURM_EXPORT_ENV: exportText(values.export) }),
    ...(needsLogin && { SLURM_GET_USER_ENV: '1' }),
    // A job keeps the folder it was submitted from, also where it runs in another one.
    SLURM_SUBMIT_DIR: workDir,
    SLURM_UMASK: umask.toString(8).padStart(4, '0'),
  };
}

/** As it was written, but for quotes around whole items and the case of words. */
function exportText(spec: ExportSpec): string {
  if (spec.kind === 'NONE' || spec.kind === 'NIL') return spec.kind;
  const items = spec.items.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`));
  return [...(spec.kind === 'ALL' ? ['ALL'] : []), ...items].join(',');
}

/**
 * The limits that the job takes over, as variables for its node; a U stands before those that were asked for
 * by name, about which it complains.
 */
function limitVariables(
  { propagate }: Pick<SubmitValues, 'propagate'>,
  rlimits: EnvironmentSources['rlimits'],
): Variables {
  const names = parseRlimits(propagate ?? 'ALL') ?? [];
  const isByName = propagate !== undefined && formatRlimits(names) !== 'ALL';
  const pairs = names.flatMap((name): [string, string][] => {
    const value = rlimits[name];
    return value === undefined ? [] : [[`SLURM_RLIMIT_${name}`, `${isByName ? 'U' : ''}${value}`]];
  });
  return Object.fromEntries(pairs);
}

/** The variables of a file: between NUL bytes or, without one, one a line. What has no `=` is passed over. */
export function parseVariables(text: string): Variables {
  const items = text.includes('\0') ? text.split('\0') : text.split('\n');
  const pairs = items.flatMap((item): [string, string][] => {
    const equals = item.indexOf('=');
    return equals < 1 ? [] : [[item.slice(0, equals), item.slice(equals + 1)]];
  });
  return Object.fromEntries(pairs);
}
