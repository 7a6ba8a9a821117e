import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isMgpuError } from '../../../src/base/error.ts';
import { declaredGpus, gpuType, normalBusId } from '../../../src/model/gpu.ts';

const types: readonly (readonly [string, string])[] = [
  ['NVIDIA A100-SXM4-80GB', 'a100'],
  ['NVIDIA A100-PCIE-40GB', 'a100'],
  ['NVIDIA A100 80GB PCIe', 'a100'],
  ['A100-SXM4-40GB', 'a100'],
  ['NVIDIA A100-SXM4-40GB MIG 1g.5gb', 'a100'],
  ['NVIDIA A800-SXM4-80GB', 'a800'],
  ['NVIDIA H100 PCIe', 'h100'],
  ['NVIDIA H100 80GB HBM3', 'h100'],
  ['NVIDIA H100 NVL', 'h100'],
  ['NVIDIA H200', 'h200'],
  ['NVIDIA H20', 'h20'],
  ['NVIDIA GH200 480GB', 'gh200'],
  ['NVIDIA B200', 'b200'],
  ['NVIDIA GB10', 'gb10'],
  ['Tesla V100-SXM2-16GB', 'v100'],
  ['Tesla V100S-PCIE-32GB', 'v100s'],
  ['Tesla P100-PCIE-16GB', 'p100'],
  ['Tesla K80', 'k80'],
  ['Tesla T4', 't4'],
  ['NVIDIA A10G', 'a10g'],
  ['NVIDIA A2', 'a2'],
  ['NVIDIA L4', 'l4'],
  ['NVIDIA L40S', 'l40s'],
  ['NVIDIA RTX A6000', 'a6000'],
  ['NVIDIA RTX 6000 Ada Generation', 'rtx6000ada'],
  ['NVIDIA RTX 4000 SFF Ada Generation', 'rtx4000sffada'],
  ['NVIDIA RTX PRO 6000 Blackwell Server Edition', 'rtxpro6000'],
  ['Quadro RTX 8000', 'rtx8000'],
  ['Quadro P5000', 'p5000'],
  ['Quadro GV100', 'gv100'],
  ['NVIDIA T1000 8GB', 't1000'],
  ['NVIDIA GeForce RTX 4090', 'rtx4090'],
  ['NVIDIA GeForce RTX 4090 D', 'rtx4090d'],
  ['NVIDIA GeForce RTX 4090 Laptop GPU', 'rtx4090'],
  ['NVIDIA GeForce RTX 4070 Ti SUPER', 'rtx4070tisuper'],
  ['NVIDIA GeForce RTX 3080 Ti', 'rtx3080ti'],
  ['GeForce RTX 2080 Ti', 'rtx2080ti'],
  ['NVIDIA GeForce RTX 2080 SUPER', 'rtx2080super'],
  ['NVIDIA GeForce RTX 3050 6GB Laptop GPU', 'rtx3050'],
  ['NVIDIA GeForce GTX 1080 Ti', 'gtx1080ti'],
  ['NVIDIA GeForce GT 710', 'gt710'],
  ['NVIDIA TITAN X (Pascal)', 'titanx'],
  ['NVIDIA TITAN Xp', 'titanxp'],
  ['NVIDIA TITAN RTX', 'titanrtx'],
  ['NVIDIA TITAN V', 'titanv'],
  ['GeForce GTX TITAN X', 'titanx'],
  ['NVIDIA CMP 170HX', 'cmp170hx'],
  ['NVIDIA Graphics Device', ''],
  ['GRID A100D-40C', 'a100d'],
  ['NVIDIA Corporation GA100 [A100 SXM4 80GB]', 'a100'],
  ['AD102 [GeForce RTX 4090]', 'rtx4090'],
  ['GA102GL [RTX A6000]', 'a6000'],
  ['TU102GL [Quadro RTX 6000/8000]', ''],
  ['Instinct MI250X', 'mi250x'],
  ['AMD Instinct MI300X OAM', 'mi300x'],
  ['AMD Instinct MI210', 'mi210'],
  ['Arcturus GL-XL [AMD Instinct MI100]', 'mi100'],
  ['AMD INSTINCT MI200 (MCM) OAM LC MBA HPE C2', 'mi200'],
  ['Advanced Micro Devices, Inc. [AMD/ATI] Aldebaran/MI200 [Instinct MI250X/MI250]', ''],
  ['Radeon RX 7900 XTX', 'rx7900xtx'],
  ['AMD Radeon RX 7900 XT', 'rx7900xt'],
  ['Navi 21 [Radeon RX 6800/6800 XT / 6900 XT]', ''],
  ['Radeon RX Vega 64', 'rxvega64'],
  ['AMD Radeon VII', 'radeonvii'],
  ['AMD Radeon PRO W7900', 'w7900'],
  ['AMD Radeon AI PRO R9700', 'r9700'],
  ['AMD Radeon Graphics', ''],
  ['DG2 [Arc A770]', 'arca770'],
  ['Intel(R) Arc(TM) Pro B60 Graphics', 'arcprob60'],
  ['Intel(R) Data Center GPU Max 1550', 'max1550'],
  ['Intel Data Center GPU Flex 170', 'flex170'],
  ['unknown', ''],
  ['', ''],
];

test('the type of gres that a model stands for', () => {
  for (const [model, type] of types) assert.equal(gpuType(model), type, model);
});

test('a type is always fit for a gres, whatever the model', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (model) => {
      assert.match(gpuType(model), /^[a-z0-9]{0,40}$/);
    }),
  );
});

test('one device has one address, however it is written', () => {
  for (const text of ['00000000:5D:00.0', '0000:5d:00', '0000:5D:00.0', '5d:00.0', ' 0:5d:0.0 ']) {
    assert.equal(normalBusId(text), '0000:5d:00.0', text);
  }
  assert.equal(normalBusId('00010000:05:1F.3'), '10000:05:1f.3');
  for (const text of ['', 'N/A', '[N/A]', '5d', '0000:5d:00.8', '0000:5d:00.0;', 'x0000:5d:00.0']) {
    assert.equal(normalBusId(text), undefined, text);
  }
});

test('normalising twice is normalising once', () => {
  const hex = (digits: number) => fc.nat(16 ** digits - 1).map((value) => value.toString(16));
  fc.assert(
    fc.property(hex(8), hex(2), hex(2), fc.nat(7), (domain, bus, device, part) => {
      const once = normalBusId(`${domain}:${bus}:${device}.${part}`);
      assert.notEqual(once, undefined);
      assert.equal(normalBusId((once ?? '').toUpperCase()), once);
    }),
  );
});

test('declared GPUs are numbered in the order given', () => {
  assert.deepEqual(declaredGpus('2'), [
    { index: 0, model: 'declared', type: '', vendor: 'declared' },
    { index: 1, model: 'declared', type: '', vendor: 'declared' },
  ]);
  assert.deepEqual(
    declaredGpus('A100:2,v100:1').map(({ index, model, type }) => [index, model, type]),
    [
      [0, 'a100', 'a100'],
      [1, 'a100', 'a100'],
      [2, 'v100', 'v100'],
    ],
  );
  assert.deepEqual(declaredGpus('0'), []);
});

test('a declaration that does not parse or is beyond all bounds is refused', () => {
  for (const spec of ['a100:x', '-1', '257', 'a100:200,v100:100', '99999999999999', '1.5']) {
    assert.throws(
      () => declaredGpus(spec),
      (error) => isMgpuError(error, 'GPUS_DECLARED'),
      spec,
    );
  }
});
