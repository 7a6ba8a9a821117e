import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Matcher } from './match.ts';

const matcher = (ids: readonly number[], inputs = '', ageSeconds = 0): Matcher =>
  new Matcher({ ids: new Set(ids), ours: { first: 700, last: 730 }, ageSeconds, inputs });
const matches = (expected: string, got: string, ids: readonly number[] = []): boolean =>
  matcher(ids).line(expected, got);

test('a line is the same letter for letter but for ids, instants and lengths', () => {
  assert.ok(matches('   JobState=PENDING Reason=None', '   JobState=PENDING Reason=None'));
  for (const [expected, got] of [
    ['JOBID  PARTITION', 'JOBID PARTITION'],
    ['gpu01', 'gpu02'],
    ['1000M', '2000M'],
    ['NumCPUs=2', 'NumCPUs=3'],
    ['ExitCode=0:15', 'ExitCode=0:16'],
    ['363|FAILED|0:15|0:10', '363|FAILED|0:16|0:10'],
    ['363|TIMEOUT|0:0|00:01:23', '363|TIMEOUT|0:0|00:03:23'],
    ['x ', 'x'],
    ['', ' '],
  ] as const)
    assert.ok(!matches(expected, got), `${expected} | ${got}`);
});

test('ids stand for each other one to one', () => {
  const one = matcher([497]);
  assert.ok(one.line('Submitted batch job 497', 'Submitted batch job 701'));
  assert.ok(one.line('slurm-497_1.out', 'slurm-701_1.out'));
  assert.ok(one.line('497_1|498', '701_1|702'), 'a task that the fact does not name otherwise');
  assert.ok(one.line('outer 496', 'outer 700'), 'a job before the first that it names');
  assert.ok(!one.line('JobId=497', 'JobId=703'), 'theirs has another partner');
  assert.ok(!one.line('JobId=499', 'JobId=701'), 'ours has another partner');
  assert.ok(!one.line('JobId=497', 'JobId=497'), 'the same number is not the same job');
});

test('an id is one that our cluster gave, of as many digits, and not glued to a letter', () => {
  assert.ok(!matches('job 497', 'job 731', [497]));
  assert.ok(!matches('job 497', 'job 60', [497]));
  assert.ok(!matches('job 97', 'job 701', [97]));
  assert.ok(!matches('497M', '701M', [497]));
  assert.ok(!matches('497_[1-3]', '701_[1-4]', [497]));
});

test('instants lie as far from each other as theirs do', () => {
  const one = matcher([]);
  assert.ok(one.line('Start=2026-11-22T20:40:18', 'Start=2026-11-28T02:06:10'));
  assert.ok(one.line('Begin=2026-11-22T21:40:18', 'Begin=2026-11-28T03:06:12'));
  assert.ok(!one.line('Begin=2026-11-22T21:40:18', 'Begin=2026-11-28T02:06:12'));
  assert.ok(one.line('noon=2026-11-23T12:00:00', 'noon=2026-11-28T12:00:00'));
  assert.ok(!one.line('noon=2026-11-23T12:00:00', 'noon=2026-11-28T13:00:00'));
  assert.ok(one.line('Sun Nov 22 20:43:52 2026', 'Sat Nov 28 02:09:44 2026'));
  assert.ok(!one.line('Start=2026-11-22T20:40:18', 'Start=Unknown'));
});

test('priorities stand for each other in their order', () => {
  const one = matcher([]);
  assert.ok(one.line('335|0.99998469837010|4294901575', '335|0.99998473818414|4294901746'));
  assert.ok(one.line('336|4294901574', '336|4294901744'));
  assert.ok(!one.line('337|4294901573', '337|4294901745'), 'ours lies between two of ours');
  assert.ok(!one.line('335|4294901575', '335|4294901744'), 'another job of ours has it');
  assert.ok(!one.line('4294901572', '4294967295'), 'no priority by the order of submission');
  assert.ok(!one.line('4294901572', '0'));
});

test('a date that was asked for is that date', () => {
  const one = matcher([], 'sbatch --begin=2030-01-01 --wrap true');
  assert.ok(!one.line('2030-01-01T00:00:00', '2030-01-02T00:00:00'));
  assert.ok(one.line('2030-01-01T00:00:00', '2030-01-01T00:00:00'));
});

test('a length that passes may be some seconds off, a limit may not', () => {
  assert.ok(matches('alice  R       0:03      1', 'alice  R       0:21      1'));
  assert.ok(matches('RunTime=00:01:23', 'RunTime=00:01:00'));
  assert.ok(matches('0:00', '0:02'));
  for (const [expected, got] of [
    ['0:00', '0:04'],
    ['0:03', '0:00'],
    ['0:03', '0:34'],
    ['TimeLimit=00:10:00', 'TimeLimit=00:10:01'],
    ['1:00', '1:01'],
    ['9:56', '10:01'],
    ['30-00:00:00', '30-00:00:01'],
  ] as const)
    assert.ok(!matches(expected, got), `${expected} | ${got}`);
});

test('a queue that has stood longer shows longer lengths, and limits as they were', () => {
  const one = matcher([], '', 100);
  assert.ok(one.line('alice  R       0:03', 'alice  R       2:03'));
  assert.ok(!one.line('alice  R       0:03', 'alice  R       2:14'));
  assert.ok(!one.line('alice PD       0:00', 'alice PD       0:30'));
  assert.ok(!one.line('TimeLimit=00:10:00', 'TimeLimit=00:10:30'));
});

test('what a line taught is forgotten when it differs', () => {
  const one = matcher([497]);
  assert.ok(!one.line('497 gpu', '705 main'));
  assert.ok(one.line('497 gpu', '701 gpu'));
  assert.ok(one.wouldMatch('498 gpu', '702 gpu'));
  assert.ok(one.line('498 gpu', '703 gpu'), 'trying taught nothing');
});

test('any line says the same as itself, and another letter does not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (line, at) => {
      assert.ok(matches(line, line, [497]));
      const letters = [...line];
      const place = at % (letters.length + 1);
      assert.ok(!matches(line, [...letters.slice(0, place), '#', ...letters.slice(place)].join(''), [497]));
    }),
  );
});
