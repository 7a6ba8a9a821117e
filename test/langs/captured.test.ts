// What a real Slurm made of some hundred inputs, saved by `npm run langs -- --save`, and ours beside it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { main, type SavedAnswers } from './cli.ts';
import { compare } from './compare.ts';
import { kinds } from './kinds.ts';

const file = new URL('../../../test/data/languages.json', import.meta.url);
const saved = JSON.parse(readFileSync(file, 'utf8')) as SavedAnswers;

describe(`the little languages beside ${saved.slurm}`, () => {
  for (const kind of kinds) {
    it(kind.name, () => {
      const answers = saved.answers.filter((one) => one.kind === kind.name);
      assert.ok(answers.length >= 20, `${answers.length} answers`);
      for (const { input, real, now, outcome } of answers) {
        const compared = compare(kind, input, { printed: real, from: now, to: now }, saved.known);
        // What ours refuses on purpose is as worth keeping as what it takes.
        assert.equal(compared.outcome, outcome, `${input}: ${real} is ${compared.ours}`);
      }
    });
  }

  it('finds an answer that is not alike', () => {
    const [kind] = kinds;
    assert.ok(kind !== undefined);
    const at = { from: 0, to: 0 };
    assert.equal(compare(kind, 'a[1-2]', { printed: 'a1\na2', ...at }, saved.known).outcome, 'same');
    assert.equal(compare(kind, 'a[1-2]', { printed: 'a1\na3', ...at }, saved.known).outcome, 'different');
    assert.equal(compare(kind, 'a[1-2]', { printed: undefined, ...at }, saved.known).outcome, 'laxer');
    assert.equal(compare(kind, 'a[1-2', { printed: 'a[1-2', ...at }, saved.known).outcome, 'stricter');
  });
});

describe('npm run langs', () => {
  it('says what keeps it from comparing, and what it does not know', async () => {
    const printed: string[] = [];
    const out = (text: string): void => void printed.push(text);
    assert.equal(await main(['--up', '/nosuch'], out), 2);
    assert.match(
      printed.join(''),
      /^langs: cannot compare: (there is no \/nosuch|starting a real Slurm needs root)/,
    );
    for (const argv of [['--what', '1'], ['--count'], ['--count', '0'], ['--seed', 'x']]) {
      printed.length = 0;
      assert.equal(await main(argv, out), 2);
      assert.match(printed.join(''), /^usage: npm run langs/);
    }
  });
});
