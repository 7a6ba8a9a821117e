// The simulator on a fixed list of seeds and some new ones, and the proof that it bites.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadSimulator } from './bundle.ts';
import { findFault, main, Totals } from './cli.ts';
import { planted } from './planted.ts';

/** Seeds that once failed. */
const kept: readonly number[] = [
  9033, 51_516, 501_273, 910_009, 1_200_123, 3_300_036, 41_000_499, 53_000_032, 56_000_296, 77_000_024,
  77_000_375, 77_000_542, 91_000_467, 92_000_428, 92_000_687, 1_795_853_714, 1_795_853_890, 1_795_860_487,
  1_795_873_448, 120_001_773, 130_000_748,
];
const fixedSeeds = 40;
const newSeeds = 10;
/** What a fault takes at most here; those that take longer are looked for by `npm run sim -- --planted`. */
const plantedSeedsMax = 400;

describe('simulation', () => {
  it('keeps the promises from every seed', async () => {
    const { runSeed } = await loadSimulator();
    const totals = new Totals();
    const fresh = Math.floor(Date.now() / 1000) % 1_000_000;
    const seeds = [
      ...kept,
      ...Array.from({ length: fixedSeeds }, (_, index) => index + 1),
      ...Array.from({ length: newSeeds }, (_, index) => fresh * 100 + index),
    ];
    for (const seed of seeds) {
      const outcome = await runSeed(seed);
      totals.add(outcome);
      const { failure } = outcome;
      assert.ok(failure === undefined, `seed ${seed}: ${failure?.message}\n${failure?.trace.join('\n')}`);
    }
    assert.ok(totals.crashPoints.size > 30, `${totals.crashPoints.size} crash points were reached`);
  });

  it('is the same each time from the same seed', async () => {
    const { runSeed } = await loadSimulator();
    for (const seed of [1, 2, 3]) assert.deepEqual(await runSeed(seed), await runSeed(seed));
  });
});

describe('npm run sim', () => {
  it('ends with one line of figures', async () => {
    let text = '';
    const status = await main(['--seeds', '3', '--seed', '5'], (more) => {
      text += more;
    });
    assert.equal(status, 0);
    assert.match(text.trimEnd().split('\n').at(-1) ?? '', /^sim: 3 seeds .* 0 broken promises$/);
  });

  it('refuses what it does not know', async () => {
    for (const argv of [['--seeds'], ['--seeds', 'many'], ['--what']])
      assert.equal(await main(argv, () => {}), 2);
  });
});

describe('planted faults', () => {
  for (const { name, patches, isQuick } of planted) {
    if (!isQuick) continue;
    it(`finds: ${name}`, async () => {
      const { how, seeds } = await findFault(patches, { first: 1, seeds: plantedSeedsMax });
      assert.notEqual(how, undefined, `not found in ${seeds} seeds`);
    });
  }
});
