import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  cardColumns,
  cardColumnsOld,
  parseCards,
  parseComputeApps,
  parseList,
} from '../../../../src/system/gpus/nvidia-parse.ts';
import { hostileText } from './hostile.ts';

const uuid = 'GPU-11111111-2222-3333-4444-555555555555';
const row = (text: string) => parseCards(text, cardColumns).cards[0];

test('a row of a healthy card', () => {
  const text = `3, ${uuid}, NVIDIA A100-SXM4-80GB, 81920, 412, 7, 00000000:5D:00.0, Disabled, 0\n`;
  assert.deepEqual(parseCards(text, cardColumns), {
    cards: [
      {
        index: 3,
        uuid,
        model: 'NVIDIA A100-SXM4-80GB',
        busId: '0000:5d:00.0',
        memoryMb: 81_920,
        memoryUsedMb: 412,
        utilizationPercent: 7,
        eccUncorrected: 0,
        migOn: false,
      },
    ],
    prose: [],
  });
});

test('a name may hold commas and quotes', () => {
  const card = row(`0, ${uuid}, Odd "A, B", Ω, 10, 1, 2, 0000:01:00.0, [N/A], [N/A]`);
  assert.equal(card?.model, 'Odd "A, B", Ω');
  assert.equal(card?.memoryMb, 10);
  assert.equal(card?.migOn, false);
});

test('a MIG card has no utilisation of its own, and is well', () => {
  const card = row(`0, ${uuid}, NVIDIA H100 PCIe, 81559, 87, [N/A], 00000000:01:00.0, Enabled, [N/A]`);
  assert.deepEqual(card, {
    index: 0,
    uuid,
    model: 'NVIDIA H100 PCIe',
    busId: '0000:01:00.0',
    memoryMb: 81_559,
    memoryUsedMb: 87,
    migOn: true,
  });
});

test('a card that needs a reset has failed, and its zero of memory is not taken for idle', () => {
  const card = row(`1, ${uuid}, NVIDIA A100, 81920, 0, [GPU requires reset], 00000000:A3:00.0, Disabled, 2`);
  assert.deepEqual(card?.illness, { health: 'failed', reason: 'GPU requires reset' });
  assert.equal(card?.memoryUsedMb, undefined);
  assert.equal(card?.utilizationPercent, undefined);
  assert.equal(card?.eccUncorrected, 2);
});

test('illness by column', () => {
  const lost = row('1, [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], x, , ');
  assert.deepEqual(lost, { index: 1, migOn: false, illness: { health: 'failed', reason: 'GPU is lost' } });
  const unreadable = row(`1, ${uuid}, NVIDIA A100, 81920, [Unknown Error], 0, 00000000:A3:00.0, Disabled, 0`);
  assert.deepEqual(unreadable?.illness, { health: 'unknown', reason: 'Unknown Error in memory.used' });
  for (const text of ['[Unknown Error]', '[N/A]', '[Not Supported]']) {
    const well = row(`1, ${uuid}, NVIDIA A100, 81920, 1, 0, 00000000:A3:00.0, Disabled, ${text}`);
    assert.equal(well?.illness, undefined, 'only the error counters cannot be read');
    assert.equal(well?.eccUncorrected, undefined);
  }
});

test('an old release gives the first columns only', () => {
  const { cards } = parseCards(`0, ${uuid}, Tesla K80, 11441, 0, 0, 00000000:04:00.0`, cardColumnsOld);
  assert.equal(cards[0]?.model, 'Tesla K80');
  assert.equal(cards[0]?.busId, '0000:04:00.0');
  assert.equal(cards[0]?.eccUncorrected, undefined);
});

test('what is no row is prose', () => {
  const line = 'Unable to determine the device handle for GPU 0000:0B:00.0: Unknown Error';
  assert.deepEqual(parseCards(`${line}\n`, cardColumns), { cards: [], prose: [line] });
  const twice = parseCards('0, a, b, 1, 1, 1, c, d, e\n0, a, b, 1, 1, 1, c, d, e', cardColumns);
  assert.equal(twice.cards.length, 1);
  assert.equal(twice.prose.length, 1);
});

test('processes by card', () => {
  const other = 'GPU-99999999-2222-3333-4444-555555555555';
  const text = [
    'gpu_uuid, pid, process_name, used_gpu_memory [MiB]',
    `${uuid}, 4711, /opt/a, b/python "x", 1034`,
    `${uuid}, 4712, [Not Found], [N/A]`,
    `${other}, [Insufficient Permissions], [Insufficient Permissions], [Insufficient Permissions]`,
    `${other}, 5, known, 1`,
  ].join('\n');
  assert.deepEqual(
    [...(parseComputeApps(text) ?? [])],
    [
      [
        uuid,
        [
          { pid: 4711, name: '/opt/a, b/python "x"', memoryMb: 1034 },
          { pid: 4712, name: 'unknown' },
        ],
      ],
      [other, 'unknown'],
    ],
  );
  assert.equal(parseComputeApps('')?.size, 0);
  assert.equal(parseComputeApps('No running processes'), undefined);
  assert.equal(parseComputeApps('[Unknown Error], 5, python, 1'), undefined);
});

test('MIG devices stand under their card, and cards without stand between', () => {
  const text = `GPU 0: NVIDIA A100-SXM4-80GB (UUID: ${uuid})
  MIG 3g.40gb     Device  0: (UUID: MIG-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee)
  MIG 1g.10gb+me  Device  1: (UUID: MIG-GPU-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/7/0)
GPU 1: NVIDIA TITAN X (Pascal) (UUID: GPU-1)
Unable to determine the device handle for gpu 0000:0B:00.0: Unknown Error
  MIG 1g.5gb      Device  0: (UUID: MIG-of-the-broken-one)
GPU 3: NVIDIA H100 (UUID: GPU-3)
  MIG 1c.3g.40gb  Device  0: (UUID: MIG-3)
`;
  assert.deepEqual(parseList(text), [
    {
      index: 0,
      uuid,
      mig: [
        { uuid: 'MIG-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee', profile: '3g.40gb', memoryMb: 40_960 },
        { uuid: 'MIG-GPU-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/7/0', profile: '1g.10gb+me', memoryMb: 10_240 },
      ],
    },
    { index: 1, uuid: 'GPU-1', mig: [] },
    { index: 3, uuid: 'GPU-3', mig: [{ uuid: 'MIG-3', profile: '1c.3g.40gb', memoryMb: 40_960 }] },
  ]);
});

/** Text that looks like an answer here and there. */
const hostile = fc
  .array(
    fc.oneof(
      hostileText(30),
      fc.constantFrom(
        '0',
        ', ',
        '\n',
        uuid,
        '[N/A]',
        '[Unknown Error]',
        '00000000:5D:00.0',
        'GPU 0: ',
        ' (UUID: ',
        ')',
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

test('no text makes a parser throw, or gives a number that was not printed', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const columns of [cardColumns, cardColumnsOld]) {
        for (const card of parseCards(text, columns).cards) {
          for (const value of [
            card.memoryMb,
            card.memoryUsedMb,
            card.utilizationPercent,
            card.eccUncorrected,
          ]) {
            assert.ok(value === undefined || text.includes(`${value}`));
          }
        }
      }
      parseComputeApps(text);
      parseList(text);
    }),
    { numRuns: 300 },
  );
});
