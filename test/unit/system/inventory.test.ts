import assert from 'node:assert/strict';
import os from 'node:os';
import { test } from 'node:test';
import {
  fullName,
  type MachineSources,
  machineSources,
  readLimits,
  readMachine,
} from '../../../src/system/inventory.ts';

const GiB = 2 ** 30;

interface Fake {
  readonly files?: Readonly<Record<string, string>>;
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly topology?: Awaited<ReturnType<MachineSources['topology']>>;
  readonly memoryBytes?: number;
  readonly threads?: number;
  readonly parallelism?: number;
}

function sources(fake: Fake): MachineSources {
  const { files = {}, sysctl = {}, threads = 64 } = fake;
  return {
    readText: async (path) => files[path],
    sysctl: async (name) => sysctl[name],
    topology: async () => fake.topology,
    memoryBytes: async () => fake.memoryBytes,
    os: {
      availableParallelism: () => fake.parallelism ?? threads,
      cpus: () => Array.from({ length: threads }, () => ({}) as os.CpuInfo),
      hostname: () => 'gpu01',
      machine: () => 'x86_64',
      networkInterfaces: () => ({}),
      release: () => '6.1.0-18-amd64',
      totalmem: () => 500 * GiB,
      type: () => 'Linux',
      version: () => '#1 SMP Debian',
    },
  };
}

const files = {
  '/proc/sys/kernel/random/boot_id': 'a7b4\n',
  '/etc/hosts': '10.0.0.1 gpu01.hpc.example.org gpu01\n',
};

test('a whole node', async () => {
  const topology = { sockets: 2, cores: 32, threads: 64 };
  assert.deepEqual(await readMachine(sources({ files, topology, memoryBytes: 512 * GiB })), {
    hostName: 'gpu01',
    fqdn: 'gpu01.hpc.example.org',
    addresses: [],
    bootId: 'a7b4',
    cpus: 64,
    sockets: 2,
    coresPerSocket: 16,
    threadsPerCore: 2,
    memoryMb: 524_288,
    architecture: 'x86_64',
    osName: 'Linux',
    osRelease: '6.1.0-18-amd64',
    osVersion: '#1 SMP Debian',
  });
});

test('what nobody tells is what Node knows', async () => {
  const { fqdn, bootId, cpus, sockets, coresPerSocket, threadsPerCore, memoryMb } = await readMachine(
    sources({}),
  );
  assert.deepEqual([fqdn, bootId, memoryMb], [undefined, '', 512_000]);
  assert.deepEqual([cpus, sockets, coresPerSocket, threadsPerCore], [64, 1, 64, 1]);
});

test('a topology that makes no sense is not believed', async () => {
  for (const topology of [
    { sockets: 0, cores: 0, threads: 0 },
    { sockets: Number.NaN, cores: Number.NaN, threads: Number.NaN },
    { sockets: 8, cores: 4, threads: 64 },
    { sockets: 1, cores: 128, threads: 64 },
  ]) {
    const machine = await readMachine(sources({ topology }));
    assert.deepEqual([machine.sockets, machine.coresPerSocket, machine.threadsPerCore], [1, 64, 1]);
  }
  const mixed = await readMachine(sources({ topology: { sockets: 1, cores: 16, threads: 24 }, threads: 24 }));
  assert.deepEqual([mixed.coresPerSocket, mixed.threadsPerCore], [16, 1]);
});

test('a CPU set and control groups bind', async () => {
  const bound = {
    ...files,
    '/proc/self/cgroup': '0::/system.slice/mgpud.service\n',
    '/sys/fs/cgroup/system.slice/memory.max': `${8 * GiB}\n`,
    '/sys/fs/cgroup/system.slice/mgpud.service/memory.max': 'max\n',
    '/sys/fs/cgroup/system.slice/mgpud.service/cpu.max': '250000 100000\n',
  };
  const machine = await readMachine(sources({ files: bound, memoryBytes: 512 * GiB, parallelism: 16 }));
  assert.deepEqual([machine.cpus, machine.memoryMb], [2, 8192]);
  assert.equal((await readMachine(sources({ files, parallelism: 16 }))).cpus, 16);
});

test('bounds in both versions of control groups', async () => {
  const limits = (groups: string, texts: Record<string, string>) =>
    readLimits(groups, async (path) => texts[path]);
  const old = '4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n0::/\n';
  assert.deepEqual(
    await limits(old, {
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${2 * GiB}`,
      '/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': '9223372036854771712',
      '/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us': '50000',
      '/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us': '100000',
    }),
    { memoryBytesMax: 2 * GiB, cpusMax: 1 },
  );
  assert.deepEqual(
    await limits('0::/\n', {
      '/sys/fs/cgroup/memory.max': '1048576',
      '/sys/fs/cgroup/cpu.max': 'max 100000',
    }),
    { memoryBytesMax: 1_048_576, cpusMax: Number.POSITIVE_INFINITY },
  );
  const unbound = { memoryBytesMax: Number.POSITIVE_INFINITY, cpusMax: Number.POSITIVE_INFINITY };
  assert.deepEqual(await limits('', {}), unbound);
  assert.deepEqual(
    await limits('odd\n2:cpu:/a\n', { '/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us': '-1' }),
    unbound,
  );
});

test('the identity of a boot on other systems', async () => {
  const bootId = async (sysctl: Record<string, string>) => (await readMachine(sources({ sysctl }))).bootId;
  assert.equal(await bootId({ 'kern.bootsessionuuid': 'E1-2' }), 'E1-2');
  assert.equal(await bootId({ 'kern.boottime': '{ sec = 1700000000, usec = 5 } Tue' }), 'boot-1700000000');
  assert.equal(await bootId({ 'kern.boottime': '1700000000' }), 'boot-1700000000');
  assert.equal(await bootId({ 'kern.boottime': 'Tue Nov 14' }), '');
});

test('the full name is in the name or in the hosts file', () => {
  const hosts = '127.0.0.1 localhost\n# 10.0.0.1 gpu01.old gpu01\n10.0.0.1\tgpu01.example.org gpu01 # here\n';
  assert.equal(fullName('gpu01', hosts), 'gpu01.example.org');
  assert.equal(fullName('gpu01.example.org', ''), 'gpu01.example.org');
  assert.equal(fullName('gpu0', hosts), undefined);
  assert.equal(fullName('gpu01', '10.0.0.1 gpu01'), undefined);
});

test('this very machine', async () => {
  const machine = await readMachine(machineSources());
  assert.equal(machine.hostName, os.hostname());
  assert.ok(machine.cpus >= 1 && machine.cpus <= os.availableParallelism());
  assert.ok(machine.memoryMb >= 1 && machine.memoryMb <= os.totalmem() / 2 ** 20);
  assert.ok(machine.sockets * machine.coresPerSocket * machine.threadsPerCore >= 1);
  assert.notEqual(machine.architecture, '');
  assert.notEqual(machine.bootId, '');
});
