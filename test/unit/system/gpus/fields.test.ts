import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  filledLines,
  noValueWords,
  oneLine,
  some,
  splitColumns,
  textValue,
  wholeNumber,
} from '../../../../src/system/gpus/fields.ts';

test('no number is undefined, in every spelling', () => {
  const spellings = [
    '[N/A]',
    'N/A',
    'n/a',
    '[Not Supported]',
    '[Unknown Error]',
    '[GPU requires reset]',
    '[GPU is lost]',
    '[Insufficient Permissions]',
    '[Not Found]',
    '[Requested functionality has been deprecated]',
    '',
    ' ',
  ];
  for (const text of spellings) {
    assert.equal(wholeNumber(text), undefined, text);
    assert.equal(textValue(text), undefined, text);
    assert.notEqual(noValueWords(text), undefined, text);
  }
  for (const text of ['-1', '+1', '1.5', '1e3', '0x10', '12 MiB', ' 12', '１２', '9'.repeat(16)]) {
    assert.equal(wholeNumber(text), undefined, text);
  }
  assert.equal(wholeNumber(undefined), undefined);
  assert.equal(wholeNumber('0'), 0);
  assert.equal(wholeNumber('81920'), 81_920);
});

test('a line is split from both ends', () => {
  assert.deepEqual(splitColumns('0, a "b", c, d,9', { before: 1, after: 1 }), ['0', 'a "b", c, d', '9']);
  assert.deepEqual(splitColumns('0, , 9', { before: 1, after: 1 }), ['0', '', '9']);
  assert.equal(splitColumns('0, 9', { before: 1, after: 1 }), undefined);
});

test('columns joined are the line again', () => {
  const word = fc.string({ maxLength: 8 }).map((text) => text.replace(/,/g, '').trim());
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 3, maxLength: 9 }),
      fc.nat(2),
      fc.nat(2),
      (words, before, after) => {
        fc.pre(words.length > before + after);
        const line = words.join(', ');
        assert.equal(splitColumns(line, { before, after })?.join(', '), line);
        assert.equal(splitColumns(line, { before, after })?.length, before + 1 + after);
      },
    ),
  );
});

test('text of a tool becomes one short line', () => {
  assert.equal(oneLine(' a\u0000\n\u001b[31mb\u2028c '), 'a [31mb c');
  assert.equal(oneLine('x'.repeat(500)).length, 200);
  assert.deepEqual(filledLines('a\r\n\r\n  \n b\n'), ['a', ' b']);
});

test('a field without a value is absent', () => {
  assert.deepEqual(some('a', undefined), {});
  assert.deepEqual(some('a', 0), { a: 0 });
});
