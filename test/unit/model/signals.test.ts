import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  parseSignalName,
  type SignalName,
  signalMax,
  signalName,
  signalNumber,
} from '../../../src/model/signals.ts';
import { texts } from './texts.ts';

const spellings: readonly (readonly [string, number | undefined])[] = [
  ['USR1', 10],
  ['usr1', 10],
  ['SIGUSR1', 10],
  ['sigusr1', 10],
  ['10', 10],
  ['010', 10],
  [' 10', 10],
  ['TERM', 15],
  ['KILL', 9],
  ['CONT', 18],
  ['XCPU', 24],
  ['1', 1],
  ['64', 64],
  ['IOT', 6],
  ['CLD', 17],
  ['POLL', 29],
  ['RTMIN', 34],
  ['SIGRTMIN+1', 35],
  ['RTMAX', 64],
  ['RTMAX-14', 50],
  ['RTMIN-1', undefined],
  ['RTMAX+1', undefined],
  ['RTMIN+31', undefined],
  ['0', undefined],
  ['65', undefined],
  ['-1', undefined],
  ['10x', undefined],
  ['', undefined],
  ['SIG', undefined],
  ['SIGSIGTERM', undefined],
  ['FOO', undefined],
  ['EMT', undefined],
];

for (const [text, expected] of spellings) {
  test(`signal '${text}' is ${expected}`, () => assert.equal(parseSignalName(text), expected));
}

test('the numbers are those of the Linux that runs this', () => {
  const signals = process.platform === 'linux' ? Object.entries(constants.signals) : [];
  for (const [name, number] of signals) {
    if (name !== 'SIGUNUSED') assert.equal(parseSignalName(name), number, name);
  }
});

test('every number has a name that parses to it', () => {
  for (let signal = 1; signal <= signalMax; signal += 1) {
    assert.equal(parseSignalName(signalName(signal)), signal);
    assert.equal(parseSignalName(String(signal)), signal);
  }
  assert.equal(signalName(10), 'USR1');
  assert.equal(signalName(32), '32');
  assert.equal(signalName(99), '99');
});

test('a name gives its number', () => {
  const known: readonly (readonly [SignalName, number])[] = [
    ['HUP', 1],
    ['INT', 2],
    ['TERM', 15],
    ['SYS', 31],
  ];
  for (const [name, number] of known) assert.equal(signalNumber(name), number);
});

test('any text gives a signal in bounds or nothing', () => {
  fc.assert(
    fc.property(texts('0123456789SIGRTMINAX+- '), (text) => {
      const signal = parseSignalName(text);
      if (signal !== undefined) assert.ok(Number.isSafeInteger(signal) && signal >= 1 && signal <= signalMax);
    }),
  );
});
