import { randomBytes } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls';
import type { LiveHandlers, LiveLink, LiveListener, LiveNet } from '../ports/live.ts';
import { listAddresses } from './addresses.ts';
import { codeOf } from './files/fault.ts';

/*
 * Connections by TLS with a pre-shared key: whoever does not know it gets no further than the handshake, on
 * either side, and no certificate is needed. Node and OpenSSL have such ciphers up to TLS 1.2. The first one
 * agrees on fresh keys too, so that what was recorded stays closed to whoever finds the pre-shared one later;
 * the second one is for libraries that are held to AES.
 */
const ciphers = 'ECDHE-PSK-CHACHA20-POLY1305:PSK-AES256-GCM-SHA384';
const tls = { ciphers, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
const identity = 'mgpu';
const keyBytes = 32;
/** How long a connection may take to show that it knows the key, in ms. */
const handshakeMsMax = 5000;
/** How many may be at that beside those that are expected. */
const strangersMax = 32;
/** A peer whose machine has gone is noticed after so long without anything else to send, in ms. */
const keepAliveMs = 10_000;

/** The network of this machine. */
export function systemLive(): LiveNet {
  return { listen, connect };
}

async function listen(accept: (link: LiveLink) => void, linksMax: number): Promise<LiveListener> {
  const key = randomBytes(keyBytes);
  const server = createServer({
    ...tls,
    honorCipherOrder: true,
    handshakeTimeout: handshakeMsMax,
    pskCallback: (_, name) => (name === identity ? key : null),
  });
  server.maxConnections = linksMax + strangersMax;
  server.on('secureConnection', (socket) => accept(linkOf(socket)));
  // Strangers, and those of ours whose other address was quicker.
  server.on('tlsClientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '::', ipv6Only: false }, resolve);
  }).catch((error: unknown) => {
    // A machine without IPv6.
    if (codeOf(error) === undefined) throw error;
    return new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: 0, host: '0.0.0.0' }, resolve);
    });
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const addresses = [...listAddresses(networkInterfaces()), loopback];
  return { addresses, port, key: key.toString('hex'), close: () => void server.close() };
}

/** Another machine finds nobody there who knows the key. */
const loopback = '127.0.0.1';

/** Tries all addresses at once; the first that answers as it should is taken. */
function connect(
  { addresses, port, key }: Parameters<LiveNet['connect']>[0],
  timeoutMs: number,
): Promise<LiveLink | undefined> {
  const psk = Buffer.from(key, 'hex');
  return new Promise((resolve) => {
    const open = new Set<TLSSocket>();
    const settle = (winner?: TLSSocket): void => {
      clearTimeout(timer);
      for (const socket of open) if (socket !== winner) socket.destroy();
      open.clear();
      resolve(winner && linkOf(winner));
    };
    const timer = setTimeout(settle, timeoutMs);
    for (const host of addresses) {
      const socket = connectTls({
        ...tls,
        host,
        port,
        pskCallback: () => ({ psk, identity }),
        // The key says who it is; there is no certificate to look at.
        checkServerIdentity: () => undefined,
      });
      open.add(socket);
      socket.once('secureConnect', () => {
        if (!open.has(socket)) return;
        settle(socket);
        watchLine(socket, { host, port });
      });
      socket.on('error', () => socket.destroy());
      socket.once('close', () => {
        if (open.delete(socket) && open.size === 0) settle();
      });
    }
    if (addresses.length === 0) settle();
  });
}

/**
 * A line that is cut with bytes on their way would be believed in for a quarter of an hour, and a peer that
 * is stopped says nothing either. So whoever connected tries, where nothing comes, whether the peer's machine
 * still answers: its kernel does, whatever its process does. Each try is twice as far from the last one, for
 * a process that is stopped does not take them away.
 */
function watchLine(socket: TLSSocket, peer: { readonly host: string; readonly port: number }): void {
  let pauseMs = silenceMs;
  let failures = 0;
  let heard = socket.bytesRead;
  const look = async (): Promise<void> => {
    if (socket.destroyed) return;
    if (socket.bytesRead !== heard) pauseMs = silenceMs;
    const isSilent = socket.bytesRead === heard;
    heard = socket.bytesRead;
    if (isSilent) {
      const isThere = await answers(peer);
      failures = isThere ? 0 : failures + 1;
      pauseMs = isThere ? Math.min(silenceMsMax, 2 * pauseMs) : silenceMs;
    }
    if (failures >= failuresMax) socket.destroy();
    else setTimeout(() => void look(), pauseMs).unref();
  };
  setTimeout(() => void look(), pauseMs).unref();
}

const silenceMs = 5000;
const silenceMsMax = 300_000;
const answerMsMax = 5000;
const failuresMax = 2;

function answers(peer: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connectTcp({ ...peer, timeout: answerMsMax });
    const end = (isThere: boolean) => (): void => {
      probe.destroy();
      resolve(isThere);
    };
    probe.once('connect', end(true));
    for (const event of ['error', 'timeout'] as const) probe.once(event, end(false));
  });
}

function linkOf(socket: TLSSocket): LiveLink {
  let handlers: LiveHandlers | undefined;
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded || handlers === undefined) return;
    hasEnded = true;
    socket.destroy();
    handlers.end();
  };
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  for (const event of ['error', 'end', 'close'] as const) socket.on(event, end);
  return {
    send(pieces) {
      if (hasEnded || !socket.writable) return;
      socket.cork();
      for (const piece of pieces) socket.write(piece);
      socket.uncork();
    },
    listen(given) {
      handlers = given;
      socket.on('data', (chunk) => hasEnded || given.bytes(chunk));
      // It may have been over before anybody listened.
      if (socket.destroyed) end();
    },
    close() {
      hasEnded = true;
      socket.end();
      // A peer that does not answer keeps nothing of it.
      setTimeout(() => socket.destroy(), closeMsMax).unref();
    },
  };
}

const closeMsMax = 2000;
