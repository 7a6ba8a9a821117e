import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JsonFault, parseBounded } from '../../../src/base/json.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const bounds = { depthMax: 3, valuesMax: 10 };

describe('parseBounded', () => {
  it('gives what JSON.parse gives', () => {
    const wide = { depthMax: 1000, valuesMax: 100_000 };
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.deepEqual(parseBounded(encode(text), wide), JSON.parse(text));
      }),
    );
  });

  it('counts what nests, and not what stands in texts', () => {
    assert.deepEqual(parseBounded(encode('[[["[[[[\\"]]]]{{{{\\\\"]]]'), bounds), [[['[[[["]]]]{{{{\\']]]);
    assert.throws(() => parseBounded(encode('[[[[1]]]]'), bounds), /nested too deeply/);
    assert.throws(() => parseBounded(encode('{"a":{"b":{"c":{}}}}'), bounds), /nested too deeply/);
    assert.throws(() => parseBounded(encode(`[${'1,'.repeat(10)}1]`), bounds), /more than 10 values/);
    assert.throws(() => parseBounded(encode('[{},{},{},{},{},{}]'), bounds), /more than 10 values/);
  });

  it('says what is no JSON, whatever the bytes are', () => {
    for (const text of ['', 'NaN', '"', '"\\', ']]]]', '{]', '[1', '\u0000']) {
      assert.throws(() => parseBounded(encode(text), bounds), JsonFault, JSON.stringify(text));
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        try {
          parseBounded(bytes, bounds);
        } catch (error) {
          assert.ok(error instanceof JsonFault);
        }
      }),
    );
  });
});
