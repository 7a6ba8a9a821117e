import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveLink, LiveListener } from '../../../src/ports/live.ts';
import { systemLive } from '../../../src/system/live.ts';

const net = systemLive();
const timeoutMs = 10_000;

async function withListener(
  body: (listener: LiveListener, links: LiveLink[]) => Promise<void>,
): Promise<void> {
  const links: LiveLink[] = [];
  const listener = await net.listen((link) => void links.push(link), 2);
  try {
    await body(listener, links);
  } finally {
    listener.close();
    for (const link of links) link.close();
  }
}

/** All that comes, and whether the end has. */
function heard(link: LiveLink) {
  const got: Buffer[] = [];
  let tell: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    tell = resolve;
  });
  link.listen({ bytes: (chunk) => void got.push(Buffer.from(chunk)), end: tell });
  return { bytes: () => Buffer.concat(got), ended };
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + timeoutMs; !isSo(); ) {
    assert.ok(Date.now() < end, `never: ${what}`);
    await sleep(5);
  }
}

/** A line between two machines that breaks after so many bytes towards the listener. */
async function cutLine(port: number, cutAt: number): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    let passed = 0;
    const cut = (): void => {
      near.destroy();
      far.destroy();
    };
    near.on('data', (chunk) => {
      far.write(chunk.subarray(0, Math.max(0, cutAt - passed)));
      passed += chunk.length;
      if (passed >= cutAt) setImmediate(cut);
    });
    far.on('data', (chunk) => near.write(chunk));
    for (const socket of [near, far]) {
      socket.on('error', cut);
      socket.on('close', cut);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a connection by a key', () => {
  it('carries bytes both ways, whatever is tried beside it', () =>
    withListener(async (listener, links) => {
      const addresses = ['192.0.2.1', '127.0.0.1'];
      const link = (await net.connect({ ...listener, addresses }, timeoutMs)) ?? assert.fail();
      await until(() => links.length > 0, 'accepted');
      const far = links[0] ?? assert.fail();
      const [near, there] = [heard(link), heard(far)];
      const big = Buffer.alloc(3_000_000, 'mgpu ');
      link.send([big.subarray(0, 10), big.subarray(10)]);
      far.send([Buffer.from('back')]);
      await until(() => there.bytes().length === big.length && near.bytes().length === 4, 'all is there');
      assert.ok(there.bytes().equals(big));
      assert.equal(near.bytes().toString(), 'back');
      link.close();
      await there.ended;
    }));

  it('is not made with another key, nor with a listener that has gone', () =>
    withListener(async (listener, links) => {
      const key = '00'.repeat(32);
      const where = { ...listener, addresses: ['127.0.0.1'] };
      assert.equal(await net.connect({ ...where, key }, timeoutMs), undefined);
      assert.equal(links.length, 0);
      listener.close();
      await sleep(20);
      assert.equal(await net.connect(where, timeoutMs), undefined);
      assert.equal(await net.connect({ ...where, addresses: [] }, timeoutMs), undefined);
    }));

  it('is given up when nobody answers in time', async () => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const offer = { addresses: ['127.0.0.1'], port: portOf(silent), key: '11'.repeat(32) };
    const start = Date.now();
    assert.equal(await net.connect(offer, 100), undefined);
    assert.ok(Date.now() - start < 5000);
    silent.close();
  });

  it('is for those who know the key: strangers hear nothing, and do not keep the others out', () =>
    withListener(async (listener, links) => {
      const strangers = Array.from({ length: 8 }, () => new Socket());
      for (const socket of strangers) {
        socket.on('error', () => {});
        socket.connect(listener.port, '127.0.0.1');
        socket.write('GET / HTTP/1.0\r\n\r\n');
      }
      assert.ok(await net.connect({ ...listener, addresses: ['127.0.0.1'] }, timeoutMs));
      await until(() => links.length === 1, 'accepted');
      await until(() => strangers.every((socket) => socket.destroyed), 'the strangers are gone');
    }));

  it('ends at both ends when it is cut, wherever', async () => {
    const sent = Buffer.from('0123456789'.repeat(5));
    let cutInDuring = 0;
    for (let cutAt = 1; cutAt < 700; cutAt += 37) {
      await withListener(async (listener, links) => {
        const line = await cutLine(listener.port, cutAt);
        const link = await net.connect(
          { ...listener, addresses: ['127.0.0.1'], port: portOf(line) },
          timeoutMs,
        );
        if (link !== undefined) {
          cutInDuring += 1;
          const near = heard(link);
          await until(() => links.length > 0, 'accepted').catch(() => {});
          const there = links[0] && heard(links[0]);
          for (let count = 0; count < 20; count += 1) link.send([sent]);
          await near.ended;
          await there?.ended;
          const got = there?.bytes().toString() ?? '';
          assert.equal(got, sent.toString().repeat(20).slice(0, got.length));
          assert.ok(got.length < 20 * sent.length);
        }
        line.close();
      });
    }
    assert.ok(cutInDuring > 3, `${cutInDuring} were made before they were cut`);
  });
});
