import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, formatTimestamp } from '../../../src/model/duration.ts';

const durations: readonly (readonly [number, string, string])[] = [
  [0, '0:00', '00:00:00'],
  [7, '0:07', '00:00:07'],
  [59.9, '0:59', '00:00:59'],
  [60, '1:00', '00:01:00'],
  [3599, '59:59', '00:59:59'],
  [3600, '1:00:00', '01:00:00'],
  [5400, '1:30:00', '01:30:00'],
  [86_399, '23:59:59', '23:59:59'],
  [86_400, '1-00:00:00', '1-00:00:00'],
  [131_400, '1-12:30:00', '1-12:30:00'],
  [365 * 86_400, '365-00:00:00', '365-00:00:00'],
  [-1, 'INVALID', 'INVALID'],
  [Number.NaN, 'INVALID', 'INVALID'],
  [Number.POSITIVE_INFINITY, 'INVALID', 'INVALID'],
];

for (const [seconds, squeue, scontrol] of durations) {
  test(`${seconds} seconds are ${squeue} and ${scontrol}`, () => {
    assert.equal(formatDuration(seconds, 'squeue'), squeue);
    assert.equal(formatDuration(seconds, 'scontrol'), scontrol);
  });
}

test('the parts of a duration add up to it', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom('squeue' as const, 'scontrol' as const), (seconds, style) => {
      const [, days = '0', rest = ''] = /^(?:(\d+)-)?(.*)$/.exec(formatDuration(seconds, style)) ?? [];
      const clock = rest.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
      assert.equal(Number(days) * 86_400 + clock, seconds);
    }),
  );
});

const timestamps: readonly (readonly [number | undefined, number, string])[] = [
  [undefined, 0, 'Unknown'],
  [0, 0, '1970-01-01T00:00:00'],
  [1_795_386_640, 0, '2026-11-22T22:30:40'],
  [1_795_386_640, 60, '2026-11-22T23:30:40'],
  [1_795_386_640, 120, '2026-11-23T00:30:40'],
  [1_795_386_640, -330, '2026-11-22T17:00:40'],
  [951_782_400, 0, '2000-02-29T00:00:00'],
  [4_107_542_399, 0, '2100-02-28T23:59:59'],
  [4_107_542_400, 0, '2100-03-01T00:00:00'],
  [-1, 0, '1969-12-31T23:59:59'],
  [1.9, 0, '1970-01-01T00:00:01'],
];

for (const [seconds, offset, expected] of timestamps) {
  test(`${seconds} at ${offset} minutes is ${expected}`, () => {
    assert.equal(formatTimestamp(seconds, offset), expected);
  });
}

test('every instant of four digits of years is the one that Date knows', () => {
  const first = Date.UTC(1, 0, 1) / 1000;
  const last = Date.UTC(9999, 11, 30) / 1000;
  fc.assert(
    fc.property(
      fc.integer({ min: first, max: last }),
      fc.integer({ min: -720, max: 840 }),
      (seconds, offset) => {
        const expected = new Date((seconds + offset * 60) * 1000).toISOString().slice(0, 19);
        assert.equal(formatTimestamp(seconds, offset), expected);
      },
    ),
  );
});
