/** The release of Slurm whose command line this is; tools read it to know what they may ask for. */
const slurmVersion = '22.05.8';

export const mgpuVersion = '0.1.0';

/**
 * What --version prints under the name `program`: Slurm's own words where the command goes by Slurm's name.
 */
export function versionLine(program: string): string {
  const slurm = `slurm ${slurmVersion}`;
  return program.startsWith('mgpu') ? `${program} ${mgpuVersion} (${slurm})` : slurm;
}
