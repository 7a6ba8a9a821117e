import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Grammar, getopt } from '../../../src/tables/getopt.ts';
import { type OptionRow, ok } from '../../../src/tables/row.ts';

interface Values {
  readonly text?: string;
  readonly on?: boolean;
}

function takes(long: string, short?: string, arg: 'required' | 'optional' = 'required'): OptionRow<Values> {
  const form = { long, arg, metavar: 'x', key: 'text', parse: ok<string>, help: long } as const;
  return short === undefined ? form : { ...form, short };
}
function flag(long: string, short?: string): OptionRow<Values> {
  const form = { long, arg: 'none', key: 'on', value: true, help: long } as const;
  return short === undefined ? form : { ...form, short };
}

const rows: readonly OptionRow<Values>[] = [
  { ...takes('clusters', 'M'), aliases: ['cluster'] },
  { ...takes('gpu-ids'), ours: true },
  takes('gpus', 'G'),
  takes('jobs', 'j', 'optional'),
  flag('no-requeue'),
  takes('nodelist', 'w'),
  takes('nodes', 'N'),
  takes('ntasks', 'n'),
  { ...takes('spool'), ours: true },
  flag('spread-job'),
  takes('time', 't'),
  flag('verbose', 'v'),
];
const grammar: Grammar<Values> = { program: 'sbatch', rows, order: 'stop', usageExitCode: 255 };

/** What came out, in short: `--time=5`, an operand, or the first line of a failure. */
function read(words: readonly string[], changes: Partial<Grammar<Values>> = {}): readonly string[] {
  return [...getopt(words, { ...grammar, ...changes })].map((token) => {
    if (token.kind === 'failed') return `! ${token.failed.lines[0]}`;
    if (token.kind === 'operand') return token.text;
    return `--${token.row.long}${token.text === undefined ? '' : `=${token.text}`}`;
  });
}

test('arguments are taken in every way that getopt_long knows', () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['-t1:30'], ['--time=1:30']],
    [['-t', '1:30'], ['--time=1:30']],
    [['-t', '-5'], ['--time=-5']],
    [['-t', '--'], ['--time=--']],
    [['-n=4'], ['--ntasks==4']],
    [['--time=1:30'], ['--time=1:30']],
    [['--time', '1:30'], ['--time=1:30']],
    [['--time='], ['--time=']],
    [['--time', ''], ['--time=']],
    [['--time=a=b'], ['--time=a=b']],
    [
      ['-vn2', 'x'],
      ['--verbose', '--ntasks=2', 'x'],
    ],
    [
      ['-vn', '2', 'x'],
      ['--verbose', '--ntasks=2', 'x'],
    ],
    [
      ['-j', '5'],
      ['--jobs', '5'],
    ],
    [['-j5'], ['--jobs=5']],
    [['--jobs=5'], ['--jobs=5']],
    [
      ['--jobs', '5'],
      ['--jobs', '5'],
    ],
  ];
  for (const [words, expected] of cases) assert.deepEqual(read(words), expected, words.join(' '));
});

test('long names may be cut short while they stay unique', () => {
  assert.deepEqual(read(['--no-r', '--ti=5']), ['--no-requeue', '--time=5']);
  assert.deepEqual(read(['--nodes=2']), ['--nodes=2'], 'a whole name wins over those that it begins');
  assert.deepEqual(read(['--clus=a']), ['--clusters=a'], 'two names of one option do not make it ambiguous');
  const many = "! sbatch: option '--no=x' is ambiguous; possibilities: '--no-requeue' '--nodelist' '--nodes'";
  assert.deepEqual(read(['--no=x']), [many]);
});

test('options that Slurm does not have never spoil an abbreviation of one that it has', () => {
  assert.deepEqual(read(['--sp']), ['--spread-job']);
  assert.deepEqual(read(['--gpu=2']), ['--gpus=2']);
  assert.deepEqual(read(['--spo=/x', '--gpu-=0']), ['--spool=/x', '--gpu-ids=0']);
});

test('faults are told in the words of glibc, and end the reading', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['--foo'], "unrecognized option '--foo'"],
    [['--foo=3'], "unrecognized option '--foo=3'"],
    [['-Z'], "invalid option -- 'Z'"],
    [['-vZ'], "invalid option -- 'Z'"],
    [['-v5'], "invalid option -- '5'"],
    [['-n'], "option requires an argument -- 'n'"],
    [['--ntasks'], "option '--ntasks' requires an argument"],
    [['--nt'], "option '--ntasks' requires an argument"],
    [['--verbose=3'], "option '--verbose' doesn't allow an argument"],
    [['--verb=3'], "option '--verbose' doesn't allow an argument"],
  ];
  for (const [words, what] of cases)
    assert.deepEqual(read(words).at(-1), `! sbatch: ${what}`, words.join(' '));
  assert.deepEqual(
    [...getopt(['-v', '-Z', '-v', 'x'], grammar)].at(-1),
    {
      kind: 'failed',
      failed: {
        lines: ["sbatch: invalid option -- 'Z'", 'Try "sbatch --help" for more information'],
        exitCode: 255,
      },
    },
    'nothing is read behind a fault',
  );
});

test('reading stops at the first operand, or goes on behind it', () => {
  assert.deepEqual(read(['-v', 'x.sh', '-v', '--foo']), ['--verbose', 'x.sh', '-v', '--foo']);
  assert.deepEqual(read(['x', '-v', '-', 'y'], { order: 'permute' }), ['x', '--verbose', '-', 'y']);
  assert.deepEqual(read(['-', '-v']), ['-', '-v']);
  for (const order of ['stop', 'permute'] as const) {
    assert.deepEqual(read(['-v', '--', '-v', '--', 'x'], { order }), ['--verbose', '-v', '--', 'x']);
  }
});

test('what stands behind -- comes out as it is', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      assert.deepEqual(read(['--', ...words]), words);
    }),
  );
});

test('any command line is read to its end or to one fault', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('-n', '--ntasks', '--no', '-vv', '--', '--time=1', '-j'),
  );
  fc.assert(
    fc.property(fc.array(word), fc.constantFrom('stop', 'permute'), (words, order) => {
      const tokens = [...getopt(words, { ...grammar, order: order === 'stop' ? 'stop' : 'permute' })];
      const faults = tokens.filter((token) => token.kind === 'failed');
      assert.ok(faults.length <= 1);
      if (faults.length === 1) assert.equal(tokens.at(-1)?.kind, 'failed');
    }),
  );
});
