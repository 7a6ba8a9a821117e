/** The release of Slurm whose command line this is; tools read it to know what they may ask for. */
const slurmVersion = '22.05.8';

export const mgpuVersion = '0.2.0';

/**
 * The newest format of a spool that this program writes and reads; docs/format.md says what each one means.
 */
export const formatVersion = 2;

/**
 * What --version prints under the name `program`: Slurm's own words where the command goes by Slurm's name.
 */
export function versionLine(program: string): string {
  const slurm = `slurm ${slurmVersion}`;
  return program.startsWith('mgpu') ? `${program} ${mgpuVersion} (${slurm})` : slurm;
}
