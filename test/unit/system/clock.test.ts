import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemClock } from '../../../src/system/clock.ts';

const clock = systemClock();

it('clock: whole seconds since 1970', () => {
  const now = clock.now();
  assert.ok(Number.isInteger(now));
  assert.ok(Math.abs(now - Date.now() / 1000) < 2);
});

it('clock: the monotonic one goes forward, and a sleep takes its time', async () => {
  const before = clock.monotonicMs();
  await clock.sleep(5);
  assert.ok(clock.monotonicMs() - before >= 4);
});

it('clock: the offset is the one at that instant', () => {
  const before = process.env['TZ'];
  try {
    process.env['TZ'] = 'Europe/Berlin';
    assert.equal(clock.utcOffsetMinutes(Date.UTC(2024, 0, 1) / 1000), 60);
    assert.equal(clock.utcOffsetMinutes(Date.UTC(2024, 6, 1) / 1000), 120);
    process.env['TZ'] = 'America/St_Johns';
    assert.equal(clock.utcOffsetMinutes(Date.UTC(2024, 0, 1) / 1000), -210);
    process.env['TZ'] = 'UTC';
    assert.ok(Object.is(clock.utcOffsetMinutes(0), 0));
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});
