import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatTimeLimit,
  parseAskedTimeLimit,
  parseTimeLimit,
  timeLimitMinutesMax,
} from '../../../src/model/timelimit.ts';
import { texts } from './texts.ts';

/** --time, then squeue's %l, then scontrol's TimeLimit, as the real ones printed them. */
const accepted: readonly (readonly [string, string, string])[] = [
  ['0', 'UNLIMITED', 'UNLIMITED'],
  ['00', 'UNLIMITED', 'UNLIMITED'],
  ['-0', 'UNLIMITED', 'UNLIMITED'],
  ['0:0', 'UNLIMITED', 'UNLIMITED'],
  ['0-0', 'UNLIMITED', 'UNLIMITED'],
  ['1', '1:00', '00:01:00'],
  ['90', '1:30:00', '01:30:00'],
  ['1:30', '2:00', '00:02:00'],
  ['0:30', '1:00', '00:01:00'],
  ['0:300', '5:00', '00:05:00'],
  ['0:00:30', '1:00', '00:01:00'],
  ['90:00', '1:30:00', '01:30:00'],
  ['61:61', '1:03:00', '01:03:00'],
  ['0000001:00', '1:00', '00:01:00'],
  ['00:00:01', '1:00', '00:01:00'],
  ['1:60:60', '2:01:00', '02:01:00'],
  ['60:60:60', '2-13:01:00', '2-13:01:00'],
  ['99:99:99', '4-04:41:00', '4-04:41:00'],
  ['100:00:00', '4-04:00:00', '4-04:00:00'],
  ['1-0', '1-00:00:00', '1-00:00:00'],
  ['1-', '1-00:00:00', '1-00:00:00'],
  ['5-', '5-00:00:00', '5-00:00:00'],
  ['0-0:1', '1:00', '00:01:00'],
  ['0-0:5:0', '5:00', '00:05:00'],
  ['1-12:30', '1-12:30:00', '1-12:30:00'],
  ['1-12:30:59', '1-12:31:00', '1-12:31:00'],
  ['2-0:0:1', '2-00:01:00', '2-00:01:00'],
  ['365-0', '365-00:00:00', '365-00:00:00'],
  ['UNLIMITED', 'UNLIMITED', 'UNLIMITED'],
  ['unlimited', 'UNLIMITED', 'UNLIMITED'],
  ['INFINITE', 'UNLIMITED', 'UNLIMITED'],
  ['Infinite', 'UNLIMITED', 'UNLIMITED'],
  ['-1', 'UNLIMITED', 'UNLIMITED'],
  ['2147483647', 'UNLIMITED', 'UNLIMITED'],
  ['4294967295', 'UNLIMITED', 'UNLIMITED'],
];

for (const [text, squeue, scontrol] of accepted) {
  test(`--time=${text} is ${squeue}`, () => {
    const limit = parseTimeLimit(text);
    assert.ok(limit !== undefined);
    assert.equal(formatTimeLimit(limit, 'squeue'), squeue);
    assert.equal(formatTimeLimit(limit, 'scontrol'), scontrol);
  });
}

const refused = [
  ...[
    '',
    ' 5',
    '5 ',
    '+5',
    '1.5',
    '1.0',
    '1h',
    '10m',
    '0x10',
    'inf',
    'INFINITEx',
    '-infinite',
    'abc',
    '-',
    ':',
    '5:',
  ],
  ...[
    ':1',
    '1::',
    '::1',
    '1:2:',
    '1:2:3:4',
    '1-:',
    '1-1:',
    '1-1:1:',
    '1-1:1:1:1',
    '1-1-1',
    '1--1',
    '-1:00',
    '1:1.5',
  ],
  // Slurm takes these and then shows INVALID, or another time.
  ...['-2', '-5', '35791395', '99999999999', '3000000-0', '4294967:00:00', '71582788:00', '9'.repeat(400)],
];

for (const text of refused) {
  test(`--time='${text.slice(0, 20)}' is refused`, () => assert.equal(parseTimeLimit(text), undefined));
}

test('what is printed parses to what it was', () => {
  const limits = fc.oneof(
    fc.integer({ min: 1, max: timeLimitMinutesMax }),
    fc.constant('UNLIMITED' as const),
  );
  fc.assert(
    fc.property(limits, (limit) => {
      assert.equal(parseTimeLimit(formatTimeLimit(limit, 'scontrol')), limit);
      assert.equal(parseTimeLimit(formatTimeLimit(limit, 'squeue')), limit);
    }),
  );
});

test('any text gives a whole number of minutes in bounds, UNLIMITED or nothing', () => {
  fc.assert(
    fc.property(texts('0123456789-:+ .unlimtedINFIE'), (text) => {
      const limit = parseTimeLimit(text);
      if (limit === undefined || limit === 'UNLIMITED') return;
      assert.ok(Number.isSafeInteger(limit) && limit >= 1 && limit <= timeLimitMinutesMax);
    }),
  );
});

test('a submission may ask for less than no time, which no partition gives', () => {
  // Measured on a Slurm 22.05.8.
  assert.equal(parseAskedTimeLimit('-2'), 4_294_964_417);
  assert.equal(parseAskedTimeLimit('-5'), 4_294_960_097);
  assert.equal(parseAskedTimeLimit('-100'), 4_294_823_297);
  assert.equal(formatTimeLimit(4_294_960_097, 'scontrol'), '2982611-04:17:00');
  for (const text of ['-1', '-0', '90', '1-', 'infinite', '-1:00', '-5:30', '-1-0', '-9999999', '--5']) {
    assert.equal(parseAskedTimeLimit(text), parseTimeLimit(text), text);
  }
});
