import type { Variables } from '../row.ts';

/**
 * The input variables of the submitting commands for one option, by its name in them (sbatch(1), srun(1) and
 * salloc(1), INPUT ENVIRONMENT VARIABLES).
 */
export function everywhere(name: string): Variables {
  return { ...batchOnly(name), ...stepOnly(name), ...allocationOnly(name) };
}

/** Those that a whole job is submitted by. */
export function ofJobs(name: string): Variables {
  return { ...batchOnly(name), ...allocationOnly(name) };
}

export function batchOnly(name: string): Variables {
  return { sbatch: [`SBATCH_${name}`] };
}

export function stepOnly(name: string): Variables {
  return { srun: [`SLURM_${name}`] };
}

export function allocationOnly(name: string): Variables {
  return { salloc: [`SALLOC_${name}`] };
}
