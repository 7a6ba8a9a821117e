import type { Socket, SocketType } from 'node:dgram';
import { createBucket, type Rate } from '../base/bucket.ts';
import { isMgpuError, MgpuError } from '../base/error.ts';
import type { Doorbell } from '../ports/bells.ts';
import { codeOf } from './files/fault.ts';

/*
 * The listening end of a doorbell:
 *
 *   quiet ──datagram──▶ called ──a look begins──▶ quiet
 *
 * A datagram that comes while a look has been called for and has not begun is answered by that look. Looks
 * are called for no more often than the rate; one that is held back comes when its turn is there, so that a
 * flood takes nobody's wake-up away. What floods for real is not even read: the socket is closed for a
 * second.
 */

export interface DoorbellOptions {
  /** Undefined: any that is free. */
  readonly port: number | undefined;
  /** Calls for a look. */
  look(): void;
  readonly rate?: Rate;
  /** More datagrams than this in one second are a flood. */
  readonly floodPerSecond?: number;
}

const lookRate: Rate = { burst: 20, perSecond: 10 };
const floodPerSecondDefault = 2000;
const secondMs = 1000;

/** Opens the socket. Throws `PORT` where that cannot be had. */
export async function openDoorbell(options: DoorbellOptions): Promise<Doorbell> {
  const { look, rate = lookRate, floodPerSecond = floodPerSecondDefault } = options;
  const bucket = createBucket(rate);
  const counts = { rings: 0, looks: 0 };
  const state = { isCalled: false, isClosed: false, windowMs: 0, inWindow: 0 };
  let held: NodeJS.Timeout | undefined;
  let reopening: NodeJS.Timeout | undefined;
  let socket: Socket | undefined = await listenOn(options.port);
  const { port } = socket.address();

  const call = (): void => {
    held = undefined;
    look();
  };
  const heard = (): void => {
    counts.rings += 1;
    const now = performance.now();
    if (now - state.windowMs >= secondMs) Object.assign(state, { windowMs: now, inWindow: 0 });
    state.inWindow += 1;
    if (state.inWindow > floodPerSecond) stopUpEars();
    if (state.isCalled) return;
    state.isCalled = true;
    const waitMs = bucket.takeMs(now);
    if (waitMs === 0) call();
    else held = setTimeout(call, waitMs).unref();
  };
  const stopUpEars = (): void => {
    socket?.close();
    socket = undefined;
    reopening = setTimeout(() => void reopen(), secondMs).unref();
  };
  const reopen = async (): Promise<void> => {
    try {
      const opened = await listenOn(port);
      if (state.isClosed) opened.close();
      else socket = attend(opened);
    } catch (error) {
      // Somebody has the port meanwhile, and may go again.
      if (!isMgpuError(error, 'PORT')) throw error;
      if (!state.isClosed) reopening = setTimeout(() => void reopen(), secondMs).unref();
    }
  };
  const attend = (one: Socket): Socket =>
    one.on('message', heard).on('error', () => {
      // Errors of single datagrams: the next one may come through.
    });
  attend(socket);

  return {
    port,
    answer() {
      const wasCalled = state.isCalled;
      if (wasCalled) counts.looks += 1;
      clearTimeout(held);
      state.isCalled = false;
      return wasCalled;
    },
    counts: () => ({ ...counts }),
    async close() {
      state.isClosed = true;
      clearTimeout(held);
      clearTimeout(reopening);
      socket?.close();
    },
  };
}

/** Both families where the machine has both. */
async function listenOn(port: number | undefined): Promise<Socket> {
  try {
    return await bound('udp6', port);
  } catch (error) {
    if (!isMgpuError(error, 'PORT') || !isWithoutFamily(error.cause)) throw error;
  }
  return bound('udp4', port);
}

function isWithoutFamily(cause: unknown): boolean {
  return ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'].includes(codeOf(cause) ?? '');
}

async function bound(type: SocketType, port = 0): Promise<Socket> {
  const { createSocket } = await import('node:dgram');
  const socket = createSocket(type);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ port, exclusive: true }, resolve);
    });
  } catch (cause) {
    socket.close();
    throw new MgpuError('PORT', `UDP port ${port} cannot be had: ${codeOf(cause) ?? String(cause)}`, {
      hint: 'name another one with --port, or none',
      cause,
    });
  }
  socket.removeAllListeners('error');
  return socket.unref();
}
