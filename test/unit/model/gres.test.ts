import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatGres,
  type GpuCount,
  type GresRequest,
  gpuCountComplaint,
  gresComplaint,
  parseGpuCount,
  parseGres,
} from '../../../src/model/gres.ts';
import { texts } from './texts.ts';

const name = 'gpu';
const isCountImplied = true;
const accepted: readonly (readonly [string, readonly GresRequest[]])[] = [
  ['gpu', [{ name, count: 1, isCountImplied }]],
  ['gpu:2', [{ name, count: 2 }]],
  ['gpu:02', [{ name, count: 2 }]],
  ['gpu: 2', [{ name, count: 2 }]],
  ['gpu:+1', [{ name, count: 1 }]],
  ['gpu:0', [{ name, count: 0 }]],
  ['gpu:a100', [{ name, type: 'a100', count: 1, isCountImplied }]],
  ['gpu:a100:1', [{ name, type: 'a100', count: 1 }]],
  ['gpu:a100:0', [{ name, type: 'a100', count: 0 }]],
  // The real one takes all of it for the type, which no node has (TresPerNode=gres:gpu:a100=2, one GPU).
  ['gpu:a100=1', [{ name, type: 'a100=1', count: 1, isCountImplied }]],
  ['gpu:a100=2k', [{ name, type: 'a100=2k', count: 1, isCountImplied }]],
  ['gpu:a-b:1', [{ name, type: 'a-b', count: 1 }]],
  ['gpu:1:2', [{ name, type: '1', count: 2 }]],
  ['gpu:3g.20gb:1', [{ name, type: '3g.20gb', count: 1 }]],
  ['gpu:1k', [{ name, count: 1024 }]],
  ['gpu:1K', [{ name, count: 1024 }]],
  ['gpu:1kib', [{ name, count: 1024 }]],
  ['gpu:1kb', [{ name, count: 1000 }]],
  ['gpu:1m', [{ name, count: 1024 ** 2 }]],
  ['gpu:a100:1k', [{ name, type: 'a100', count: 1024 }]],
  ['gpu:99999999999', [{ name, count: 99_999_999_999 }]],
  ['gres:gpu:2', [{ name, count: 2 }]],
  // Of two alike the last one counts: the real one gave a job of `gpu:2,gpu:1` a single GPU.
  ['gpu:1,gpu:2', [{ name, count: 2 }]],
  ['gpu:2,gpu:1', [{ name, count: 1 }]],
  ['gpu:a100:1,gpu:a100:2', [{ name, type: 'a100', count: 2 }]],
  [
    'gpu:a100:1,gpu:v100:2',
    [
      { name, type: 'a100', count: 1 },
      { name, type: 'v100', count: 2 },
    ],
  ],
  [
    'gpu:1,foo:a:1',
    [
      { name, count: 1 },
      { name: 'foo', type: 'a', count: 1 },
    ],
  ],
  ['none', []],
  ['NONE', []],
  // Whether a name exists is not the text's matter.
  ['GPU:1', [{ name: 'GPU', count: 1 }]],
  ['foo:1', [{ name: 'foo', count: 1 }]],
];

for (const [text, expected] of accepted) {
  test(`--gres='${text}'`, () => {
    assert.deepEqual(parseGres(text), expected);
    assert.equal(gresComplaint(text), undefined);
  });
}

const syntax = 'Invalid generic resource (gres) specification';
const mixed = 'Invalid GRES specification (with and without type identification)';
const count = 'Batch job submission failed: Invalid Trackable RESource (TRES) specification';
const refused: readonly (readonly [string, string])[] = [
  ['gpu=2', syntax],
  ['gpu:', syntax],
  ['gpu::', syntax],
  ['gpu::2', syntax],
  ['gpu:a100:', syntax],
  ['gpu:a100:xyz', syntax],
  ['gpu:a100:2x', syntax],
  ['gpu:a100:gpu:1', syntax],
  ['gpu:a100:1:2', syntax],
  ['gpu:1:a100', syntax],
  ['gpu:a100:2(S:0)', syntax],
  [' gpu:1', syntax],
  ['gres/gpu:2', syntax],
  ['gpu/a100:2', syntax],
  ['gpu:1,gpu:a100:1', mixed],
  ['gpu:2x', count],
  ['gpu:1.5', count],
  ['gpu:0x2', count],
  ['gpu:1ki', count],
  ['gpu:1 ', count],
  ['gpu:18446744073709551615', count],
  ['gpu:1,', count],
  [',gpu:1', count],
  [',', count],
  ['', count],
  // Slurm takes these by accident.
  ['gpu:-1', count],
  ['gpu:1;gpu:1', syntax],
  ['gpu:a100=', syntax],
  ['gpu:=1', syntax],
];

for (const [text, complaint] of refused) {
  test(`--gres='${text}' is refused`, () => {
    assert.equal(parseGres(text), undefined);
    assert.equal(gresComplaint(text), complaint);
  });
}

const gpus: readonly (readonly [string, readonly GpuCount[]])[] = [
  ['2', [{ count: 2 }]],
  ['0', [{ count: 0 }]],
  ['02', [{ count: 2 }]],
  [' 2', [{ count: 2 }]],
  ['+2', [{ count: 2 }]],
  ['1k', [{ count: 1024 }]],
  ['a100', [{ type: 'a100', count: 1, isCountImplied }]],
  ['abc', [{ type: 'abc', count: 1, isCountImplied }]],
  ['a100:2', [{ type: 'a100', count: 2 }]],
  ['a100=2', [{ type: 'a100=2', count: 1, isCountImplied }]],
  ['a100:1,', [{ type: 'a100', count: 1 }]],
  [
    'a100:1,v100:1',
    [
      { type: 'a100', count: 1 },
      { type: 'v100', count: 1 },
    ],
  ],
  ['2,1', [{ count: 1 }]],
  ['', []],
  [',', []],
];

for (const [text, expected] of gpus) {
  test(`--gpus='${text}'`, () => {
    assert.deepEqual(parseGpuCount(text), expected);
    assert.equal(gpuCountComplaint(text), undefined);
  });
}

const gpusRefused: readonly (readonly [string, string])[] = [
  [':2', syntax],
  ['a100:', syntax],
  ['a100:2:3', syntax],
  ['2,a100:1', mixed],
  ['a100:1,2', mixed],
  ['2x', count],
  ['1.5', count],
  ['-1', count],
  ['=2', syntax],
  ['8=69', count],
];

for (const [text, complaint] of gpusRefused) {
  test(`--gpus='${text}' is refused`, () => {
    assert.equal(parseGpuCount(text), undefined);
    assert.equal(gpuCountComplaint(text), complaint);
  });
}

test('requests are printed plainly, or as squeue prints them', () => {
  const requests = [
    { name, type: 'a100', count: 2 },
    { name, type: 'v100', count: 1 },
  ];
  assert.equal(formatGres(requests), 'gpu:a100:2,gpu:v100:1');
  assert.equal(formatGres(requests, 'gres:'), 'gres:gpu:a100:2,gres:gpu:v100:1');
  assert.equal(formatGres([{ name, count: 2 }], 'gres:'), 'gres:gpu:2');
  assert.equal(formatGres([]), 'none');
  assert.equal(formatGres([], 'gres:'), '');
});

test('what is printed parses to what it was', () => {
  const typed = fc.record(
    {
      name: fc.constantFrom('gpu', 'shard'),
      type: fc.stringMatching(/^\w[\w.+-]{0,12}$/),
      count: fc.nat(),
    },
    { noNullPrototype: true },
  );
  const requests = fc.uniqueArray(typed, { selector: (one) => `${one.name}:${one.type}` });
  fc.assert(
    fc.property(requests, (list) => {
      assert.deepEqual(parseGres(formatGres(list)), list);
      if (list.length > 0) assert.deepEqual(parseGres(formatGres(list, 'gres:')), list);
    }),
  );
});

test('any text gives whole counts, or a complaint', () => {
  fc.assert(
    fc.property(texts('gpua10:=,kKib.-+ none'), (text) => {
      assert.equal(parseGres(text) === undefined, gresComplaint(text) !== undefined);
      assert.equal(parseGpuCount(text) === undefined, gpuCountComplaint(text) !== undefined);
      for (const one of [...(parseGres(text) ?? []), ...(parseGpuCount(text) ?? [])]) {
        assert.ok(Number.isSafeInteger(one.count) && one.count >= 0);
      }
    }),
  );
});
