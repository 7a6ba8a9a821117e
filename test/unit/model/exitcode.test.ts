import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatExitCode, parseExitCode } from '../../../src/model/exitcode.ts';
import { texts } from './texts.ts';

test('exit codes are printed as Slurm prints them', () => {
  assert.equal(formatExitCode({ code: 0, signal: 0 }), '0:0');
  assert.equal(formatExitCode({ code: 1, signal: 0 }), '1:0');
  assert.equal(formatExitCode({ code: 0, signal: 9 }), '0:9');
  assert.equal(formatExitCode({ code: 0, signal: 53 }), '0:53');
});

test('what is printed parses to what it was', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(127), (code, signal) => {
      assert.deepEqual(parseExitCode(formatExitCode({ code, signal })), { code, signal });
    }),
  );
});

test('texts that are no exit code are refused', () => {
  for (const text of [
    '',
    '0',
    ':',
    '0:',
    ':9',
    '256:0',
    '0:128',
    '-1:0',
    '0:0:0',
    ' 0:0',
    '0:0\n',
    '1.0:0',
  ]) {
    assert.equal(parseExitCode(text), undefined, text);
  }
});

test('any text gives an exit code in bounds or nothing', () => {
  fc.assert(
    fc.property(texts('0123456789: '), (text) => {
      const exitCode = parseExitCode(text);
      if (exitCode !== undefined) assert.ok(exitCode.code <= 255 && exitCode.signal <= 127);
    }),
  );
});
