import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFitting } from '../../../src/base/schema.ts';
import { windowSchema } from '../../../src/model/window.ts';

test('a window has two sides, of which none is larger than the kernel takes', () => {
  assert.equal(isFitting(windowSchema, { rows: 24, columns: 80 }), true);
  assert.equal(isFitting(windowSchema, { rows: 0, columns: 65_535 }), true);
  for (const rows of [-1, 65_536, 1.5, '24']) {
    assert.equal(isFitting(windowSchema, { rows, columns: 80 }), false, String(rows));
  }
});
