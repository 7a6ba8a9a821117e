import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { isMgpuError } from '../../../src/base/error.ts';
import type { Doorbell } from '../../../src/ports/bells.ts';
import { systemBells } from '../../../src/system/bells.ts';
import { type DoorbellOptions, openDoorbell } from '../../../src/system/doorbell.ts';

interface Hung {
  readonly doorbell: Doorbell;
  readonly looks: () => number;
  ring(times?: number): Promise<void>;
}

async function hung(given: Partial<DoorbellOptions>, body: (hung: Hung) => Promise<void>): Promise<void> {
  let looks = 0;
  const look = (): void => {
    looks += 1;
  };
  const doorbell = await openDoorbell({ port: undefined, look, ...given });
  const bells = systemBells();
  const ring = async (times = 1): Promise<void> => {
    for (let count = 0; count < times; count += 1) {
      await bells.ring([{ address: '127.0.0.1', port: doorbell.port }]);
    }
  };
  try {
    await body({ doorbell, looks: () => looks, ring });
  } finally {
    await doorbell.close();
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < end, 'waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a ring calls for a look, and one that comes before the look begins is answered by it', async () => {
  await hung({}, async ({ doorbell, looks, ring }) => {
    assert.equal(doorbell.answer(), false);
    await ring(3);
    await until(() => doorbell.counts().rings === 3);
    assert.equal(looks(), 1);
    assert.equal(doorbell.answer(), true);
    assert.equal(doorbell.answer(), false);
    await ring();
    await until(() => looks() === 2);
    assert.deepEqual(doorbell.counts(), { rings: 4, looks: 1 });
  });
});

test('what a datagram says counts for nothing', async () => {
  await hung({}, async ({ doorbell, looks }) => {
    const socket = createSocket('udp4');
    const contents = ['', 'exit', '{"name":"cancel","targets":[{"job":1}]}', '\0'.repeat(1400), '../../x'];
    for (const content of contents) {
      await new Promise<void>((resolve) => {
        socket.send(content, doorbell.port, '127.0.0.1', () => resolve());
      });
    }
    socket.close();
    await until(() => doorbell.counts().rings === contents.length);
    assert.equal(looks(), 1);
  });
});

test('many rings make few looks, and the last of them is not lost', async () => {
  await hung({ rate: { burst: 2, perSecond: 5 } }, async ({ doorbell, looks, ring }) => {
    const began = performance.now();
    let answered = 0;
    while (performance.now() - began < 500) {
      await ring();
      if (looks() > answered) {
        answered = looks();
        doorbell.answer();
      }
    }
    const seconds = (performance.now() - began) / 1000;
    assert.ok(looks() <= 2 + seconds * 5 + 1, `${looks()} looks in ${seconds} s`);
    doorbell.answer();
    const before = looks();
    await ring();
    await until(() => looks() > before);
  });
});

test('a flood is not even read for a while, and afterwards it rings again', async () => {
  await hung({ floodPerSecond: 50 }, async ({ doorbell, looks, ring }) => {
    await ring(200);
    await until(() => doorbell.counts().rings > 50);
    const { rings } = doorbell.counts();
    // Sent to a port that nobody listens on.
    await ring(10);
    assert.ok(doorbell.counts().rings <= rings + 10);
    doorbell.answer();
    const before = looks();
    await until(() => {
      void ring();
      return looks() > before;
    });
  });
});

test('a port that somebody has is named', async () => {
  await hung({}, async ({ doorbell }) => {
    await assert.rejects(openDoorbell({ port: doorbell.port, look() {} }), (error) => {
      assert.ok(isMgpuError(error, 'PORT'));
      assert.match(error.message, new RegExp(`^UDP port ${doorbell.port} cannot be had: EADDRINUSE$`));
      return true;
    });
  });
});

test('one that is closed hears nothing more', async () => {
  let looks = 0;
  const doorbell = await openDoorbell({
    port: undefined,
    look() {
      looks += 1;
    },
  });
  await doorbell.close();
  await systemBells().ring([{ address: '127.0.0.1', port: doorbell.port }]);
  assert.equal(looks, 0);
});
