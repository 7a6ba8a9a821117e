import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { amdUuid, jsonIn, memoryMbOf, percentOf } from '../../../../src/system/gpus/amd-json.ts';
import { parseAmdMetric, parseAmdProcesses, parseAmdStatic } from '../../../../src/system/gpus/amd-smi.ts';
import { hostileText } from './hostile.ts';

const wrappings = [
  (list: unknown[]) => JSON.stringify(list),
  (list: unknown[]) => JSON.stringify({ gpu_data: list }),
];

test('cards in both layouts', () => {
  const entry = {
    gpu: 1,
    asic: { market_name: 'AMD Instinct MI300X OAM', asic_serial: '0xABFF000000001' },
    bus: { bdf: '0000:26:00.0' },
    vram: { size: { value: 196_592, unit: 'MB' } },
  };
  for (const wrap of wrappings) {
    assert.deepEqual(parseAmdStatic(wrap([entry])), [
      {
        index: 1,
        model: 'AMD Instinct MI300X OAM',
        uuid: 'GPU-000abff000000001',
        busId: '0000:26:00.0',
        memoryMb: 196_592,
      },
    ]);
  }
});

test('what is not told is absent', () => {
  const silent = {
    gpu: 0,
    asic: { market_name: 'N/A', asic_serial: 'N/A' },
    bus: 'N/A',
    vram: { size: 'N/A' },
  };
  assert.deepEqual(parseAmdStatic(JSON.stringify([silent, { gpu: 'N/A' }, 'text', null])), [{ index: 0 }]);
  const metric = {
    gpu: 0,
    usage: 'N/A',
    mem_usage: { used_vram: 'N/A' },
    ecc: { total_uncorrectable_count: 'N/A' },
  };
  assert.deepEqual(parseAmdMetric(JSON.stringify([metric])), [{ index: 0 }]);
});

test('numbers that change', () => {
  const metric = {
    gpu: 0,
    usage: { gfx_activity: { value: 41, unit: '%' } },
    mem_usage: { used_vram: { value: 283, unit: 'MB' } },
    ecc: { total_uncorrectable_count: 2 },
  };
  for (const wrap of wrappings) {
    assert.deepEqual(parseAmdMetric(`WARNING: something\n${wrap([metric])}`), [
      { index: 0, utilizationPercent: 41, memoryUsedMb: 283, eccUncorrected: 2 },
    ]);
  }
});

test('processes, and the sentences in place of them', () => {
  const list = (...process_list: unknown[]) => JSON.stringify([{ gpu: 0, process_list }]);
  const held = (info: unknown) => parseAmdProcesses(list({ process_info: info }))?.get(0);
  const used = (value: unknown, gtt: unknown = 0) => ({
    name: 'python3',
    pid: 42,
    memory_usage: { vram_mem: { value, unit: 'B' }, gtt_mem: { value: gtt, unit: 'B' } },
  });
  assert.deepEqual(held('No running processes detected'), []);
  assert.equal(held('something new'), 'unknown');
  assert.equal(held('N/A'), 'unknown');
  assert.deepEqual(held(used(3 * 2 ** 20)), [{ pid: 42, name: 'python3', memoryMb: 3 }]);
  assert.deepEqual(held(used('N/A')), [{ pid: 42, name: 'python3' }], 'unknown memory is not none');
  assert.deepEqual(held(used(0)), [], 'it holds another GPU');
  assert.deepEqual(
    held(used(0, 4096)),
    [{ pid: 42, name: 'python3', memoryMb: 0 }],
    'it has host memory mapped',
  );
  assert.equal(held({ name: 'python3', pid: 'N/A' }), 'unknown');
  const flat = parseAmdProcesses(list({ name: 'a', pid: '7', mem_usage: { value: 1, unit: 'GB' } }));
  assert.deepEqual(flat?.get(0), [{ pid: 7, name: 'a', memoryMb: 1024 }]);
  assert.deepEqual(parseAmdProcesses('{"gpu_data": [{"gpu": 3, "process_list": "N/A"}]}')?.get(3), 'unknown');
});

test('what is no answer is undefined', () => {
  for (const text of ['', 'ERROR: no driver', '{"gpu_data": [', '{}', '{"gpu_data": "N/A"}', '12']) {
    assert.equal(parseAmdStatic(text), undefined, text);
    assert.equal(parseAmdMetric(text), undefined, text);
    assert.equal(parseAmdProcesses(text), undefined, text);
  }
  assert.deepEqual(parseAmdStatic('[]'), []);
});

test('values of the AMD tools', () => {
  assert.equal(memoryMbOf({ value: 12, unit: 'MB' }, 'B'), 12);
  assert.equal(memoryMbOf({ value: '12', unit: 'GiB' }, 'B'), 12_288);
  assert.equal(memoryMbOf('12 MB', 'B'), 12);
  assert.equal(memoryMbOf('21458059264', 'B'), 20_464);
  assert.equal(memoryMbOf(1, 'B'), 1, 'a little is not nothing');
  assert.equal(memoryMbOf(0, 'B'), 0);
  for (const value of [
    'N/A',
    null,
    undefined,
    -1,
    1.5,
    '',
    {},
    { value: 'N/A', unit: 'MB' },
    { value: 1, unit: 'W' },
  ]) {
    assert.equal(memoryMbOf(value, 'B'), undefined, JSON.stringify(value));
  }
  assert.equal(percentOf('100'), 100);
  assert.equal(percentOf(101), undefined);
  assert.equal(amdUuid('0xe54792172da5eeb'), 'GPU-0e54792172da5eeb');
  for (const id of ['N/A', '0x0', '', 'xyz', 7]) assert.equal(amdUuid(id), undefined);
});

test('no text and no JSON makes a parser throw', () => {
  const leaf = fc.oneof(
    hostileText(8),
    fc.constantFrom('N/A', null, 0, -1, 1.5, { value: 1, unit: 'MB' }, { value: 'N/A' }),
  );
  const name = fc.constantFrom('process_info', 'pid', 'memory_usage', 'vram_mem', 'size', 'bdf');
  const part = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(name, leaf, { maxKeys: 3 }));
  const card = fc.record({ gpu: leaf, process_list: part, asic: part, usage: part }, { requiredKeys: [] });
  const list = fc.array(card, { maxLength: 3 });
  const text = fc.oneof(
    hostileText(),
    list.map((cards) => JSON.stringify(cards)),
    list.map((cards) => JSON.stringify({ gpu_data: cards })),
  );
  fc.assert(
    fc.property(text, (output) => {
      jsonIn(output);
      parseAmdStatic(output);
      parseAmdMetric(output);
      parseAmdProcesses(output);
    }),
  );
});
