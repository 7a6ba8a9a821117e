import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFitting } from '../../../src/base/schema.ts';
import { isByConnection, liveOfferSchema } from '../../../src/model/steplive.ts';

const offer = {
  mgpu: 'step-live',
  format: 1,
  mode: 'auto',
  addresses: ['10.0.0.1', '::1'],
  port: 40_000,
  key: '0123456789abcdef'.repeat(4),
  bootId: 'boot',
  seconds: 5,
};

describe('where srun listens', () => {
  it('fits its schema', () => assert.equal(isFitting(liveOfferSchema, offer), true));

  const spoilt: Readonly<Record<string, unknown>> = {
    mode: 'file',
    addresses: ['x'.repeat(2000)],
    port: 0,
    key: '0123456789abcdef',
    seconds: 0,
  };
  for (const [name, value] of Object.entries(spoilt)) {
    it(`does not fit with another ${name}`, () =>
      assert.equal(isFitting(liveOfferSchema, { ...offer, [name]: value }), false));
  }

  it('is where a supervisor connects to unless files serve better', () => {
    assert.equal(isByConnection({ mode: 'auto', bootId: 'a' }, 'a'), false);
    assert.equal(isByConnection({ mode: 'auto', bootId: 'a' }, 'b'), true);
    assert.equal(isByConnection({ mode: 'socket', bootId: 'a' }, 'a'), true);
  });
});
