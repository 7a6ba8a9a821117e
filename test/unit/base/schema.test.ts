import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  bool,
  checked,
  dictionary,
  fail,
  int,
  list,
  object,
  oneOf,
  pair,
  pattern,
  type Schema,
  text,
  variant,
} from '../../../src/base/schema.ts';

function refuses(schema: Schema<unknown>, value: unknown, message: string): void {
  assert.throws(() => checked(schema, value, 'file'), { code: 'SCHEMA', message: `file: ${message}` });
}

function takes(schema: Schema<unknown>, values: readonly unknown[]): void {
  for (const value of values) assert.equal(checked(schema, value, 'file'), value);
}

describe('schema: single values', () => {
  it('text', () => {
    takes(text(3), ['', 'abc', '😀a', '\n']);
    for (const value of ['abcd', 1, null, undefined, ['a'], 'a\0', {}]) {
      refuses(text(3), value, 'expected a text of at most 3 characters, without NUL');
    }
  });

  it('int', () => {
    takes(int(0), [0, 1, Number.MAX_SAFE_INTEGER]);
    takes(int(-2, 2), [-2, -0, 2]);
    for (const value of [-1, 4, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null, true, [1], 2 ** 53]) {
      refuses(int(0, 3), value, 'expected a whole number from 0 to 3');
    }
    assert.throws(() => checked(int(0), 2 ** 53, 'file'));
  });

  it('bool, oneOf, pattern', () => {
    takes(bool, [true, false]);
    for (const value of [0, 'true', null, undefined]) refuses(bool, value, 'expected true or false');
    takes(oneOf('a', 'b'), ['a', 'b']);
    for (const value of ['c', '', null, ['a']]) refuses(oneOf('a', 'b'), value, 'expected one of a, b');
    takes(pattern(/^x+$/, 'some x'), ['x', 'xx']);
    for (const value of ['', 'xy', 7, ['x']]) refuses(pattern(/^x+$/, 'some x'), value, 'expected some x');
  });

  it('one of the caller’s own', () => {
    const even: Schema<number> = (value) => (int(0)(value) % 2 === 0 ? int(0)(value) : fail('an even one'));
    takes(list(even, 3), [[2, 4]]);
    refuses(list(even, 3), [2, 3], '[1]: expected an even one');
  });
});

describe('schema: values in values', () => {
  const person = object({ name: text(9) }, { age: int(0), tags: list(text(3), 2) });

  it('object: what is required, what is optional, and what nobody knows', () => {
    takes(person, [{ name: 'a' }, { name: 'a', age: 3, tags: ['x'] }, { name: 'a', age: undefined }]);
    const newer = { name: 'a', later: { deep: [1] } };
    assert.equal(checked(person, newer, 'file'), newer);
    refuses(person, {}, 'name: expected a text of at most 9 characters, without NUL');
    refuses(person, { name: 'a', age: null }, 'age: expected a whole number from 0 to 9007199254740991');
    for (const value of [null, [], 'x', 1, undefined]) refuses(person, value, 'expected an object');
  });

  it('says where in the value the fault lies', () => {
    refuses(
      object({ people: list(person, 9) }),
      { people: [{ name: 'a' }, { name: 'b', tags: ['x', 'long'] }] },
      'people[1].tags[1]: expected a text of at most 3 characters, without NUL',
    );
    refuses(
      list(list(int(0), 2), 2),
      [[], [1, -1]],
      '[1][1]: expected a whole number from 0 to 9007199254740991',
    );
  });

  it('list and pair', () => {
    takes(list(int(0), 2), [[], [1], [1, 2]]);
    refuses(list(int(0), 2), [1, 2, 3], 'expected a list of at most 2 items');
    refuses(list(int(0), 2), { length: 0 }, 'expected a list of at most 2 items');
    takes(pair(int(0), text(1)), [[1, 'a']]);
    refuses(pair(int(0), text(1)), [1], 'expected a pair');
    refuses(pair(int(0), text(1)), [1, 2], '[1]: expected a text of at most 1 characters, without NUL');
    refuses(pair(int(0), text(1)), ['a', 'a'], '[0]: expected a whole number from 0 to 9007199254740991');
  });

  it('dictionary', () => {
    takes(dictionary(text(9), 2), [{}, { a: 'x' }, { '=': '', b: 'y' }]);
    refuses(dictionary(text(9), 1), { a: '', b: '' }, 'expected at most 1 keys');
    refuses(
      dictionary(text(9), 2),
      { PATH: 1 },
      'PATH: expected a text of at most 9 characters, without NUL',
    );
    refuses(dictionary(text(9), 2), { 'a\0': '' }, 'a\0: expected a key without NUL');
    refuses(dictionary(text(9), 2), [], 'expected an object');
  });

  it('variant: by the tag, and only by names that are its own', () => {
    const shape = variant('kind', { dot: object({}), line: object({ length: int(1) }) });
    takes(shape, [{ kind: 'dot' }, { kind: 'line', length: 3 }]);
    refuses(shape, { kind: 'line' }, 'length: expected a whole number from 1 to 9007199254740991');
    for (const kind of ['circle', 'toString', '__proto__', 1, null, undefined, ['dot']]) {
      refuses(shape, { kind }, 'kind: expected one of dot, line');
    }
    refuses(shape, [], 'expected an object');
  });

  it('is not led astray by names that every object has', () => {
    refuses(
      object({ toString: text(9) }),
      {},
      'toString: expected a text of at most 9 characters, without NUL',
    );
    takes(person, [JSON.parse('{"name":"a","__proto__":{"name":1}}')]);
  });

  it('lets errors that are no fault of the value pass', () => {
    const broken: Schema<never> = () => {
      throw new TypeError('a bug');
    };
    assert.throws(() => checked(list(broken, 3), [1], 'file'), TypeError);
  });
});

describe('schema: laws', () => {
  it('gives the very value, or throws SCHEMA naming its origin', () => {
    const schema = object({ a: int(0, 9) }, { b: list(pair(text(3), bool), 3), c: dictionary(int(0), 3) });
    const almost = fc.record(
      {
        a: fc.oneof(fc.nat(12), fc.anything()),
        b: fc.oneof(fc.array(fc.tuple(fc.string({ maxLength: 4 }), fc.boolean())), fc.anything()),
        c: fc.oneof(fc.dictionary(fc.string(), fc.nat()), fc.anything()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(almost, fc.jsonValue()), (value) => {
        try {
          assert.equal(checked(schema, value, 'the file'), value);
        } catch (error) {
          assert.match(String(error), /^MgpuError: the file: (?:[abc].*: )?expected /s);
        }
      }),
    );
  });
});
