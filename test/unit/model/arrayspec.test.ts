import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatArrayRanges, formatArrayTasks, parseArraySpec } from '../../../src/model/arrayspec.ts';
import { taskIdMax } from '../../../src/model/ranges.ts';
import { texts } from './texts.ts';

const maxSize = 5000;

/** --array and squeue's %K, as the real ones took and printed them with MaxArraySize=5000. */
const accepted: readonly (readonly [string, string])[] = [
  ['1-5', '1-5'],
  ['1,3,5', '1,3,5'],
  ['1-5%2', '1-5%2'],
  ['1,2,5-7%3', '1-2,5-7%3'],
  ['1-3,2-4', '1-4'],
  ['3,1,2', '1-3'],
  ['2,2', '2'],
  ['0', '0'],
  ['01-03', '1-3'],
  ['007', '7'],
  ['+1', '1'],
  [' 1', '1'],
  ['1-3, 5', '1-3,5'],
  ['5-5', '5'],
  ['4999', '4999'],
  ['1,', '1'],
  [',1', '1'],
  ['1,,2', '1-2'],
  ['1-10:20', '1'],
  ['1-5%0', '1-5'],
  ['1-5%', '1-5'],
  ['1-5%10', '1-5%10'],
  ['1-5%5000', '1-5%5000'],
  ['1-3%007', '1-3%7'],
  ['1%2,3', '1,3%2'],
  ['[1-3]', '1-3'],
  ['[1-3]%2', '1-3%2'],
  ['[1-5%2]', '1-5%2'],
  ['[1-5:2%2],7', '1,3,5,7%2'],
  // Steps are folded from six tasks on, if they span more than ten.
  ['1-10:3', '1,4,7,10'],
  ['0-6:2', '0,2,4,6'],
  ['0-11:11', '0,11'],
  ['2,13,24', '2,13,24'],
  ['0-16:4', '0,4,8,12,16'],
  ['0,100,200,300,400', '0,100,200,300,400'],
  ['1-11:2', '1,3,5,7,9,11'],
  ['0,2,4,6,8,10,12', '0-12:2'],
  ['1-13:2', '1-13:2'],
  ['1-45:2', '1-45:2'],
  ['0-15:3', '0-15:3'],
  ['1-60:10', '1-51:10'],
  ['0-31:4%2', '0-28:4%2'],
  ['0-500:100', '0-500:100'],
  ['1,3,5,7,9,13', '1,3,5,7,9,13'],
  ['0-20:2,1', '0-2,4,6,8,10,12,14,16,18,20'],
];

for (const [text, printed] of accepted) {
  test(`--array='${text}' is ${printed}`, () => {
    const spec = parseArraySpec(text, maxSize);
    assert.ok(spec !== undefined);
    assert.equal(formatArrayTasks(spec), printed);
  });
}

const refused = [
  ...[
    'abc',
    '5-1',
    '-1',
    '1-5:0',
    '1 - 3',
    '1 ',
    '1-',
    '1-2-',
    '1-5:2:2',
    '1-5:',
    '5:2',
    '1:2',
    '0x3',
    '[1-3',
    '1-3]',
  ],
  ...['5000', '1-5000', '1-10000:9999', '99999999999', '4294967297'],
  // Slurm takes these and ignores what it cannot read, or makes a job that is no array.
  ...['', ',', '[]', '%2', '1-5%a', '1-5%-1', '1-5%2%3', '1-5%99999999999', '[1],[2]'],
  '0-4999,'.repeat(5000),
];

for (const text of refused) {
  test(`--array='${text.slice(0, 20)}' is refused`, () =>
    assert.equal(parseArraySpec(text, maxSize), undefined));
}

test('the bound is MaxArraySize', () => {
  assert.deepEqual(parseArraySpec('1000', 1001), { tasks: [1000], limit: 0 });
  assert.equal(parseArraySpec('1001', 1001), undefined);
});

/** 1, 2, 4, 7, ... to 199: too long for one line. */
const long = [2, ...Array.from({ length: 67 }, (_, index) => 1 + 3 * index)].sort((a, b) => a - b);

/** SLURM_BITSTR_LEN and what squeue printed. */
const cuts: readonly (readonly [number, string])[] = [
  [1, ''],
  [4, '...'],
  [5, '1...'],
  [10, '1-2,4,...'],
  [20, '1-2,4,7,10,13,16...'],
  [64, '1-2,4,7,10,13,16,19,22,25,28,31,34,37,40,43,46,49,52,55,58,6...'],
];

for (const [lengthMax, printed] of cuts) {
  test(`a list of ${lengthMax} characters`, () => {
    assert.equal(formatArrayTasks({ tasks: long, limit: 0 }, lengthMax), printed);
  });
}

test('a list is cut at 62 characters by default, and its limit stays', () => {
  const tasks =
    parseArraySpec('1-3,5,8,11,14,17,20,23,26,29,32,35,38,41,44,47,50,53,56,59,62', maxSize)?.tasks ?? [];
  const whole = '1-3,5,8,11,14,17,20,23,26,29,32,35,38,41,44,47,50,53,56,59,62';
  assert.equal(formatArrayTasks({ tasks, limit: 0 }), whole);
  assert.equal(formatArrayTasks({ tasks: [...tasks, 65], limit: 5 }), `${whole.slice(0, 60)}...%5`);
  assert.equal(formatArrayTasks({ tasks: [...tasks, 65], limit: 5 }, 0), `${whole},65%5`);
});

test('what is printed whole parses to what it was', () => {
  const tasks = fc.oneof(
    fc.uniqueArray(fc.oneof(fc.nat(30), fc.nat(maxSize - 1)), { minLength: 1 }),
    fc
      .tuple(fc.nat(100), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 }))
      .map(([first, step, count]) => Array.from({ length: count }, (_, index) => first + index * step)),
  );
  fc.assert(
    fc.property(tasks, fc.nat(50), (list, limit) => {
      const spec = { tasks: [...list].sort((a, b) => a - b), limit };
      // A list that looks like a range with a step is printed as one, and has that step then.
      for (const text of [formatArrayTasks(spec, 0), `[${formatArrayTasks(spec, 0)}]`]) {
        const { step: _step, ...read } = parseArraySpec(text, maxSize) ?? {};
        assert.deepEqual(read, spec);
      }
      assert.ok(formatArrayTasks({ ...spec, limit: 0 }).length < 64);
    }),
  );
});

test('the first step that was written is kept (observed of SLURM_ARRAY_TASK_STEP)', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['1-3:2', 2],
    ['0-9:5%1', 5],
    ['2,4,6', undefined],
    ['5', undefined],
    ['0-4:2,10', 2],
  ];
  for (const [text, step] of cases) assert.equal(parseArraySpec(text, 1001)?.step, step, text);
});

test('any text gives rising tasks in bounds or nothing', () => {
  fc.assert(
    fc.property(texts('0123456789,-:%[] '), (text) => {
      const spec = parseArraySpec(text, 1001);
      if (spec === undefined) return;
      assert.ok(spec.tasks.length > 0 && spec.limit >= 0);
      assert.ok(spec.tasks.every((task, at) => task <= 1000 && task > (spec.tasks[at - 1] ?? -1)));
    }),
  );
});

test('tasks kept as ranges are printed without being counted out', () => {
  const tasks = [[0, taskIdMax]] as const;
  assert.equal(formatArrayRanges({ tasks, limit: 7 }), `0-${taskIdMax}%7`);
  assert.equal(
    formatArrayRanges({
      tasks: [
        [0, 2],
        [9, 9],
      ],
      limit: 0,
    }),
    '0-2,9',
  );
});
