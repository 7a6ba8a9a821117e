import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type FieldRow,
  headLine,
  lineMaker,
  parseFormat,
  parseLongFormat,
} from '../../../src/tables/format.ts';

interface Item {
  readonly id: string;
  readonly name: string;
}

const fields: readonly FieldRow<Item>[] = [
  { name: 'JobID', letter: 'i', head: 'JOBID', get: ({ id }) => id },
  { name: 'Name', letter: 'j', head: 'NAME', get: ({ name }) => name },
  { name: 'Big', letter: 'B', head: 'BIG', get: () => 'b' },
  { name: 'only-long', head: 'LONG', get: () => 'x' },
  { name: 'Limit', letter: 'l', head: 'TIME_LIMIT', get: () => '1:00:00', isLength: true },
  { name: 'Feature', letter: 'f', head: 'FEATURES', get: () => '(null)' },
];
const item: Item = { id: '338_[3-20%2]', name: 'arr' };

function short(format: string): readonly [string, string, readonly string[]] {
  const parsed = parseFormat(format, fields);
  return [headLine(parsed), lineMaker(parsed)(item), parsed.unknown];
}

function long(format: string): readonly [string, string, readonly string[]] {
  const parsed = parseLongFormat(format, fields);
  return [headLine(parsed), lineMaker(parsed)(item), parsed.unknown];
}

test('-o: widths, sides, suffixes, as captured', () => {
  assert.deepEqual(short('%.5i|%5j|%.5j|%20j|'), [
    'JOBID|NAME | NAME|NAME                |',
    '338_[|arr  |  arr|arr                 |',
    [],
  ]);
  assert.deepEqual(short('%.i|%0i|%05i'), ['JOBID|JOBID|JOBID', '338_[3-20%2]|338_[3-20%2]|338_[', []]);
  assert.deepEqual(short('x%i'), ['xJOBID', 'x338_[3-20%2]', []]);
  assert.deepEqual(short('abc'), ['abc', 'abc', []]);
  assert.deepEqual(short(''), ['', '', []]);
});

test('-o: what is no field stays as it was written', () => {
  assert.deepEqual(short('%-5j'), ['%-5j', '%-5j', ['-']]);
  assert.deepEqual(short('%..5i|'), ['%..5i|', '%..5i|', ['.']]);
  assert.deepEqual(short('%!|%j'), ['%!|NAME', '%!|arr', ['!']]);
  assert.deepEqual(short('%5%j'), ['%5NAME', '%5arr', ['']]);
  assert.deepEqual(short('%.5'), ['%.5', '%.5', ['']]);
  assert.deepEqual(short('%'), ['', '', []]);
  assert.deepEqual(short('%j %1'), ['NAME %1', 'arr %1', ['']]);
});

test('-o %all is every letter, small ones first', () => {
  assert.deepEqual(short('%all'), [
    'FEATURES|JOBID|NAME|TIME_LIMIT|BIG',
    '(null)|338_[3-20%2]|arr|1:00:00|b',
    [],
  ]);
});

test('lengths of time are not cut where they stand right, as captured', () => {
  assert.equal(short('%.3l|%3l|%.9l|')[1], '1:00:00|1:0|  1:00:00|');
  assert.equal(short('%.3l|')[0], 'TIM|');
});

test('what is not there is blank in a narrow column that fills from the right, as captured', () => {
  assert.equal(short('%4f|%.4f|%6f|%.6f|%f|')[1], '    |(nul|(null)|(null)|(null)|');
});

test('-O: a width is read as atoi does', () => {
  assert.deepEqual(long('name: 2|,jobid:+3,name:.|'), ['NA|JOBNAME|', 'ar|338arr|', []]);
  assert.deepEqual(long('name:2.|,name:..5,name:2:6'), ['NA.|NAME.5NA:6', 'ar.|arr.5ar:6', []]);
  assert.deepEqual(long(' name,name ,jobid:3.name'), ['JOB.name', '338.name', [' name', 'name ']]);
});

test('-O: 20 wide unless said otherwise, running together, in either case', () => {
  assert.deepEqual(long('jobid,NAME'), [
    'JOBID               NAME                ',
    '338_[3-20%2]        arr                 ',
    [],
  ]);
  assert.deepEqual(long('name:.10,name:5,only-long:.10x|'), [
    '      NAMENAME       LONGx|',
    '       arrarr           xx|',
    [],
  ]);
  assert.deepEqual(long('jobid:|,name:.,name:abc,,'), ['JOBID|NAMENAMEabc', '338_[3-20%2]|arrarrabc', []]);
  assert.deepEqual(long('foo,name:4'), ['NAME', 'arr ', ['foo']]);
});

test('any text is a format', () => {
  fc.assert(
    fc.property(fc.string(), (format) => {
      assert.equal(typeof headLine(parseFormat(format, fields)), 'string');
      assert.equal(typeof lineMaker(parseLongFormat(format, fields))(item), 'string');
    }),
  );
});

test('lines made one after the other are those of their items', () => {
  const text = fc.constantFrom('a', 'b', '(null)', 'a\n', 'train');
  const items = fc.array(fc.record({ id: text, name: text }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.stringMatching(/^(?:%[.]?[1-9]?[ijlfB]\|?){1,4}$/), items, (format, all) => {
      const parsed = parseFormat(format, fields);
      const apart = all.map((one) => lineMaker(parsed)(one));
      assert.deepEqual(all.map(lineMaker(parsed)), apart);
    }),
  );
});

test('no text of an item moves the cursor', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      assert.doesNotMatch(lineMaker(parseFormat('%j', fields))({ id: '1', name }), /[\p{Cc}\p{Cf}]/u);
    }),
  );
});

test('a width gives exactly that many characters', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.boolean(), fc.string({ unit: 'grapheme-ascii' }), (width, isRight, name) => {
      const parsed = parseFormat(`%${isRight ? '.' : ''}${width + 1}j`, fields);
      assert.equal(lineMaker(parsed)({ id: '1', name }).length, width + 1);
    }),
  );
});
