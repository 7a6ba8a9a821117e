import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  boundGpus,
  formatGpuBind,
  type GpuBind,
  gpuBindComplaint,
  parseGpuBind,
} from '../../../src/model/gpubind.ts';
import { texts } from './texts.ts';

const taken: readonly (readonly [string, GpuBind])[] = [
  ['closest', { kind: 'closest' }],
  ['CLOSEST', { kind: 'closest' }],
  ['none', { kind: 'none' }],
  ['verbose,closest', { kind: 'closest', verbose: true }],
  ['single:2', { kind: 'single', count: 2 }],
  ['per_task:1', { kind: 'perTask', count: 1 }],
  ['map_gpu:0,1', { kind: 'map', list: [[0], [1]] }],
  ['map_gpu:0*2,1', { kind: 'map', list: [[0], [0], [1]] }],
  ['mask_gpu:0x3,4', { kind: 'mask', list: [[0, 1], [2]] }],
  [
    'verbose,mask_gpu:0x3*2',
    {
      kind: 'mask',
      list: [
        [0, 1],
        [0, 1],
      ],
      verbose: true,
    },
  ],
];

for (const [text, expected] of taken) {
  test(`--gpu-bind='${text}'`, () => {
    assert.deepEqual(parseGpuBind(text), expected);
    assert.equal(gpuBindComplaint(text), undefined);
  });
}

const refused = [
  ...[
    'single',
    'per_task',
    'map_gpu:x',
    'verbose',
    'v,closest',
    'quiet,closest',
    'foo',
    '',
    'map:0',
    'mask:1',
  ],
  // Slurm takes these, and binds nothing or something else.
  ...['single:0', 'single:', 'per_task:0', 'map_gpu:', 'mask_gpu:', 'closest,verbose'],
];

for (const text of refused) {
  test(`--gpu-bind='${text}' is refused`, () => {
    assert.equal(parseGpuBind(text), undefined);
    assert.equal(gpuBindComplaint(text), `Invalid --gpu-bind argument: gpu:${text}`);
  });
}

test('what is printed parses to what it was', () => {
  const list = fc.array(
    fc.nat(63).map((index) => [index]),
    { minLength: 1, maxLength: 5 },
  );
  const bind: fc.Arbitrary<GpuBind> = fc
    .tuple(
      fc.oneof(
        fc.constantFrom({ kind: 'closest' as const }, { kind: 'none' as const }),
        fc
          .tuple(fc.constantFrom('single', 'perTask'), fc.integer({ min: 1, max: 99 }))
          .map(([kind, count]) => ({ kind, count })),
        fc.tuple(fc.constantFrom('map', 'mask'), list).map(([kind, entries]) => ({ kind, list: entries })),
      ),
      fc.boolean(),
    )
    .map(([one, isVerbose]) => ({ ...one, ...(isVerbose && { verbose: true as const }) }));
  fc.assert(fc.property(bind, (one) => assert.deepEqual(parseGpuBind(formatGpuBind(one)), one)));
});

test('any text is a binding, or is complained about', () => {
  fc.assert(
    fc.property(texts('closetmap_gku:0x1,*'), (text) => {
      assert.equal(parseGpuBind(text) === undefined, gpuBindComplaint(text) !== undefined);
    }),
  );
});

test('each task sees what it is bound to (env.srun_bind)', () => {
  const of = (text: string | undefined): readonly unknown[] =>
    [0, 1, 2, 3].map((task) => boundGpus(text, [4, 5], task));
  assert.deepEqual(of('single:1'), [[4], [5], [4], [5]]);
  assert.deepEqual(of('single:2'), [[4], [4], [5], [5]]);
  assert.deepEqual(of('per_task:1'), [[4], [5], [], []]);
  assert.deepEqual(of('map_gpu:1,0'), [[5], [4], [5], [4]]);
  assert.deepEqual(of('mask_gpu:0x3,0x2'), [[4, 5], [5], [4, 5], [5]]);
  assert.deepEqual(of('closest'), [undefined, undefined, undefined, undefined]);
  assert.deepEqual(of(undefined), [undefined, undefined, undefined, undefined]);
});
