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

/** SLURM_TOPOLOGY_ADDR and its pattern, from the outside to the node. */
export function topologyVariables({ rack, switch: own }: Wiring, node: string): Record<string, string> {
  const switches = [rack, own === rack ? undefined : own].filter((one) => one !== undefined);
  return {
    SLURM_TOPOLOGY_ADDR: [...switches, node].join('.'),
    SLURM_TOPOLOGY_ADDR_PATTERN: [...switches.map(() => 'switch'), 'node'].join('.'),
  };
}
