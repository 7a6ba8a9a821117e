import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countControllers } from '../../../../src/system/gpus/display-controllers.ts';
import { hostileText } from './hostile.ts';

const amd = 'Advanced Micro Devices, Inc. [AMD/ATI]';

test('cards for computing count', () => {
  const { gpus, ignored } = countControllers([
    { vendor: 'NVIDIA Corporation', model: 'GA100 [A100 SXM4 80GB]', busAddress: '5d:00.0' },
    { vendor: 'Intel Corporation', model: 'DG2 [Arc A770]', busAddress: '03:00.0' },
    { vendor: 'Intel Corporation', model: 'Ponte Vecchio XT', busAddress: '0001:4d:00.0' },
    { vendor: amd, model: 'Arcturus GL-XL [Instinct MI100]', busAddress: 'c3:00.0' },
    { vendor: amd, model: 'Navi 31 [Radeon RX 7900 XT/7900 XTX]', busAddress: 'c4:00.0' },
  ]);
  assert.deepEqual(ignored, []);
  assert.deepEqual(
    gpus.map(({ index, vendor, type, busId }) => [index, vendor, type, busId]),
    [
      [0, 'nvidia', 'a100', '0000:5d:00.0'],
      [1, 'intel', 'arca770', '0000:03:00.0'],
      [2, 'intel', '', '0001:4d:00.0'],
      [3, 'amd', 'mi100', '0000:c3:00.0'],
      [4, 'amd', '', '0000:c4:00.0'],
    ],
  );
});

test('consoles, virtual and integrated devices do not', () => {
  const controllers = [
    { vendor: '', model: 'ASPEED Technology, Inc. ASPEED Graphics Family' },
    { vendor: 'ASPEED Technology, Inc.', model: 'ASPEED Graphics Family' },
    { vendor: 'Matrox Electronics Systems Ltd.', model: 'Integrated Matrox G200eW3 Graphics Controller' },
    { vendor: 'Red Hat, Inc.', model: 'Virtio 1.0 GPU' },
    { vendor: '', model: 'VMware SVGA II Adapter' },
    { vendor: '', model: 'Cirrus Logic GD 5446' },
    { vendor: '', model: 'QEMU Virtual Video Controller' },
    { vendor: 'Intel Corporation', model: 'AlderLake-S GT1' },
    { vendor: 'Intel Corporation', model: 'Meteor Lake-P [Intel Arc Graphics]' },
    { vendor: 'Intel Corporation', model: 'Lunar Lake [Intel Arc Graphics 130V / 140V]' },
    { vendor: amd, model: 'Raphael' },
    { vendor: amd, model: 'Cezanne [Radeon Vega Series / Radeon Vega Mobile Series]' },
    { vendor: amd, model: 'Strix Halo [Radeon Graphics / Radeon 8050S Graphics]' },
    { vendor: amd, model: 'ES1000' },
    { vendor: 'NVIDIA Corporation', model: 'C61 [GeForce 6150SE nForce 430]' },
    { vendor: 'Apple', model: 'Apple M2', busAddress: null },
    { vendor: null, model: null },
    {},
  ];
  const { gpus, ignored } = countControllers(controllers);
  assert.deepEqual(gpus, []);
  assert.equal(ignored.length, controllers.length);
  assert.equal(ignored.at(-1), 'a controller without a name is not a GPU for computing');
});

test('one place on the bus counts once', () => {
  const card = { vendor: 'NVIDIA Corporation', model: 'GA100 [A100 SXM4 80GB]', busAddress: '5d:00.0' };
  assert.equal(countControllers([card, { ...card, busAddress: '0000:5D:00.0' }]).gpus.length, 1);
});

test('every controller is a GPU or ignored, whatever it is called', () => {
  const text = fc.option(hostileText());
  const controller = fc.record({ vendor: text, model: text, busAddress: fc.constant(null) });
  fc.assert(
    fc.property(fc.array(controller), (controllers) => {
      const { gpus, ignored } = countControllers(controllers);
      assert.equal(gpus.length + ignored.length, controllers.length);
    }),
  );
});
