/** What the bundle of the product with the simulator gives. */

export { Explored } from './explore.ts';
export { runSeed } from './seed.ts';
export { runChoices } from './small.ts';
