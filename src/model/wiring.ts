import { type Infer, pattern } from '../base/schema.ts';

/** Names that can stand for a rack or a switch: those of Slurm's SwitchName. */
export const wiringNameSchema = pattern(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
  'the name of a rack or a switch',
);
export type WiringName = Infer<typeof wiringNameSchema>;

/** Where a node stands and what it is plugged into. */
export interface Wiring {
  readonly rack?: WiringName;
  readonly switch?: WiringName;
}

/** The switch that a node counts as being behind; a rack without switches is one. */
export function leafOf({ rack, switch: own }: Wiring): WiringName | undefined {
  return own ?? rack;
}
