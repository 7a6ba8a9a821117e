import type { RefusedRow } from '../../row.ts';
import { later } from '../common.ts';

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
