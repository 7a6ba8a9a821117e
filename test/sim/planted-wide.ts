import { one, type Planted } from './plant.ts';

/** Faults in what goes over several nodes: parts of steps, and allocations that a command holds. */
export const plantedWide: readonly Planted[] = [
  one({
    name: 'a part of a step starts though another supervisor has its marker',
    file: 'src/step/takepart.ts',
    find: "return made === 'exists' ? 'taken' : { ...part, request };",
    put: 'return { ...part, request };',
    isQuick: true,
  }),
  one({
    name: 'a node gives its share of a job back though parts of steps run there',
    file: 'src/agent/hosted.ts',
    find: 'memory.hostedEnding.set(key, { ...ending, isGone: left.length === 0 });',
    put: 'memory.hostedEnding.set(key, { ...ending, isGone: true });',
    isQuick: false,
  }),
  one({
    name: 'a listing alone says which steps there are',
    file: 'src/store/steps.ts',
    find: '  const numbers = [...listed];\n',
    put: '  if (listed.length >= 0) return listed;\n  const numbers = [...listed];\n',
    isQuick: false,
  }),
  one({
    name: 'only the last node that gives a job back tells of its steps',
    file: 'src/agent/keepsteps.ts',
    find: '  if (seen === undefined) return {};',
    put: '  if (seen === undefined || job.holders.length > 1) return {};',
    isQuick: true,
  }),
  one({
    name: 'an allocation does not hear what its command says at its end',
    file: 'test/sim/holder.ts',
    find: 'if (code !== undefined) return exit(exitCodeOf(code), lookedMs);',
    put: '',
    isQuick: true,
  }),
  one({
    name: 'an allocation is held for ever when nobody says anything any more',
    file: 'test/sim/holder.ts',
    find: 'if (still >= looksMax) return exit(silentExitCode, lookedMs);',
    put: '',
    isQuick: true,
  }),
  one({
    name: 'the keeper of an allocation goes on when its command has said how it ended',
    file: 'src/services/spanning.ts',
    find: '    keeper.stop();\n    await giveBack(session, jobId, code);',
    put: '    await giveBack(session, jobId, code);\n    keeper.stop();',
    isQuick: false,
  }),
];
