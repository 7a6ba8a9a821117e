import { MgpuError } from '../base/error.ts';

/** The release of Slurm whose command line this is; tools read it to know what they may ask for. */
export const slurmVersion = '22.05.8';

export const mgpuVersion = '0.3.0';

/**
 * The newest format of a spool that this program writes and reads; docs/format.md says what each one means.
 */
export const formatVersion = 3;

/**
 * What --version prints under the name `program`: Slurm's own words where the command goes by Slurm's name.
 */
export function versionLine(program: string): string {
  const slurm = `slurm ${slurmVersion}`;
  return program.startsWith('mgpu') ? `${program} ${mgpuVersion} (${slurm})` : slurm;
}

/** Throws `NEWER_FORMAT` for a value that says that it is of a format which this program does not know. */
export function refuseNewer(value: unknown, path: string): void {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (typeof format !== 'number' || format <= formatVersion) return;
  const message = `${path}: its format ${format} is newer than this program knows (${formatVersion})`;
  throw new MgpuError('NEWER_FORMAT', message, { hint: 'use the newer mgpu that wrote it' });
}
