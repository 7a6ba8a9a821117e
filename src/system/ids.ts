import { closeSync, openSync, readSync } from 'node:fs';
import type { Ids } from '../ports/clock.ts';

/** Digits and letters in the order in which they sort, without those that are read as others (I, L, O, U). */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timeLength = 10;
const chanceLength = 16;

/** Fills the bytes with what nobody can foresee. */
export type Chance = (bytes: Uint8Array) => void;

/**
 * Identities of 26 letters: 10 that tell the time in milliseconds, then 80 bits of chance. Within one process
 * a later one always sorts later: in the same millisecond, or when the clock goes back, the last one is
 * counted up.
 */
export function systemIds(nowMs: () => number = Date.now, chance: Chance = urandom): Ids {
  const chanceLetters = new Uint8Array(chanceLength);
  let lastMs = -1;
  return {
    next() {
      const ms = nowMs();
      if (ms > lastMs || !countUp(chanceLetters)) {
        lastMs = Math.max(ms, lastMs + 1);
        chance(chanceLetters);
        for (const [index, byte] of chanceLetters.entries()) chanceLetters[index] = byte % letters.length;
      }
      return timeText(lastMs) + [...chanceLetters].map(letter).join('');
    },
    random: Math.random,
  };
}

/** False when there is no next one: all letters are the last. */
function countUp(chanceLetters: Uint8Array): boolean {
  for (let place = chanceLetters.length - 1; place >= 0; place -= 1) {
    const next = (chanceLetters[place] ?? 0) + 1;
    chanceLetters[place] = next % letters.length;
    if (next < letters.length) return true;
  }
  return false;
}

function timeText(ms: number): string {
  let rest = ms;
  let written = '';
  for (let place = 0; place < timeLength; place += 1) {
    written = letter(rest % letters.length) + written;
    rest = Math.floor(rest / letters.length);
  }
  return written;
}

function letter(value: number): string {
  return letters.charAt(value);
}

/** The system's source of chance, by its file: loading Node's crypto takes a command 4 ms, this 0.1 ms. */
function urandom(bytes: Uint8Array): void {
  const fd = openSync('/dev/urandom', 'r');
  try {
    for (let filled = 0; filled < bytes.length; )
      filled += readSync(fd, bytes, filled, bytes.length - filled, null);
  } finally {
    closeSync(fd);
  }
}
