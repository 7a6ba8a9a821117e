import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MgpuError } from '../../../src/base/error.ts';
import type { Gpu, GpuCondition } from '../../../src/model/gpu.ts';
import type { Files } from '../../../src/ports/files.ts';
import { type DoctorPorts, examine } from '../../../src/services/doctor.ts';
import { layoutOf } from '../../../src/store/layout.ts';
import { encodeText } from '../../../src/store/put.ts';
import { parseJson } from '../../fakes/yaml.ts';
import { node, now } from '../builders.ts';
import { type FakeCluster, fakeCluster } from '../session.ts';

const gib = 2 ** 30;
const layout = layoutOf('/spool');

interface Given {
  readonly gpus?: readonly Gpu[];
  readonly conditions?: readonly GpuCondition[];
  readonly problems?: readonly string[];
  readonly ports?: Partial<DoctorPorts>;
  /** How old files are by the file server's clock, in ms. */
  readonly ages?: Readonly<Record<string, number>>;
  /** What the disk does otherwise than it should. */
  readonly files?: Partial<Files>;
}

/** All findings about a cluster, each as one text. */
async function findings(there: FakeCluster, given: Given = {}): Promise<readonly string[]> {
  const { gpus = [], conditions = [], problems = [] } = given;
  const session = await there.open();
  const store = { ...session.store, files: { ...session.store.files, ...given.files } };
  const held = new Set<string>();
  const ports: DoctorPorts = {
    machine: { nodeVersion: '22.3.0', platform: 'linux' },
    gpuProbe: {
      inventory: async () => ({ source: 'nvidia-smi', gpus, problems, ignored: [] }),
      conditions: async () => ({ source: 'nvidia-smi', conditions, problems }),
    },
    uid: 2001,
    hostName: 'here',
    locks: {
      async tryLock(path) {
        if (held.has(path)) return undefined;
        held.add(path);
        return async () => void held.delete(path);
      },
    },
    locate: async () => ({ path: '/spool', origin: 'environment', namedBy: 'MGPU_SPOOL' }),
    open: async () => store,
    mount: async () => ({ fileSystem: 'ext', reach: 'local', freeBytes: 50 * gib, freeFiles: 1_000_000 }),
    watchMode: (mount) => (mount.reach === 'local' ? { kind: 'events' } : { kind: 'poll', intervalMs: 250 }),
    fileTimeMs: async (path) => now * 1000 - (given.ages?.[path] ?? 0),
    nowMs: () => now * 1000,
    parseYaml: parseJson,
    ...given.ports,
  };
  const lines: string[] = [];
  for await (const { level, what, finding, advice } of examine(ports, { pair: false })) {
    lines.push(`${level} ${what}: ${finding}${advice === undefined ? '' : ` / ${advice}`}`);
  }
  return lines;
}

function bad(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !line.startsWith('ok '));
}

const card: Gpu = { index: 0, model: 'NVIDIA A100', type: 'a100', vendor: 'nvidia' };
const well: Given = { gpus: [card], conditions: [{ index: 0, health: 'ok', processes: [] }] };

async function cluster(): Promise<FakeCluster> {
  const there = await fakeCluster([node('gpu01')]);
  const { path, heartbeat } = layout.node('gpu01');
  await there.files.makeDir(path, 0o755);
  await there.files.create(heartbeat, encodeText('{}'), { mode: 0o644, sync: false });
  return there;
}

test('a cluster in good health, and nothing is left behind', async () => {
  const there = await cluster();
  const lines = await findings(there, well);
  assert.deepEqual(bad(lines), []);
  assert.ok(lines.includes('ok spool: /spool (named by MGPU_SPOOL)'));
  assert.ok(lines.includes('ok verdict: fit for the daemons of this machine'));
  assert.ok(lines.includes('ok GPUs: 1 by nvidia-smi: a100 x1'));
  assert.ok(lines.includes('ok node gpu01: its heartbeat is 0 s old'));
  const names = await there.files.list('/spool');
  assert.deepEqual(
    names?.filter((name) => name.startsWith('.')),
    [],
  );
});

describe('what is wrong', () => {
  const cases: readonly (readonly [string, Given, RegExp])[] = [
    [
      'an old Node.js',
      { ports: { machine: { nodeVersion: '20.18.9', platform: 'linux' } } },
      /^fail Node.js: 20.18.9 \/ install 20.19/,
    ],
    [
      'no Linux',
      { ports: { machine: { nodeVersion: '24.0.0', platform: 'darwin' } } },
      /^warn operating system: darwin/,
    ],
    ["somebody else's spool", { ports: { uid: 7 } }, /^warn owner: .* not yours \(uid 7\)/],
    [
      'no room',
      {
        ports: { mount: async () => ({ fileSystem: 'ext', reach: 'local', freeBytes: 1000, freeFiles: 5 }) },
      },
      /^fail space: 0.0 GiB free/,
    ],
    [
      'a clock that is off',
      { ports: { fileTimeMs: async () => (now - 60) * 1000 } },
      /^warn clock: 60.0 s ahead of the file server/,
    ],
    [
      'a daemon that stands still',
      { ages: { [layout.node('gpu01').heartbeat]: 90_000 } },
      /^warn node gpu01: its heartbeat is 90 s old/,
    ],
    ['links that both win', { files: { link: async () => 'linked' } }, /^fail link: both won/],
    ['a verdict on that', { files: { link: async () => 'linked' } }, /^fail verdict: not fit .*: link$/],
    [
      'no links',
      { files: { link: () => Promise.reject(new MgpuError('EPERM', '/spool/x: cannot be linked')) } },
      /^fail link: .* cannot be linked \/ the log needs hard links/,
    ],
    ['names that appear late', { files: { list: async () => [] } }, /^warn visibility/],
    [
      'locks that do not lock',
      { ports: { locks: { tryLock: async () => async () => {} } } },
      /^warn advisory lock: two held it/,
    ],
    [
      'a spool that may not be written',
      { files: { makeDir: () => Promise.reject(new MgpuError('EACCES', '/spool: cannot be created')) } },
      /^fail writing: \/spool: cannot be created/,
    ],
    ['no GPU', { gpus: [], conditions: [] }, /^warn GPUs: none found/],
    ['a probe that fails', { ...well, problems: ['nvidia-smi hangs'] }, /^warn GPUs: nvidia-smi hangs/],
    [
      'an ill GPU',
      { ...well, conditions: [{ index: 0, health: 'failed', reason: 'fell off the bus', processes: [] }] },
      /^warn GPU 0: its health is failed: fell off the bus/,
    ],
  ];
  for (const [name, given, expected] of cases) {
    test(name, async () => {
      const lines = bad(await findings(await cluster(), { ...well, ...given }));
      assert.ok(
        lines.some((line) => expected.test(line)),
        lines.join('\n'),
      );
    });
  }

  test('no spool: the machine is examined all the same', async () => {
    const open = () => Promise.reject(new MgpuError('NO_SPOOL', '/x: no spool here', { hint: 'make one' }));
    const lines = await findings(await cluster(), { ...well, ports: { open } });
    assert.deepEqual(bad(lines), ['fail spool: /x: no spool here / make one']);
    assert.ok(lines.includes('ok GPUs: 1 by nvidia-smi: a100 x1'));
  });

  test('a damaged log is named', async () => {
    const there = await cluster();
    const path = `${layout.log}/000000000001.json`;
    await there.files.unlink(path);
    await there.files.create(path, encodeText('{}\n'), { mode: 0o644, sync: false });
    const session = { ...well, ports: {} };
    await assert.rejects(there.open(), /000000000001.json/);
    const fresh = await cluster();
    const lines = bad(
      await findings(fresh, {
        ...session,
        files: { read: there.files.read.bind(there.files), list: there.files.list.bind(there.files) },
      }),
    );
    assert.ok(
      lines.some((line) => /^fail log: .*000000000001\.json/.test(line)),
      lines.join('\n'),
    );
  });

  test('a request that is none, settings that are unknown, and no daemon yet', async () => {
    const there = await fakeCluster();
    await there.files.create(`${layout.inbox}/x.json`, encodeText('?'), { mode: 0o644, sync: false });
    await there.files.create(layout.settingsFile, encodeText('{"speed":1}'), { mode: 0o644, sync: false });
    const lines = bad(await findings(there, well));
    assert.equal(lines.length, 3, lines.join('\n'));
    assert.match(lines[0] ?? '', /^fail settings: .*unknown setting: speed/);
    assert.match(lines[1] ?? '', /^warn inbox: 1 files are no requests/);
    assert.match(lines[2] ?? '', /^warn daemons: no daemon has been here yet \/ start it on each machine/);
  });
});
