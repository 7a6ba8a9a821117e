import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseMultiProg, wordsOfTask } from '../../../src/model/multiprog.ts';
import { rangesCount } from '../../../src/model/ranges.ts';

const read = (text: string, ntasks: number) => parseMultiProg(text, { file: 'mp', ntasks });

describe('parseMultiProg', () => {
  it('reads numbers and words, with comments, quotes and lines that go on', () => {
    const text =
      '# all\n\n0 echo "a b" \'c d\' e\\ f\n1,3 sh \\\n -c # no comment in a word: a#b\n* rest a#b\n';
    assert.deepEqual(read(text, 5), [
      { tasks: [[0, 0]], args: ['echo', 'a b', 'c d', 'e f'], numbers: '0' },
      {
        tasks: [
          [1, 1],
          [3, 3],
        ],
        args: ['sh', '-c'],
        numbers: '1,3',
      },
      {
        tasks: [
          [2, 2],
          [4, 4],
        ],
        args: ['rest', 'a#b'],
        numbers: '*',
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

describe('wordsOfTask', () => {
  const words = (line: string, task: number) => {
    const programs = read(`${line} echo %t:%o\n* true\n`, 9);
    assert.ok(typeof programs !== 'string' && programs[0] !== undefined);
    return wordsOfTask(programs[0], task)[1];
  };

  it('tells a task its number and its place in the line', () => {
    const places = [0, 3, 5, 6].map((task) => words('0,3,5-6', task));
    assert.deepEqual(places, ['0:0', '3:1', '5:2', '6:3']);
    assert.deepEqual([words('4,1-2', 1), words('4,1-2', 4)], ['1:1', '4:0']);
    assert.equal(words('*', 7), '7:7');
  });

  it('counts from the first task of a step that an older release made', () => {
    assert.deepEqual(wordsOfTask({ tasks: [[2, 5]], args: ['%o'] }, 4), ['2']);
  });
});
