import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { padLeft, padRight, printable, textWidth, truncate } from '../../../src/base/text.ts';
import { anyText } from '../model/texts.ts';

const shown: readonly (readonly [string, string])[] = [
  ['train.sh', 'train.sh'],
  ['größe 東京 🙂', 'größe 東京 🙂'],
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
  ['\u0000\u0007\u007f', '\\x00\\x07\\x7f'],
  ['\u009b2J', '\\x9b2J'],
  ['abc\u202egpj.sh', 'abc\\u{202e}gpj.sh'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['line\u2028separator', 'line\\u{2028}separator'],
  ['half \ud800', 'half \\u{d800}'],
  ['tag \u{e0041}', 'tag \\u{e0041}'],
  ['C:\\dir', 'C:\\dir'],
];

for (const [raw, expected] of shown) {
  test(`printable shows ${expected}`, () => assert.equal(printable(raw), expected));
}

const active = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

test('nothing that a terminal acts on survives, and twice is the same as once', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const safe = printable(text);
      assert.equal(active.test(safe), false);
      assert.equal(printable(safe), safe);
    }),
  );
});

test('padding and cutting count characters', () => {
  assert.equal(padRight('ab', 4), 'ab  ');
  assert.equal(padLeft('ab', 4), '  ab');
  assert.equal(padRight('abcde', 4), 'abcde');
  assert.equal(padLeft('🙂', 3), '  🙂');
  assert.equal(truncate('abcde', 3), 'abc');
  assert.equal(truncate('🙂🙂🙂', 2), '🙂🙂');
  assert.equal(truncate('ab', 0), '');
});

test('a cell that was cut and padded has its width', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
      assert.equal(textWidth(padRight(truncate(text, width), width)), width);
      assert.equal(textWidth(padLeft(truncate(text, width), width)), width);
      assert.ok(text.startsWith(truncate(text, width)));
    }),
  );
});
