import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { limits } from '../../../src/model/limits.ts';
import { formatMemory, parseMemoryMb } from '../../../src/model/memory.ts';
import { texts } from './texts.ts';

/** --mem and squeue's %m, as the real ones printed them. */
const accepted: readonly (readonly [string, string])[] = [
  ['100', '100M'],
  ['500', '500M'],
  ['010', '10M'],
  [' 5', '5M'],
  ['+5', '5M'],
  ['1G', '1G'],
  ['1g', '1G'],
  ['1GB', '1G'],
  ['1gb', '1G'],
  ['1Gb', '1G'],
  ['2T', '2T'],
  ['1tb', '1T'],
  ['512K', '1M'],
  ['1K', '1M'],
  ['1kB', '1M'],
  ['1023K', '1M'],
  ['1024K', '1M'],
  ['1025K', '2M'],
  ['0', '0'],
  ['00', '0'],
  ['0G', '0'],
  ['0K', '0'],
  ['100m', '100M'],
  ['1MB', '1M'],
  ['512', '512M'],
  ['1024M', '1G'],
  ['1025', '1025M'],
  ['1500M', '1500M'],
  ['1536M', '1.50G'],
  ['2048', '2G'],
  ['2560', '2.50G'],
  ['3000', '3000M'],
  ['5632', '5.50G'],
  ['524800', '512.50G'],
  ['1048064', '1023.50G'],
  ['1048576', '1T'],
  ['1049088', '1.00T'],
  ['1537600', '1537600M'],
  ['1572864', '1.50T'],
  ['2098176', '2049G'],
  ['19087363', '19087364M'],
];

for (const [text, printed] of accepted) {
  test(`--mem='${text}' is ${printed}`, () => {
    const mb = parseMemoryMb(text);
    assert.ok(mb !== undefined);
    assert.equal(formatMemory(mb), printed);
  });
}

const refused = [
  ...[
    '',
    '1.5G',
    '1 G',
    '5 ',
    '10%',
    '-5',
    '1P',
    '1B',
    '1x',
    '1GiB',
    '1GG',
    '1GBB',
    'M',
    'G',
    '0x10',
    '1e3',
    'abc',
  ],
  ...['99999999999999999999', '9999999T', '9'.repeat(400)],
];

for (const text of refused) {
  test(`--mem='${text.slice(0, 20)}' is refused`, () => assert.equal(parseMemoryMb(text), undefined));
}

test('whole units are printed as they were asked for', () => {
  const units = fc.constantFrom('M', 'G', 'T');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 900 }), units, (amount, unit) => {
      const mb = parseMemoryMb(`${amount}${unit}`);
      assert.ok(mb !== undefined);
      assert.equal(formatMemory(mb), `${amount}${unit}`);
    }),
  );
});

test('an amount printed without a fraction parses to what it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: limits.memoryMbMax }), (mb) => {
      const printed = formatMemory(mb);
      // Beyond 24 bits as near as a float comes to it.
      if (!printed.includes('.')) assert.equal(parseMemoryMb(printed), Math.fround(mb));
    }),
  );
});

test('any text gives a whole number in bounds or nothing', () => {
  fc.assert(
    fc.property(texts('0123456789kKmMgGtTbB.+- '), (text) => {
      const mb = parseMemoryMb(text);
      if (mb !== undefined) assert.ok(Number.isSafeInteger(mb) && mb >= 0 && mb <= limits.memoryMbMax);
    }),
  );
});
