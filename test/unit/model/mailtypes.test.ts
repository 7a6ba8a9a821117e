import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMailTypes, type MailType, parseMailTypes } from '../../../src/model/mailtypes.ts';
import { texts } from './texts.ts';

/** What scontrol's MailType said of it. */
const taken: readonly (readonly [string, string])[] = [
  ['BEGIN', 'BEGIN'],
  ['begin,end', 'BEGIN,END'],
  ['END,ARRAY_TASKS', 'ARRAY_TASKS,END'],
  ['ALL', 'INVALID_DEPEND,BEGIN,END,FAIL,REQUEUE,STAGE_OUT'],
  ['ALL,ARRAY_TASKS', 'ARRAY_TASKS,INVALID_DEPEND,BEGIN,END,FAIL,REQUEUE,STAGE_OUT'],
  ['STAGE_OUT,FAIL,REQUEUE', 'FAIL,REQUEUE,STAGE_OUT'],
  ['TIME_LIMIT_90,TIME_LIMIT_50', 'TIME_LIMIT_50,TIME_LIMIT_90'],
  ['TIME_LIMIT_80,TIME_LIMIT,END', 'END,TIME_LIMIT_80,TIME_LIMIT'],
  ['INVALID_DEPEND', 'INVALID_DEPEND'],
  ['BEGIN,', 'BEGIN'],
  ['BEGIN,,END', 'BEGIN,END'],
  ['NONE', 'NONE'],
  ['BEGIN,NONE', 'NONE'],
  ['NONE,BEGIN', 'NONE'],
];

for (const [text, shown] of taken) {
  test(`--mail-type='${text}'`, () => assert.equal(formatMailTypes(parseMailTypes(text) ?? []), shown));
}

// Slurm takes the last two, and sends no mail for what it does not know.
for (const text of ['', 'FOO', 'BEGIN:END', 'TIME_LIMIT_70', 'BEGIN,FOO', 'BEGIN, END']) {
  test(`--mail-type='${text}' is refused`, () => assert.equal(parseMailTypes(text), undefined));
}

test('what is printed parses to what it was', () => {
  const all = parseMailTypes('ALL,ARRAY_TASKS,TIME_LIMIT,TIME_LIMIT_50,TIME_LIMIT_80,TIME_LIMIT_90') ?? [];
  assert.equal(all.length, 11);
  fc.assert(
    fc.property(fc.subarray<MailType>([...all]), (chosen) => {
      assert.deepEqual(parseMailTypes(formatMailTypes(chosen)), chosen);
    }),
  );
});

test('any text is a list of types, or none', () => {
  fc.assert(fc.property(texts('BEGINDFALR_,'), (text) => assert.doesNotThrow(() => parseMailTypes(text))));
});
