import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mayUse } from '../../../src/core/bookings.ts';
import type { Reservation } from '../../../src/model/reservation.ts';
import { spec } from '../builders.ts';

const job = spec({ user: 'alice', group: 'staff', account: 'proj' });
const booked = (who: Partial<Reservation>): Reservation => ({
  ...{ name: 'r', startTime: 0, endTime: 1, nodes: ['a'] },
  ...who,
});

describe('who may use a reservation', () => {
  const cases: readonly (readonly [Partial<Reservation>, boolean])[] = [
    [{}, true],
    [{ users: ['alice'] }, true],
    [{ users: ['bob'] }, false],
    [{ groups: ['staff'] }, true],
    [{ groups: ['guests'] }, false],
    [{ accounts: ['proj'] }, true],
    [{ accounts: ['other'] }, false],
    // A job must match both.
    [{ users: ['alice'], accounts: ['proj'] }, true],
    [{ users: ['alice'], accounts: ['other'] }, false],
    [{ users: ['bob'], accounts: ['proj'] }, false],
    // Who is kept out, and nobody else.
    [{ users: ['-bob'] }, true],
    [{ users: ['-alice'] }, false],
    [{ accounts: ['-proj', '-x'] }, false],
    [{ accounts: ['-x'], users: ['alice'] }, true],
  ];
  for (const [who, may] of cases) {
    test(JSON.stringify(who), () => assert.equal(mayUse(booked(who), job), may));
  }
});
