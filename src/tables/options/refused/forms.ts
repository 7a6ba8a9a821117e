import type { RefusedRow, Variables } from '../../row.ts';
import { later } from '../common.ts';
import { type Parser, parsedBy } from '../parsers.ts';

/** Short forms for the long list of options that are known and refused. */

const group = 'Not supported';

/** A switch. */
export function flag(long: string, help: string): RefusedRow {
  return { long, arg: 'none', group, help, refused: later };
}

/** An option with an argument. */
export function take(long: string, metavar: string, help: string): RefusedRow {
  return { long, arg: 'required', metavar, group, help, refused: later };
}

/** An option whose argument may be missing. */
export function mayTake(long: string, metavar: string, help: string): RefusedRow {
  return { long, arg: 'optional', metavar, group, help, refused: later };
}

/**
 * The variables of sbatch and of srun for an option. srun has none where Slurm sets that variable in every
 * job that used the option: a step in such a job asked for nothing.
 */
export function both(name: string): Variables {
  return { sbatch: [`SBATCH_${name}`], srun: [`SLURM_${name}`] };
}
export function batchOnly(name: string): Variables {
  return { sbatch: [`SBATCH_${name}`] };
}
export function stepOnly(name: string): Variables {
  return { srun: [`SLURM_${name}`] };
}

/** The complaint about a value that has not the form which Slurm wants; the value itself is not needed. */
export function shaped(form: RegExp): Parser<string> {
  return parsedBy((text) => (form.test(text) ? text : undefined));
}
