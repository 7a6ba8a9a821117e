import type { Patch } from './bundle.ts';

/** A fault that could be in the product, put there to see that the simulator finds it. */
export interface Planted {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** True if a few dozen seeds find it: then it is looked for in every test run. */
  readonly isQuick: boolean;
}

/** A fault of one place. */
export function one(fault: {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly put: string;
  readonly isQuick: boolean;
}): Planted {
  const { name, isQuick, ...patch } = fault;
  return { name, isQuick, patches: [patch] };
}
