import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { civilDate, dayOf } from '../../../src/model/civil.ts';
import { formatTimestamp } from '../../../src/model/duration.ts';
import { parseTimeSpec } from '../../../src/model/timespec.ts';

const utc = (): number => 0;
/** 2026-11-26T09:37:01, when a Slurm 22.05.8 was asked. */
const now = Date.UTC(2026, 10, 26, 9, 37, 1) / 1000;

function read(text: string, lies: 'before' | 'after' = 'after'): string | number {
  const reading = parseTimeSpec(text, { now, utcOffsetMinutes: utc, lies });
  return 'time' in reading ? formatTimestamp(reading.time, 0) : reading.position;
}

/** What `sbatch --begin` made of each, as EligibleTime, or the position that it complained about. */
const seen: Readonly<Record<string, string | number>> = {
  now: '2026-11-26T09:37:01',
  NOW: '2026-11-26T09:37:01',
  'now+60': '2026-11-26T09:38:01',
  'now-60': '2026-11-26T09:36:01',
  'now+60seconds': '2026-11-26T09:38:01',
  'now+1second': '2026-11-26T09:37:02',
  'now+1hour': '2026-11-26T10:37:01',
  'now + 1hour': '2026-11-26T10:37:01',
  'now+2days': '2026-11-28T09:37:01',
  'now+1week': '2026-12-03T09:37:01',
  'now+1s': 4,
  'now+1min': 4,
  'now+': 3,
  nowish: 3,
  'now+1hours5': 11,
  '23:59': '2026-11-26T23:59:00',
  '23:59:30': '2026-11-26T23:59:30',
  '1:05': '2026-11-27T01:05:00',
  '10:00pm': '2026-11-26T22:00:00',
  '10:00 PM': '2026-11-26T22:00:00',
  '10:00:00AM': '2026-11-26T10:00:00',
  '12:00AM': '2026-11-27T00:00:00',
  '13:00PM': 5,
  '10pm': 2,
  '24:00': 0,
  '23:60': 3,
  '23:59:60': 6,
  '01:5': 4,
  noon: '2026-11-26T12:00:00',
  fika: '2026-11-26T15:00:00',
  teatime: '2026-11-26T16:00:00',
  midnight: '2026-11-27T00:00:00',
  'noon+1': 4,
  today: '2026-11-26T00:00:00',
  TODAY: 1,
  'tomorrowT10:00': '2026-11-27T10:00:00',
  'tomorrow 10:00': '2026-11-27T10:00:00',
  elevenses: 0,
  '2030-01-20': '2030-01-20T00:00:00',
  '2030-01-2': '2030-01-02T00:00:00',
  '2030-01-20T12:34': '2030-01-20T12:34:00',
  '2030-01-20T12:34:56': '2030-01-20T12:34:56',
  '2030-01-02-10:00': '2030-01-02T10:00:00',
  '10:00T2030-01-02': '2030-01-02T10:00:00',
  '10:00 2030-01-02': '2030-01-02T10:00:00',
  'midnightT2030-01-02': '2030-01-02T00:00:00',
  '2030-01-02Tnoon': '2030-01-02T12:00:00',
  '2030-02-30': '2030-03-02T00:00:00',
  '2030-1-2': 0,
  '30-01-02': 0,
  '2030-13-01': 5,
  '2030-01-02T10': 13,
  '2030-01-02T10:00Z': 16,
  '2030-01-02T10:00:00.5': 19,
  '01/20/30': '2030-01-20T00:00:00',
  '01.20.30': '2030-01-20T00:00:00',
  '010230': '2030-01-02T00:00:00',
  '1/2/30': '2030-01-02T00:00:00',
  '01.20': '2027-01-20T00:00:00',
  '0120': '2027-01-20T00:00:00',
  '04-14': 2,
  '04/252/28': 6,
  '04/25/2': 7,
  '04/25/': '2027-04-25T00:00:00',
  '04/2527': '2027-04-25T00:00:00',
  '04252': 5,
  '042512:30': 6,
  '04/25 2/28': '2027-02-28T00:00:00',
  '04/25-5/1': '2027-05-01T00:00:00',
  '04/25,5/1': 5,
  '04/25noon': '2027-04-25T12:00:00',
  'today,10:00': 5,
  'now,': 3,
  '4-14': 1,
  '04-': 2,
  '04/': 3,
  '4/4-10:00': '2027-04-04T10:00:00',
  '0229': '2027-03-01T00:00:00',
  '01/02/2030': 8,
  '01022030': 6,
  '10': 2,
  '1000': 2,
  '2026': 0,
  uts1900000000: '2030-03-17T17:46:40',
  '1795685640': 0,
  '': 0,
  ' ': 0,
};

describe('times as Slurm reads them', () => {
  for (const [text, expected] of Object.entries(seen)) {
    it(JSON.stringify(text), () => assert.equal(read(text), expected));
  }

  it('may lie in the past', () => {
    assert.equal(read('1:05', 'before'), '2026-11-26T01:05:00');
    assert.equal(read('1126', 'before'), '2026-11-26T00:00:00');
    assert.equal(read('1127', 'before'), '2025-11-27T00:00:00');
    assert.equal(read('midnight', 'before'), '2026-11-26T00:00:00');
  });

  it('are local', () => {
    // Central European: one hour east of UTC in winter, two in summer.
    const utcOffsetMinutes = (seconds: number): number =>
      seconds >= Date.UTC(2026, 2, 29, 1) / 1000 && seconds < Date.UTC(2026, 9, 25, 1) / 1000 ? 120 : 60;
    for (const text of [
      '2026-07-01T12:00:00',
      '2026-12-01T00:30:00',
      '2026-03-29T03:00:00',
      '2026-10-25T03:00:00',
    ]) {
      const reading = parseTimeSpec(text, { now, utcOffsetMinutes, lies: 'after' });
      assert.ok('time' in reading);
      assert.equal(formatTimestamp(reading.time, utcOffsetMinutes(reading.time)), text);
    }
  });

  it('are read as they are printed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e9 }),
        fc.constantFrom(-720, -60, 0, 330, 840),
        (time, offset) => {
          const text = formatTimestamp(time, offset);
          const reading = parseTimeSpec(text, { now, utcOffsetMinutes: () => offset, lies: 'after' });
          assert.deepEqual(reading, { time });
        },
      ),
    );
  });

  it('never fail otherwise', () => {
    const piece = fc.constantFrom(
      'now',
      '+',
      '-',
      '1',
      '09',
      '2026',
      ':',
      '/',
      '.',
      'T',
      ' ',
      'noon',
      'hour',
      'pm',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const reading = parseTimeSpec(text, { now, utcOffsetMinutes: utc, lies: 'before' });
        if ('time' in reading) assert.ok(Number.isSafeInteger(reading.time));
        else assert.ok(reading.position >= 0 && reading.position <= text.length);
      }),
    );
  });
});

it('days and dates are the same, both ways', () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_000, max: 2_900_000 }), (days) => {
      const { year, month, day } = civilDate(days);
      assert.equal(dayOf(year, month, day), days);
      assert.equal(new Date(days * 86_400_000).getUTCDate(), day);
    }),
  );
});
