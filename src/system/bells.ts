import type { Socket } from 'node:dgram';
import type { Bell } from '../model/bell.ts';
import type { Bells } from '../ports/bells.ts';

/** For whoever watches the wire. Nobody reads it. */
const text = 'mgpu: look now\n';
/** At most so many at a time: a commit may concern very many nodes, and the others look by themselves. */
const ringsMax = 256;
/** The system takes a datagram at once, or its queue is full. */
const patienceMs = 50;

/** Sends from sockets that are made when first needed, and keep no process alive. */
export function systemBells(): Bells {
  const sockets = new Map<string, Promise<Socket>>();
  const socketFor = (type: 'udp4' | 'udp6'): Promise<Socket> => {
    const known = sockets.get(type) ?? openSender(type, () => sockets.delete(type));
    sockets.set(type, known);
    return known;
  };
  const ringOne = async ({ address, port }: Bell): Promise<void> => {
    const socket = await socketFor(address.includes(':') ? 'udp6' : 'udp4');
    // Whether the datagram could be sent is nobody's concern.
    await new Promise<void>((resolve) => socket.send(text, port, address, () => resolve()));
  };
  return {
    async ring(bells) {
      if (bells.length === 0) return;
      const all = Promise.allSettled(bells.slice(0, ringsMax).map(ringOne));
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patienceMs);
      });
      await Promise.race([all, late]);
      clearTimeout(timer);
    },
  };
}

async function openSender(type: 'udp4' | 'udp6', drop: () => void): Promise<Socket> {
  const { createSocket } = await import('node:dgram');
  const family = type === 'udp4' ? 4 : 6;
  const socket = createSocket({
    type,
    // All that is rung is a number already; a resolver must not be asked.
    lookup: (host, _options, done) => done(null, host, family),
  });
  socket.on('error', () => {
    // No such network here, or none any more: the next ring tries anew.
    drop();
    socket.close();
  });
  return socket.unref();
}
