import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { killProcess } from '../e2e/tools/proc.ts';
import { until } from '../e2e/tools/wait.ts';
import type { Shared } from './shared.ts';

/*
 * GlusterFS without its management daemon: one brick on a small file system in memory, and a FUSE mount for
 * each machine whose client process lives in a network namespace of its own, so that a line can be cut.
 */

const run = promisify(execFile);

const brickMegabytes = 256;
/** After so many seconds without an answer a client gives the server up, and calls fail. */
const pingTimeoutSeconds = 3;
const port = 24_990;
const bridgeAddress = '02:6d:67:70:75:01';

/** Names that are this process's own: two runs on one machine do not meet. */
interface Names {
  readonly bridge: string;
  readonly network: string;
  readonly server: string;
}

function namesOf(): Names {
  const own = process.pid % 10_000;
  const network = `10.213.${own % 250}`;
  return { bridge: `mgc${own}`, network, server: `${network}.1` };
}

const fillName = 'filler';

/** Why GlusterFS cannot be had here; undefined when it can. */
export function whyNoGluster(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may mount it';
  for (const program of ['glusterfsd', 'glusterfs', 'ip', 'nsenter', 'mount', 'umount']) {
    try {
      execFileSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' });
    } catch {
      return `there is no ${program}`;
    }
  }
  try {
    execFileSync(
      'sh',
      ['-c', ': <>/dev/fuse && ip netns add "$0" && ip netns del "$0"', `mgc-${process.pid}`],
      {
        stdio: 'pipe',
      },
    );
  } catch (error) {
    return `FUSE or network namespaces are missing: ${String(error).split('\n')[1] ?? ''}`;
  }
  return undefined;
}

export async function glusterMounts(folder: string, machines: readonly string[]): Promise<Shared> {
  const names = namesOf();
  const disk = join(folder, 'disk');
  const brick = join(disk, 'brick');
  const clients = new Map(
    machines.map((machine, index) => [machine, clientOf(folder, names, machine, index)]),
  );
  const of = (machine: string): Client => clients.get(machine) as Client;
  const server = serverOf(folder, names, brick);
  const shared: Shared = {
    kind: 'GlusterFS',
    can: new Set(['cut', 'remount', 'server', 'full']),
    pathOf: (machine) => of(machine).path,
    inside: (machine) => of(machine).inside,
    cut: (machine) => ip('link', 'set', of(machine).line, 'down'),
    heal: (machine) => ip('link', 'set', of(machine).line, 'up'),
    unmount: (machine) => of(machine).unmount(),
    mount: (machine) => of(machine).mount(),
    stopServer: server.stop,
    startServer: server.start,
    async fill() {
      // Ends with an error: that is when it is full.
      await run('dd', ['if=/dev/zero', `of=${join(disk, fillName)}`, 'bs=64k']).catch(() => {});
    },
    async empty() {
      rmSync(join(disk, fillName), { force: true });
    },
    async close() {
      for (const client of clients.values()) await client.close();
      await server.stop();
      await run('umount', ['-l', disk]).catch(() => {});
      await run('ip', ['link', 'del', names.bridge]).catch(() => {});
    },
  };
  try {
    mkdirSync(disk);
    await run('mount', ['-t', 'tmpfs', '-o', `size=${brickMegabytes}m`, 'mgpu-chaos', disk]);
    mkdirSync(brick);
    // Without an address of its own it takes the lowest of its lines', another one as they come: then what
    // the clients send to the one before is lost, and they give the server up.
    await ip('link', 'add', names.bridge, 'address', bridgeAddress, 'type', 'bridge');
    await ip('addr', 'add', `${names.server}/24`, 'dev', names.bridge);
    await ip('link', 'set', names.bridge, 'up');
    await server.start();
    for (const client of clients.values()) await client.open();
    return shared;
  } catch (error) {
    await shared.close();
    throw error;
  }
}

async function ip(...words: readonly string[]): Promise<void> {
  await run('ip', [...words]);
}

function serverOf(folder: string, { network, server }: Names, brick: string) {
  const volume = join(folder, 'server.vol');
  const pidFile = join(folder, 'server.pid');
  writeFileSync(
    volume,
    [
      ...layer('posix', 'storage/posix', [`directory ${brick}`]),
      ...layer('locks', 'features/locks', [], 'posix'),
      ...layer('threads', 'performance/io-threads', ['thread-count 8'], 'locks'),
      ...layer(
        'server',
        'protocol/server',
        [
          'transport-type tcp',
          `transport.socket.bind-address ${server}`,
          `transport.socket.listen-port ${port}`,
          `auth.addr.threads.allow ${network}.*`,
        ],
        'threads',
      ),
    ].join('\n'),
  );
  return {
    async start() {
      await run('glusterfsd', ['-f', volume, '-l', join(folder, 'server.log'), '-p', pidFile]);
      await until(() => pidIn(pidFile) !== undefined, { what: 'the file server starts' });
    },
    /** By kill -9: it does not tell its clients. */
    async stop() {
      const pid = pidIn(pidFile);
      if (pid !== undefined) killProcess(pid);
      rmSync(pidFile, { force: true });
    },
  };
}

interface Client {
  readonly path: string;
  /** This end of its network line. */
  readonly line: string;
  readonly inside: readonly string[];
  open(): Promise<void>;
  mount(): Promise<void>;
  unmount(): Promise<void>;
  close(): Promise<void>;
}

function clientOf(folder: string, names: Names, machine: string, index: number): Client {
  const { bridge, network, server } = names;
  const path = join(folder, 'mounts', machine);
  const space = `${bridge}-${index}`;
  const [line, far] = [`${bridge}h${index}`, `${bridge}n${index}`];
  const volume = join(folder, `${machine}.vol`);
  const words = ['-f', volume, '-l', join(folder, `${machine}.mount.log`), path];
  const isMounted = (): boolean => readFileSync('/proc/self/mounts', 'utf8').includes(` ${path} `);
  const inside = ['nsenter', `--net=/run/netns/${space}`];
  const client: Client = {
    path,
    line,
    inside,
    async open() {
      mkdirSync(path, { recursive: true });
      const options = [
        'transport-type tcp',
        `remote-host ${server}`,
        `remote-port ${port}`,
        'remote-subvolume threads',
        `ping-timeout ${pingTimeoutSeconds}`,
      ];
      writeFileSync(volume, layer('client', 'protocol/client', options).join('\n'));
      await ip('netns', 'add', space);
      await ip('link', 'add', line, 'type', 'veth', 'peer', 'name', far, 'netns', space);
      await ip('link', 'set', line, 'master', bridge, 'up');
      await ip('-n', space, 'addr', 'add', `${network}.${index + 2}/24`, 'dev', far);
      await ip('-n', space, 'link', 'set', far, 'up');
      await client.mount();
    },
    async mount() {
      // Only the network is another: what is mounted is there for all.
      await run('nsenter', [...inside.slice(1), 'glusterfs', ...words]);
      await until(isMounted, { what: `${path} is mounted` });
    },
    async unmount() {
      await run('umount', ['-l', path]);
    },
    async close() {
      // What hangs in it lets go when its client is dead.
      await run('umount', ['-l', path]).catch(() => {});
      await run('sh', ['-c', 'ip netns pids "$0" | xargs -r kill -9', space]).catch(() => {});
      await run('ip', ['netns', 'del', space]).catch(() => {});
      await run('ip', ['link', 'del', line]).catch(() => {});
    },
  };
  return client;
}

function layer(name: string, type: string, options: readonly string[], below?: string): readonly string[] {
  const lines = [`volume ${name}`, `  type ${type}`, ...options.map((option) => `  option ${option}`)];
  return [...lines, ...(below === undefined ? [] : [`  subvolumes ${below}`]), 'end-volume', ''];
}

function pidIn(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined;
  } catch {
    // Not written yet, or removed.
    return undefined;
  }
}
