import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checked } from '../../../src/base/schema.ts';
import {
  formatSignalSpec,
  parseSignalSpec,
  type SignalSpec,
  signalSecondsMax,
  signalSpecSchema,
} from '../../../src/model/signalspec.ts';
import { texts } from './texts.ts';

const taken: readonly (readonly [string, SignalSpec])[] = [
  ['USR1', { signal: 10, seconds: 60 }],
  ['10', { signal: 10, seconds: 60 }],
  ['sigusr1', { signal: 10, seconds: 60 }],
  ['KILL', { signal: 9, seconds: 60 }],
  ['USR1@30', { signal: 10, seconds: 30 }],
  ['HUP@10', { signal: 1, seconds: 10 }],
  ['B:USR1@90', { signal: 10, seconds: 90, batch: true }],
  ['b:usr1@10', { signal: 10, seconds: 10, batch: true }],
  ['R:USR1@30', { signal: 10, seconds: 30, reservation: true }],
  ['RB:USR1@30', { signal: 10, seconds: 30, batch: true, reservation: true }],
  ['BR:USR1', { signal: 10, seconds: 60, batch: true, reservation: true }],
  ['B:10@5', { signal: 10, seconds: 5, batch: true }],
  ['64@10', { signal: 64, seconds: 10 }],
  ['USR1@', { signal: 10, seconds: 0 }],
  ['USR1@0', { signal: 10, seconds: 0 }],
  ['USR1@65535', { signal: 10, seconds: 65_535 }],
  [' USR1@10', { signal: 10, seconds: 10 }],
  ['USR1 @10', { signal: 10, seconds: 10 }],
];

for (const [text, expected] of taken) {
  test(`--signal='${text}'`, () => {
    assert.deepEqual(parseSignalSpec(text), expected);
    assert.deepEqual(checked(signalSpecSchema, expected, 'test'), expected);
  });
}

const refused = [
  ...['', '@10', 'B:', 'B:@10', 'X:USR1', 'B:R:USR1@10', 'R', 'B', 'BX:USR1', 'BB:USR1', 'FOO@10', '0@10'],
  ...['USR1@65536', 'USR1@-1', 'USR1@x', 'USR1@10x', 'TERM@1:00', 'SIG10', 'USR1@10@10', 'USR1@999999'],
  // Slurm takes these for signals that nobody can send.
  ...['65@10', '100000@10', '-1@10'],
];

for (const text of refused) {
  test(`--signal='${text}' is refused`, () => assert.equal(parseSignalSpec(text), undefined));
}

test('what is printed parses to what it was', () => {
  const flag = fc.option(fc.constant(true), { nil: undefined });
  const spec = fc
    .record({
      signal: fc.constantFrom(...Array.from({ length: 64 }, (_, index) => index + 1)),
      seconds: fc.integer({ min: 0, max: signalSecondsMax }),
      batch: flag,
      reservation: flag,
    })
    .map(({ signal, seconds, batch, reservation }) => ({
      signal,
      seconds,
      ...(batch !== undefined && { batch }),
      ...(reservation !== undefined && { reservation }),
    }));
  fc.assert(fc.property(spec, (one) => assert.deepEqual(parseSignalSpec(formatSignalSpec(one)), one)));
});

test('any text is a signal that can be sent, or none', () => {
  fc.assert(
    fc.property(texts('BRbr:@0129USRTEM sigIX'), (text) => {
      const read = parseSignalSpec(text);
      if (read !== undefined) assert.deepEqual(checked(signalSpecSchema, read, 'test'), read);
    }),
  );
});
