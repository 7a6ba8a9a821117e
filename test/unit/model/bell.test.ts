import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFitting } from '../../../src/base/schema.ts';
import { bellSchema, bellsAt, bellsOf, isNumeric, parsePort } from '../../../src/model/bell.ts';

test('only numbers are rung, and the first two of them', () => {
  assert.deepEqual(bellsAt(['gpu01.example.org', '10.0.0.5', 'fd00::5', '10.0.0.6'], 27_101), [
    { address: '10.0.0.5', port: 27_101 },
    { address: 'fd00::5', port: 27_101 },
  ]);
  assert.deepEqual(bellsOf({ addresses: ['10.0.0.5'] }), []);
  assert.deepEqual(bellsOf({ addresses: ['10.0.0.5'], port: 7 }), [{ address: '10.0.0.5', port: 7 }]);
});

test('what is an address and what is a name', () => {
  for (const address of ['127.0.0.1', '::1', 'fd00::1:2', '::ffff:10.0.0.1']) assert.ok(isNumeric(address));
  for (const name of ['', 'a', 'gpu01', '10.0.0', '10.0.0.1 ', '1.2.3.4.5', 'dead.beef', 'x:1']) {
    assert.ok(!isNumeric(name), name);
  }
});

test('hostile bells do not pass the schema', () => {
  assert.ok(isFitting(bellSchema, { address: '10.0.0.1', port: 1 }));
  const others = [
    { address: 'example.org', port: 1 },
    { address: '10.0.0.1', port: 0 },
    { address: '10.0.0.1', port: 65_536 },
    { address: '10.0.0.1' },
    { address: ':'.repeat(1000), port: 1 },
  ];
  for (const other of others) assert.ok(!isFitting(bellSchema, other), JSON.stringify(other));
});

test('a port as people write it', () => {
  const words = ['27101', '0', 'none', '65535', '65536', '-1', '1.5', '', ' 7', 'any', undefined];
  assert.deepEqual(words.map(parsePort), [27_101, 0, 0, 65_535, ...Array<undefined>(7).fill(undefined)]);
});
