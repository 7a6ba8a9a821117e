// Bad input: a fixed seed, the seeds that once failed, and a new one. `npm run fuzz` looks for longer.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { main, tryAll } from './cli.ts';

/** Seeds that once failed. */
const kept: readonly number[] = [1009, 855_298];
const fresh = Math.floor(Date.now() / 1000) % 1_000_000;

describe('bad input', () => {
  for (const seed of [1, ...kept, fresh]) {
    it(`is answered, whatever it is: seed ${seed}`, async () => {
      const fault = await tryAll(seed, 300);
      assert.equal(fault, undefined, `${fault?.target}: ${fault?.report}`);
    });
  }
});

describe('npm run fuzz', () => {
  it('ends with one line of figures', async () => {
    let text = '';
    const status = await main(['--seed', '7', '--runs', '3'], (more) => {
      text += more;
    });
    assert.equal(status, 0, text);
    assert.match(text, /^fuzz: 1 seeds from 7 on, \d+ inputs: no fault\n$/);
  });

  it('refuses what it does not know', async () => {
    for (const argv of [['--seed'], ['--runs', 'many'], ['--what', '1']])
      assert.equal(await main(argv, () => {}), 2);
  });
});
