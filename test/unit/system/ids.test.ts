import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nonceSchema } from '../../../src/model/ids.ts';
import { type Chance, systemIds } from '../../../src/system/ids.ts';

const fill =
  (value: number): Chance =>
  (bytes) =>
    bytes.fill(value);

describe('ids', () => {
  it('are 26 letters that pass as an identity, each another', () => {
    const ids = systemIds();
    const drawn = Array.from({ length: 2000 }, () => ids.next());
    for (const id of drawn) {
      assert.match(id, /^[0-9A-HJKMNP-TV-Z]{26}$/);
      assert.equal(nonceSchema(id), id);
    }
    assert.equal(new Set(drawn).size, drawn.length);
    assert.deepEqual(drawn.toSorted(), drawn);
  });

  it('of two who draw at the same time are not the same', () => {
    const [one, other] = [systemIds(() => 5), systemIds(() => 5)];
    assert.notEqual(one.next(), other.next());
  });

  it('sort by time, and within a millisecond or with the clock put back all the same', () => {
    const law = fc.property(
      fc.array(fc.integer({ min: 0, max: 2 ** 45 }), { minLength: 2 }),
      fc.constantFrom(0, 31, 255),
      (times, value) => {
        let turn = 0;
        const ids = systemIds(() => times[turn++] ?? 0, fill(value));
        const drawn = times.map(() => ids.next());
        assert.deepEqual(drawn.toSorted(), drawn);
        assert.equal(new Set(drawn).size, drawn.length);
      },
    );
    fc.assert(law, { examples: [[[5, 5, 5, 4], 31]] });
  });

  it('begin with the time', () => {
    assert.equal(systemIds(() => 0, fill(0)).next(), '0'.repeat(26));
    assert.equal(systemIds(() => 32 ** 10 - 1, fill(31)).next(), 'Z'.repeat(26));
    assert.equal(systemIds(() => 33, fill(1)).next(), `${'0'.repeat(8)}${'1'.repeat(18)}`);
  });

  it('random is below 1', () => {
    const { random } = systemIds();
    for (let draw = 0; draw < 100; draw += 1) assert.ok(random() >= 0 && random() < 1);
  });
});
