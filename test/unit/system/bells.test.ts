import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { systemBells } from '../../../src/system/bells.ts';

async function listening(type: 'udp4' | 'udp6', address: string): Promise<Socket> {
  const socket = createSocket(type);
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
}

test('one datagram for each', async () => {
  const [one, two] = [await listening('udp4', '127.0.0.1'), await listening('udp4', '127.0.0.1')];
  const heard = [once(one, 'message'), once(two, 'message')];
  const bells = systemBells();
  await bells.ring([one, two].map((socket) => ({ address: '127.0.0.1', port: socket.address().port })));
  for (const [message] of await Promise.all(heard)) assert.equal(String(message), 'mgpu: look now\n');
  one.close();
  two.close();
});

test('who cannot be reached is no error and takes no time', async () => {
  const bells = systemBells();
  const before = performance.now();
  // No such networks, nobody there, and what no schema lets through.
  const addresses = [
    '203.0.113.1',
    '255.255.255.255',
    '2001:db8::1',
    '127.0.0.1',
    'no.such.name',
    '999.1.1.1',
  ];
  for (const address of addresses) await bells.ring([{ address, port: 9 }]);
  await bells.ring([]);
  await bells.ring([{ address: '127.0.0.1', port: 0 }]);
  assert.ok(performance.now() - before < 5000);
});
