// The small world by all choices: some of them in each test run, and the proof that they find a fault.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadSimulator } from './bundle.ts';
import { choicesOf, choicesText } from './choices.ts';
import { main } from './cli.ts';
import { findByChoices } from './exhaustive.ts';
import { chosenFaults } from './planted.ts';

/** One part of so many is run here, another each time; `npm run sim -- --exhaustive` runs all. */
const parts = 50;
/** Where that takes longer than this, the rest is left to other runs. */
const budgetMs = 12_000;

describe('the small world', () => {
  it('keeps the promises by these choices', async () => {
    const { Explored } = await loadSimulator();
    const start = performance.now();
    const explored = new Explored({
      depth: 1,
      part: (Math.floor(Date.now() / 1000) % parts) + 1,
      parts,
      isOver: () => performance.now() - start > budgetMs,
      onFailure(choices, { message, trace }) {
        assert.fail(`--only ${choicesText(choices)}: ${message}\n${trace.join('\n')}`);
      },
    });
    await explored.explore();
    assert.ok(explored.runs > 1);
    if (!explored.isWhole) return;
    const points = [...explored.operations].flatMap((name) => [`${name} before`, `${name} after`]);
    assert.deepEqual(
      points.filter((point) => !explored.crashes.has(point)),
      [],
      'somebody dies before and after every operation of every process',
    );
  });

  it('is the same each time by the same choices', async () => {
    const { runChoices } = await loadSimulator();
    for (const text of ['60:to=node2-life-1', '100:cut', '28:leave,40:pause']) {
      const choices = choicesOf(text) ?? [];
      const [one, other] = [await runChoices(choices), await runChoices(choices)];
      const shown = ({ turns }: typeof one): readonly string[] =>
        turns.map(({ call, nowMs }) => `${nowMs} ${call.actor.name} ${call.op} ${call.path}`);
      assert.deepEqual(shown(one), shown(other));
    }
  });

  it('breaks a promise by some choice when a fault is planted', async () => {
    const [fault] = chosenFaults('a commit replaces what is there');
    const { how, by, runs } = await findByChoices(fault?.patches, { depth: 1, part: 1, parts: 3 });
    assert.notEqual(how, undefined, `not found in ${runs} runs`);
    const { runChoices } = await loadSimulator(fault?.patches);
    const { failure } = await runChoices(choicesOf(by ?? '') ?? []);
    assert.equal(failure?.message.split('\n')[0], how, 'the same choices give the same again');
  });
});

describe('npm run sim -- --exhaustive', () => {
  it('runs a list of choices again', async () => {
    let text = '';
    const status = await main(['--exhaustive', '--only', '60:to=node2-life-1,100:cut'], (more) => {
      text += more;
    });
    assert.equal(status, 0);
    assert.match(text, /^sim: \d+ turns by 60:to=node2-life-1,100:cut: 0 broken promises\n$/);
  });

  it('refuses what is no choice and no part', async () => {
    for (const argv of [
      ['--only', 'pause'],
      ['--only', '3:sleep'],
      ['--part', '3'],
      ['--part', '3/2'],
    ])
      assert.equal(await main(['--exhaustive', ...argv], () => {}), 2);
  });
});
