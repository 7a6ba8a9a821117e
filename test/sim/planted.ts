import type { Planted } from './plant.ts';
import { plantedNodeLoss, plantedSilly } from './planted-loss.ts';
import { plantedWide } from './planted-wide.ts';

/** What takes many seeds. */
const slow: ReadonlySet<string> = new Set([
  'a new room is not synced',
  'a cancelled job is given up without taking its marker',
  'a writer that slept believes in a pruned name',
  'what ran before a power cut starts again',
  'the start marker is taken without exclusive create',
  'a failed job leaves the state though somebody waits for it',
]);
const put = 'src/store/put.ts';
const name = ['$', '{folder}/$', '{name}'].join('');
const link = `if ((await files.link(temporary, \`${name}\`)) === 'exists') return 'exists';`;
const rename = `await files.rename(temporary, \`${name}\`);`;
const look = `if ((await files.stat(\`${name}\`)) !== undefined) return 'exists';`;
const tick = 'src/agent/tick.ts';
const commitInTick = 'const events = await journal.commit(async (cluster) => {\n    const now';

export const planted: readonly Planted[] = [
  one('a commit replaces what is there', put, link, rename),
  one(
    'a commit looks first and then replaces, as under a lock that is trusted',
    put,
    link,
    `${look}\n${rename}`,
  ),
  one(
    'the name of a commit is not synced',
    put,
    "if (options.durable) await files.syncDir(folder);\n  return 'put';",
    "return 'put';",
  ),
  one('contents are not synced', put, 'sync: options.durable });', 'sync: false });'),
  one(
    'a request is acknowledged before it is durable',
    'src/store/inbox.ts',
    'durable: store.spool.durable, nonce: requestId',
    'durable: false, nonce: requestId',
  ),
  one(
    'a new room is not synced',
    'src/store/rooms.ts',
    'if (!spool.durable) return;',
    'if (spool.durable) return;',
  ),
  one(
    'a job does not wait for what it depends on',
    'src/core/eligible.ts',
    "if (state === 'waits') return 'Dependency';",
    '',
  ),
  one(
    'a failed job leaves the state though somebody waits for it',
    'src/core/accountable.ts',
    ' && !needed.has(id)',
    '',
  ),
  one(
    'requests are taken out before they are committed',
    tick,
    commitInTick,
    `await finishRequests(agent, memory, requests);\n  ${commitInTick}`,
  ),
  one(
    'the start marker is taken without exclusive create',
    'test/sim/shim.ts',
    'calls.overwrite(marker, new Uint8Array(), true)',
    'calls.overwrite(marker, new Uint8Array(), false)',
  ),
  one('what ran before a power cut starts again', 'src/agent/daemon.ts', 'await settleBoot(agent);', ''),
  one(
    'a writer that slept believes in a pruned name',
    'src/store/log.ts',
    "return (await mayBePruned(store, seq)) ? 'unknown' : 'won';",
    "return 'won';",
  ),
  one(
    'a cancel frees the GPUs before the holder reports',
    'src/core/free.ts',
    'return job.allocation.filter((share) => job.holders.includes(share.node));',
    [
      "if (job.state === 'COMPLETING') return [];",
      'return job.allocation.filter((share) => job.holders.includes(share.node));',
    ].join(' '),
  ),
  one(
    'a job is released though processes of it are left',
    'src/agent/observe.ts',
    "if (run.phase === 'draining' && others.length === 0) run.phase = 'over';",
    "if (run.phase === 'draining') run.phase = 'over';",
  ),
  one(
    'a cancelled job is given up without taking its marker',
    'src/agent/observe.ts',
    "if (run.phase === 'absent' && job.state === 'COMPLETING') await withdraw(agent, run);",
    "if (run.phase === 'absent' && job.state === 'COMPLETING') run.phase = 'over';",
  ),
  one(
    'a step takes its turn though others have what it wants',
    'src/services/steps/turn.ts',
    'const gpus = roomForStep(job.allocation, held, request.shares);',
    'const gpus = roomForStep(job.allocation, new Map(), request.shares);',
  ),
  one(
    'what ran of a step is not told of when its job ends',
    'src/agent/keepsteps.ts',
    '...(all.length > 0 && { steps: all }),',
    '...(all.length > 1 && { steps: all }),',
  ),
  {
    name: 'the wall clocks of two nodes are compared',
    isQuick: true,
    patches: [
      {
        file: 'src/agent/watchnodes.ts',
        find: 'if (seen === undefined || seen.beat !== beat || seen.incarnation !== incarnation) {',
        put: `const told = Number(/"time":([0-9]+)/.exec(beat ?? '')?.[1]);
          if (seen === undefined || !(Math.abs(agent.store.clock.now() - told) >= 300)) {`,
      },
      {
        file: 'src/agent/watchnodes.ts',
        find: 'else if (now - seen.sinceMs >= timeoutOf(agent.settings, record.leaseSeconds) * 1000)',
        put: 'else if (now - seen.sinceMs >= 15_000)',
      },
    ],
  },
  ...plantedNodeLoss,
  ...plantedSilly,
  ...plantedWide,
  one(
    'a segment of accounting is not synced',
    'src/store/filed.ts',
    'const options = { mode: 0o644, durable: store.spool.durable',
    'const options = { mode: 0o644, durable: false',
  ),
];

/** Those whose names hold a text. */
export function chosenFaults(text: string): readonly Planted[] {
  return planted.filter(({ name }) => name.includes(text));
}

function one(what: string, file: string, find: string, instead: string): Planted {
  return { name: what, patches: [{ file, find, put: instead }], isQuick: !slow.has(what) };
}
