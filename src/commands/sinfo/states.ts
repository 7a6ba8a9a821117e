import { type NodeState, nodeState, type UsedNode } from '../../tables/fields/nodestate.ts';
import type { Parser } from '../../tables/options/parsers.ts';
import { failed, ok } from '../../tables/row.ts';

/** Nodes in one of these states, or in all of them. */
export interface StateFilter {
  readonly names: readonly StateName[];
  readonly isAll: boolean;
}

/** Slurm's list, twice `unknown` as it prints it. */
const stateNames =
  'unknown,down,idle,allocated,?,mixed,future,drain,drained,draining,no_respond,reserved,perfctrs,cloud,' +
  'completing,powering_down,powered_down,power_down,powering_up,fail,maint,reboot,reboot^,unknown';
/** What else it takes, and what that is short for. */
const compactNames: Readonly<Record<string, string>> = {
  alloc: 'allocated',
  mix: 'mixed',
  drng: 'draining',
  comp: 'completing',
  npc: 'perfctrs',
  planned: 'planned',
  all: 'all',
  resv: 'reserved',
  futr: 'future',
  unk: 'unknown',
};

const states: Readonly<Record<string, (used: UsedNode, state: NodeState) => boolean>> = {
  all: () => true,
  // Where some CPUs are in use and others are not, both hold.
  allocated: ({ use }) => use.cpus > 0,
  idle: (_, { base }) => base === 'IDLE',
  mixed: (_, { base, isDrained }) => base === 'MIXED' && !isDrained,
  down: (_, { base }) => base === 'DOWN',
  unknown: (_, { base }) => base === 'UNKNOWN',
  drain: (_, { isDrained }) => isDrained,
  drained: (_, state) => state.isDrained && !isBusy(state),
  draining: (_, state) => state.isDrained && isBusy(state),
  no_respond: (_, { isSilent }) => isSilent,
  reserved: (_, { isReserved, isMaint }) => isReserved || isMaint,
  completing: (_, { isCompleting }) => isCompleting,
  fail: (_, { isFailed }) => isFailed,
  maint: (_, { isMaint }) => isMaint,
};
type StateName = string;

function isBusy({ base, isCompleting }: NodeState): boolean {
  return isCompleting || base === 'ALLOCATED' || base === 'MIXED';
}

/** What has no test here is a state that no node of this cluster comes into. */
export function isInStates(used: UsedNode, { names, isAll }: StateFilter): boolean {
  const state = nodeState(used);
  const isIn = (name: StateName): boolean => states[name]?.(used, state) === true;
  return isAll ? names.every(isIn) : names.some(isIn);
}

/** Names with commas or `&`, abbreviated at will. */
export const nodeStates: Parser<StateFilter> = (text, { program }) => {
  const known = [...stateNames.split(','), ...Object.keys(compactNames)];
  const names: string[] = [];
  for (const written of text.split(/[,&]/).filter((one) => one !== '')) {
    const word = written.toLowerCase();
    const found = known.find((name) => name === word) ?? known.find((name) => name.startsWith(word));
    if (found === undefined) {
      return failed(
        1,
        `${program}: error: Bad state string: "${written}"`,
        `${program}: error: valid states: ${stateNames}`,
      );
    }
    names.push(compactNames[found] ?? found);
  }
  return ok({ names, isAll: text.includes('&') });
};
