import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseMultiProg } from '../../../src/model/multiprog.ts';
import { rangesCount } from '../../../src/model/ranges.ts';

const read = (text: string, ntasks: number) => parseMultiProg(text, { file: 'mp', ntasks });

describe('parseMultiProg', () => {
  it('reads numbers and words, with comments, quotes and lines that go on', () => {
    const text =
      '# all\n\n0 echo "a b" \'c d\' e\\ f\n1,3 sh \\\n -c # no comment in a word: a#b\n* rest a#b\n';
    assert.deepEqual(read(text, 5), [
      { tasks: [[0, 0]], args: ['echo', 'a b', 'c d', 'e f'] },
      {
        tasks: [
          [1, 1],
          [3, 3],
        ],
        args: ['sh', '-c'],
      },
      {
        tasks: [
          [2, 2],
          [4, 4],
        ],
        args: ['rest', 'a#b'],
      },
    ]);
  });

  it('says what is missing or wrong', () => {
    assert.equal(read('0 echo zero\n', 2), 'Configuration file mp invalid, no record for task id 1');
    assert.equal(read('0\n', 1), 'Configuration file mp invalid, no program for task 0');
    assert.equal(read('x echo\n', 1), 'Configuration file mp invalid, bad task id x');
  });

  it('gives each task one program, whatever the file says', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), (text, ntasks) => {
        const outcome = read(`${text}\n* true\n`, ntasks);
        if (typeof outcome === 'string') return;
        const count = outcome.reduce((sum, { tasks }) => sum + rangesCount(tasks), 0);
        assert.ok(count >= ntasks);
      }),
    );
  });
});
