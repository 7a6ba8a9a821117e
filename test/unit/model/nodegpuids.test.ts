import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatNodeGpuIds, parseNodeGpuIds } from '../../../src/model/nodegpuids.ts';

test('GPUs of nodes are read node by node, those of a list alike', () => {
  assert.deepEqual(parseNodeGpuIds('node001:1,0;node002:4-6'), [
    { node: 'node001', gpus: [0, 1] },
    { node: 'node002', gpus: [4, 5, 6] },
  ]);
  assert.deepEqual(parseNodeGpuIds('n[1-2,4]:0; a-b.c:7'), [
    { node: 'n1', gpus: [0] },
    { node: 'n2', gpus: [0] },
    { node: 'n4', gpus: [0] },
    { node: 'a-b.c', gpus: [7] },
  ]);
});

test('what names no node, no GPU or a node twice is none', () => {
  const wrong = ['', 'n1', 'n1:', ':0', 'n1:0;', 'n1:0;n1:1', 'n[1-2]:0;n2:1', 'n1:a', 'n1:256', 'n1:2-1'];
  for (const text of [...wrong, '-n:0', 'n1:0:1', 'n[1-5000]:0', 'n[1:0', `n1:${'0,'.repeat(99_999)}0`]) {
    assert.equal(parseNodeGpuIds(text), undefined, text.slice(0, 40));
  }
});

test('what is printed reads as the same', () => {
  const parts = {
    node: fc.stringMatching(/^[a-z][a-z0-9._-]{0,10}$/),
    gpus: fc.uniqueArray(fc.nat(255), { minLength: 1, maxLength: 8 }).map((all) => all.sort((a, b) => a - b)),
  };
  const entry = fc.record(parts, { noNullPrototype: true });
  const lists = fc.uniqueArray(entry, { minLength: 1, maxLength: 5, selector: ({ node }) => node });
  fc.assert(fc.property(lists, (ids) => assert.deepEqual(parseNodeGpuIds(formatNodeGpuIds(ids)), ids)));
});
