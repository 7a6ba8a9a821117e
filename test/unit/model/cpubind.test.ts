import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CpuBind, cpuBindComplaint, formatCpuBind, parseCpuBind } from '../../../src/model/cpubind.ts';
import { texts } from './texts.ts';

const taken: readonly (readonly [string, CpuBind])[] = [
  ['none', { kind: 'none' }],
  ['no', { kind: 'none' }],
  ['cores', { kind: 'cores' }],
  ['CORES', { kind: 'cores' }],
  ['core', { kind: 'cores' }],
  ['sockets', { kind: 'sockets' }],
  ['threads', { kind: 'threads' }],
  ['ldoms', { kind: 'ldoms' }],
  ['boards', { kind: 'boards' }],
  ['rank', { kind: 'rank' }],
  ['rank_ldom', { kind: 'rank_ldom' }],
  ['verbose', { verbose: true }],
  ['v', { verbose: true }],
  ['q', { verbose: false }],
  ['verbose,cores', { kind: 'cores', verbose: true }],
  ['quiet,none', { kind: 'none', verbose: false }],
  ['cores,verbose', { kind: 'cores', verbose: true }],
  ['none,cores', { kind: 'cores' }],
  ['map_cpu:0,1', { kind: 'map_cpu', list: [[0], [1]] }],
  ['map_cpu:0*2', { kind: 'map_cpu', list: [[0], [0]] }],
  [
    'mask_cpu:0x3,f',
    {
      kind: 'mask_cpu',
      list: [
        [0, 1],
        [0, 1, 2, 3],
      ],
    },
  ],
  ['map_ldom:0', { kind: 'map_ldom', list: [[0]] }],
  ['mask_ldom:1', { kind: 'mask_ldom', list: [[0]] }],
  ['verbose,map_cpu:0,1,2', { kind: 'map_cpu', list: [[0], [1], [2]], verbose: true }],
  ['map_cpu:0,1,verbose', { kind: 'map_cpu', list: [[0], [1]], verbose: true }],
  ['threads,map_cpu:0,1', { kind: 'map_cpu', list: [[0], [1]] }],
];

for (const [text, expected] of taken) {
  test(`--cpu-bind='${text}'`, () => {
    assert.deepEqual(parseCpuBind(text), expected);
    assert.equal(cpuBindComplaint(text), undefined);
  });
}

const unknown = (text: string): string => `unrecognized --cpu-bind argument "${text}"`;
const refused: readonly (readonly [string, string])[] = [
  ['foo', unknown('foo')],
  ['cores,foo', unknown('foo')],
  ['nosuch,none', unknown('nosuch')],
  ['cores,1', unknown('cores,1')],
  ['map_cpu:0,x', unknown('x')],
  ['', unknown('')],
  ['cores,', unknown('cores,')],
  ['map_cpu', 'missing list for "--cpu-bind=map_cpu:<list>"'],
  ['map_cpu:', 'missing list for "--cpu-bind=map_cpu:<list>"'],
  ['mask_ldom:', 'missing list for "--cpu-bind=mask_ldom:<list>"'],
  ['map_cpu:x', 'Failed to validate number: x, the offending character is x'],
  ['mask_cpu:zz', 'Failed to validate number: zz, the offending character is z'],
  ['map_cpu:99999999', 'Invalid --cpu-bind specification: map_cpu:99999999'],
];

for (const [text, complaint] of refused) {
  test(`--cpu-bind='${text}' is refused`, () => {
    assert.equal(parseCpuBind(text), undefined);
    assert.equal(cpuBindComplaint(text), complaint);
  });
}

test('what is printed parses to what it was', () => {
  const list = fc.array(
    fc.nat(63).map((index) => [index]),
    { minLength: 1, maxLength: 5 },
  );
  const bind: fc.Arbitrary<CpuBind> = fc
    .tuple(
      fc.oneof(
        fc.constantFrom('none', 'rank', 'sockets', 'cores', 'threads').map((kind) => ({ kind })),
        fc
          .tuple(fc.constantFrom('map_cpu', 'mask_cpu', 'map_ldom', 'mask_ldom'), list)
          .map(([kind, entries]) => ({ kind, list: entries })),
      ),
      fc.option(fc.boolean(), { nil: undefined }),
    )
    .map(([one, verbose]) => ({ ...one, ...(verbose !== undefined && { verbose }) }));
  fc.assert(fc.property(bind, (one) => assert.deepEqual(parseCpuBind(formatCpuBind(one)), one)));
});

test('any text is a binding, or is complained about', () => {
  fc.assert(
    fc.property(texts('mapsk_cu:0x1,*v'), (text) => {
      assert.equal(parseCpuBind(text) === undefined, cpuBindComplaint(text) !== undefined);
    }),
  );
});
