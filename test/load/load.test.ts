// The short form of `npm run load`.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { main } from './cli.ts';
import { bounded, isBroken, tableOf } from './report.ts';

async function run(...argv: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
  let text = '';
  const status = await main(argv, (more) => {
    text += more;
  });
  return { status, text };
}

describe('npm run load', () => {
  it('keeps all bounds, and ends with one line of figures', async () => {
    const { status, text } = await run('--short');
    assert.equal(status, 0, text);
    assert.match(text.trimEnd().split('\n').at(-1) ?? '', /^load: \d+ bounds, .*: 0 broken$/);
  });

  it('refuses what it does not know', async () => {
    assert.deepEqual(await run('--long'), { status: 2, text: 'usage: npm run load [-- --short]\n' });
  });

  it('says which bound is broken', () => {
    const figures = [bounded('names', 1000, 1000), bounded('bytes', 1000.5, 1000), bounded('none', NaN, 1)];
    assert.deepEqual(figures.map(isBroken), [false, true, true]);
    assert.equal(
      tableOf(figures),
      'names  1,000    up to 1,000\nbytes  1,000.5  ABOVE 1,000\nnone   NaN      ABOVE 1\n',
    );
  });
});
