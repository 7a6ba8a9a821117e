import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { listAddresses } from './addresses.ts';
import { createToolRunner } from './tool.ts';

/** What a node is, apart from its GPUs. */
export interface MachineInventory {
  readonly hostName: string;
  /** Only if this machine knows it without asking a name server. */
  readonly fqdn?: string;
  /**
   * IPv4 first, and those of bridges for containers last: the first one is the best guess of how others reach
   * it.
   */
  readonly addresses: readonly string[];
  /** Changes at each boot and at nothing else; empty if the system has no such thing. */
  readonly bootId: string;
  /**
   * Logical CPUs that jobs may use: those of the machine, less where a CPU set or a quota binds this process.
   */
  readonly cpus: number;
  /** The three numbers below are the machine's, so that their product may exceed `cpus`. */
  readonly sockets: number;
  readonly coresPerSocket: number;
  readonly threadsPerCore: number;
  /** In MiB: the machine's, less where a control group binds this process. */
  readonly memoryMb: number;
  /** As `uname -m` says it: `x86_64`, `aarch64`. */
  readonly architecture: string;
  /** `Linux`, `Darwin`. */
  readonly osName: string;
  readonly osRelease: string;
  readonly osVersion: string;
}

/** Where the inventory is read from. */
export interface MachineSources {
  /** A file's text, or undefined if it cannot be read. */
  readText(path: string): Promise<string | undefined>;
  /** The machine's CPUs; undefined if nobody can tell. */
  topology(): Promise<CpuTopology | undefined>;
  /** The machine's memory in bytes; undefined if nobody can tell. */
  memoryBytes(): Promise<number | undefined>;
  /** The output of `sysctl -n NAME`; undefined if there is none. */
  sysctl(name: string): Promise<string | undefined>;
  readonly os: Pick<
    typeof os,
    | 'availableParallelism'
    | 'cpus'
    | 'hostname'
    | 'machine'
    | 'networkInterfaces'
    | 'release'
    | 'totalmem'
    | 'type'
    | 'version'
  >;
}

interface CpuTopology {
  readonly sockets: number;
  /** Cores of all sockets. */
  readonly cores: number;
  /** Logical CPUs of all cores. */
  readonly threads: number;
}

/** How long lscpu and its like may take, in ms: they read a few files of the kernel. */
const callTimeoutMs = 10_000;
const mebibyte = 2 ** 20;

/** Reads what this node is. Never fails: what cannot be learned is replaced by what Node knows. */
export async function readMachine(sources: MachineSources = machineSources()): Promise<MachineInventory> {
  const [groups = '', hosts = '', topology, memoryBytes, bootId] = await Promise.all([
    sources.readText('/proc/self/cgroup'),
    sources.readText('/etc/hosts'),
    sources.topology(),
    sources.memoryBytes(),
    readBootId(sources),
  ]);
  const { memoryBytesMax, cpusMax } = await readLimits(groups, (path) => sources.readText(path));
  const threads = Math.max(1, topology?.threads || 0, sources.os.cpus().length);
  const hostName = sources.os.hostname();
  const fqdn = fullName(hostName, hosts);
  return {
    hostName,
    ...(fqdn !== undefined && { fqdn }),
    addresses: listAddresses(sources.os.networkInterfaces()),
    bootId,
    cpus: Math.max(1, Math.min(threads, sources.os.availableParallelism(), cpusMax)),
    ...shapeOf(topology, threads),
    memoryMb: Math.max(
      1,
      Math.floor(Math.min(memoryBytes ?? sources.os.totalmem(), memoryBytesMax) / mebibyte),
    ),
    architecture: sources.os.machine(),
    osName: sources.os.type(),
    osRelease: sources.os.release(),
    osVersion: sources.os.version(),
  };
}

/** Node, the kernel's files, and systeminformation for what they do not tell. */
export function machineSources(): MachineSources {
  const run = createToolRunner({ timeoutMs: callTimeoutMs });
  return {
    os,
    // Such a file is missing on another system, or closed to us: both mean that it tells nothing.
    readText: (path) => readFile(path, 'utf8').catch(() => undefined),
    async sysctl(name) {
      const { code, stdout } = await run('sysctl', ['-n', name]);
      return code === 0 ? stdout.trim() : undefined;
    },
    async topology() {
      const found = await inTime(import('systeminformation').then(({ cpu }) => cpu()));
      return found && { sockets: found.processors, cores: found.physicalCores, threads: found.cores };
    },
    async memoryBytes() {
      const found = await inTime(import('systeminformation').then(({ mem }) => mem()));
      return found?.total;
    },
  };
}

/**
 * What a call of systeminformation gives; undefined if it fails, or hangs: it runs tools without a time-out.
 */
async function inTime<T>(call: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), callTimeoutMs);
  });
  // A fact that cannot be had is absent, whatever the reason.
  const result = await Promise.race([call.catch(() => undefined), late]);
  clearTimeout(timer);
  return result;
}

/** Sockets, cores and threads, as one thread a core in one socket where they do not make sense. */
function shapeOf(
  topology: CpuTopology | undefined,
  threads: number,
): Pick<MachineInventory, 'sockets' | 'coresPerSocket' | 'threadsPerCore'> {
  const { sockets = 1, cores = 0 } = topology ?? {};
  if (!(sockets >= 1 && cores >= sockets && threads >= cores)) {
    return { sockets: 1, coresPerSocket: threads, threadsPerCore: 1 };
  }
  // Where only some cores have two threads, as in many desktop processors, one a core is what all have.
  return {
    sockets,
    coresPerSocket: Math.floor(cores / sockets),
    threadsPerCore: Math.floor(threads / cores),
  };
}

async function readBootId(sources: MachineSources): Promise<string> {
  const linux = await sources.readText('/proc/sys/kernel/random/boot_id');
  if (linux !== undefined && linux.trim() !== '') return linux.trim();
  // macOS has an identity; the other systems have the second in which they booted.
  const session = await sources.sysctl('kern.bootsessionuuid');
  if (session !== undefined && session !== '') return session;
  const seconds = /\bsec = (\d+)|^(\d+)$/.exec((await sources.sysctl('kern.boottime')) ?? '');
  return seconds === null ? '' : `boot-${seconds[1] ?? seconds[2]}`;
}

/**
 * The host's name with its domain, from the name itself or the hosts file, as `hostname -f` finds it there.
 */
export function fullName(hostName: string, hosts: string): string | undefined {
  if (hostName.includes('.')) return hostName;
  for (const line of hosts.split('\n')) {
    const [, ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    const full = names.find((name) => name.startsWith(`${hostName}.`));
    if (full !== undefined && names.includes(hostName)) return full;
  }
  return undefined;
}

/** The bounds of this process's control groups; infinite where nothing binds. */
interface ProcessLimits {
  readonly memoryBytesMax: number;
  readonly cpusMax: number;
}

/** Reads the bounds of the groups that /proc/self/cgroup names, and of all above them, in both versions. */
export async function readLimits(
  groups: string,
  readText: (path: string) => Promise<string | undefined>,
): Promise<ProcessLimits> {
  const bounds = await Promise.all(
    groups.split('\n').flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
      if (controllers === undefined || path === undefined) return [];
      return ancestors(path).map((group) => groupLimits(controllers, group, readText));
    }),
  );
  return {
    memoryBytesMax: Math.min(...bounds.map(({ memoryBytesMax }) => memoryBytesMax)),
    cpusMax: Math.min(...bounds.map(({ cpusMax }) => cpusMax)),
  };
}

async function groupLimits(
  controllers: string,
  group: string,
  readText: (path: string) => Promise<string | undefined>,
): Promise<ProcessLimits> {
  const names = controllers.split(',');
  const read = async (...path: readonly string[]): Promise<string> =>
    ((await readText(`/sys/fs/cgroup${path.join('')}`)) ?? '').trim();
  if (controllers === '') {
    const [quota, period] = (await read(group, '/cpu.max')).split(' ');
    return { memoryBytesMax: bound(await read(group, '/memory.max')), cpusMax: quotaCpus(quota, period) };
  }
  const isCpu = names.includes('cpu');
  return {
    memoryBytesMax: names.includes('memory')
      ? bound(await read('/memory', group, '/memory.limit_in_bytes'))
      : Infinity,
    cpusMax: isCpu
      ? quotaCpus(
          await read('/cpu', group, '/cpu.cfs_quota_us'),
          await read('/cpu', group, '/cpu.cfs_period_us'),
        )
      : Infinity,
  };
}

/** `/a/b` gives `/a/b`, `/a` and the root. */
function ancestors(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return [...parts.map((_, place) => `/${parts.slice(0, parts.length - place).join('/')}`), ''];
}

/** Whole CPUs in a quota of microseconds a period, at least one. */
function quotaCpus(quota: string | undefined, period: string | undefined): number {
  const cpus = bound(quota) / bound(period);
  return Number.isFinite(cpus) ? Math.max(1, Math.floor(cpus)) : Infinity;
}

/** `max`, -1 and a file that is not there bind nothing. */
function bound(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Infinity;
}
