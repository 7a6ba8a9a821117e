import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MgpuAsk, type MgpuDeps, run } from '../../../../src/commands/mgpu/run.ts';
import type { Finding } from '../../../../src/services/doctor/finding.ts';
import { fakeIo } from '../../builders.ts';

const daemon = { pid: 12, startTicks: 3, bootId: 'boot', node: 'gpu01', spool: '/spool' };

async function mgpu(ask: MgpuAsk, given: Partial<MgpuDeps>) {
  const io = fakeIo({ program: 'mgpu' });
  const nothing = (): never => assert.fail('not asked for');
  const deps = {
    backup: nothing,
    restore: nothing,
    init: nothing,
    examine: nothing,
    fsck: nothing,
    logs: nothing,
    repair: nothing,
    stop: nothing,
    upgrade: nothing,
    completionFile: nothing,
    completer: '/opt/mgpu/bin/mgpu_complete',
    why: nothing,
  };
  const exitCode = await run(ask, io, { ...deps, ...given });
  return { exitCode, ...io.printed };
}

describe('init', () => {
  const ask: MgpuAsk = { command: 'init', dir: 'x', name: 'lab', durable: false };

  test('a new cluster, and what to do with it', async () => {
    const { exitCode, out } = await mgpu(ask, {
      async init(dir, { name, durable }) {
        assert.deepEqual([dir, name, durable], ['x', 'lab', false]);
        return { path: '/shared/x', clusterName: name, isNew: true };
      },
    });
    assert.equal(exitCode, 0);
    assert.match(
      out,
      /^Made the cluster lab in \/shared\/x\n.*mgpud --spool \/shared\/x\n.*MGPU_SPOOL=\/shared\/x\n$/s,
    );
  });

  test('one that is there already', async () => {
    const init = async () => ({ path: '/shared/x', clusterName: 'old', isNew: false });
    assert.deepEqual(await mgpu(ask, { init }), {
      exitCode: 0,
      out: '/shared/x is a cluster already: old\n',
      err: '',
    });
  });
});

describe('doctor', () => {
  const examined = (...list: readonly Finding[]) => ({
    async *examine() {
      yield* list;
    },
  });

  test('a line for each finding, and what to do below it', async () => {
    const findings = examined(
      { level: 'ok', what: 'Node.js', finding: '22.3.0' },
      { level: 'warn', what: 'clock', finding: 'late\n', advice: 'wind it up' },
    );
    const { exitCode, out } = await mgpu({ command: 'doctor', spool: undefined, pair: false }, findings);
    assert.equal(out, 'ok    Node.js: 22.3.0\nwarn  clock: late\\n\n      wind it up\n');
    assert.equal(exitCode, 0);
  });

  test('a failure is the exit code', async () => {
    const findings = examined(
      { level: 'fail', what: 'x', finding: 'y' },
      { level: 'ok', what: 'x', finding: 'y' },
    );
    assert.equal((await mgpu({ command: 'doctor', spool: '/s', pair: false }, findings)).exitCode, 1);
  });
});

describe('stop', () => {
  const ask: MgpuAsk = { command: 'stop', spool: undefined };

  test('says what runs on', async () => {
    const jobs = [
      { id: 3, name: 'train', gpus: 2 },
      { id: 4, name: 'wrap', gpus: 0 },
    ];
    const { exitCode, out } = await mgpu(ask, { stop: async () => ({ outcome: 'stopped', daemon, jobs }) });
    assert.equal(exitCode, 0);
    assert.equal(
      out,
      'Stopped mgpud of node gpu01\n' +
        'Still running, as jobs outlive their daemon: 3 (train, 2 GPUs), 4 (wrap)\n',
    );
  });

  test('nothing to stop is no failure', async () => {
    const { exitCode, out } = await mgpu(ask, { stop: async () => ({ outcome: 'none', jobs: [] }) });
    assert.deepEqual([exitCode, out], [0, 'No daemon was running here\n']);
  });

  test('a daemon that does not end is one', async () => {
    const { exitCode, err } = await mgpu(ask, { stop: async () => ({ outcome: 'alive', daemon, jobs: [] }) });
    assert.equal(exitCode, 1);
    assert.match(err, /process 12/);
  });
});

describe('upgrade', () => {
  const ask: MgpuAsk = { command: 'upgrade', spool: undefined };

  test('what it did, and who is to be updated', async () => {
    const { exitCode, out } = await mgpu(ask, {
      upgrade: async () => ({ from: 1, to: 2, older: ['gpu07'] }),
    });
    assert.equal(exitCode, 0);
    assert.equal(
      out,
      'Raised the format from 1 to 2\nTo be updated before mgpud is started there again: gpu07\n',
    );
  });

  test('nothing to do', async () => {
    const { out } = await mgpu(ask, { upgrade: async () => ({ from: 2, to: 2, older: [] }) });
    assert.equal(out, 'The cluster has format 2 already\n');
  });
});

describe('fsck', () => {
  const ask: MgpuAsk = { command: 'fsck', spool: undefined, repair: 'no' };

  test('sound', async () => {
    const { exitCode, out } = await mgpu(ask, { fsck: async () => ({ flaws: [], files: 7, seq: 3 }) });
    assert.deepEqual([exitCode, out], [0, 'sound: 7 files up to commit 3\n']);
  });

  test('a line for each finding, and a summary', async () => {
    const remedy = { kind: 'move', path: 'inbox/\n', when: 'any' } as const;
    const flaws = [
      { severity: 'warn', path: 'inbox/\n', what: 'no request', remedy },
      { severity: 'note', path: 'x', what: 'old', remedy: { kind: 'advice', text: 'nothing' } },
    ] as const;
    const { exitCode, out } = await mgpu(ask, { fsck: async () => ({ flaws, files: 7, seq: 3 }) });
    assert.equal(exitCode, 1);
    assert.equal(
      out,
      'warn   inbox/\\n: no request; --repair: move it to lost+found\n' +
        'note   x: old; to do: nothing\n' +
        'not sound: 7 files up to commit 3: 1 warning, 1 note\n',
    );
  });
});

describe('fsck --repair', () => {
  const remedy = { kind: 'move', path: 'log/x', when: 'stopped' } as const;
  const flaw = { severity: 'error', path: 'log/x', what: 'torn', remedy } as const;
  const clean = { flaws: [], mended: [flaw], kept: ['lost+found/01'], files: 7, seq: 3 };

  test('what was mended, and where it is kept', async () => {
    const ask: MgpuAsk = { command: 'fsck', spool: undefined, repair: { isForced: false, ended: [] } };
    const { exitCode, out } = await mgpu(ask, { repair: async () => clean });
    assert.equal(exitCode, 0);
    assert.equal(
      out,
      'mended log/x: torn; done: move it to lost+found\n' +
        'sound: 7 files up to commit 3: 1 mended, what was removed lies in lost+found/01\n',
    );
  });

  test('what is left, and why', async () => {
    const ask: MgpuAsk = { command: 'fsck', spool: '/s', repair: { isForced: true, ended: ['node2'] } };
    const { exitCode, out } = await mgpu(ask, {
      async repair(spool, wish) {
        assert.deepEqual([spool, wish], ['/s', { isForced: true, ended: ['node2'] }]);
        return { ...clean, flaws: [{ ...flaw, left: 'a daemon runs' }], mended: [], kept: [] };
      },
    });
    assert.equal(exitCode, 1);
    assert.equal(
      out,
      'error  log/x: torn; --repair, while no daemon runs: move it to lost+found; ' +
        'not mended: a daemon runs\n' +
        'not sound: 7 files up to commit 3: 1 error\n',
    );
  });
});

describe('backup and restore', () => {
  test('what was copied', async () => {
    const report = { seq: 9, jobs: 3, requests: 1, files: 20, bytes: 4711, path: '/b' };
    const { exitCode, out } = await mgpu(
      { command: 'backup', spool: undefined, to: 'b' },
      { backup: async () => report },
    );
    assert.equal(exitCode, 0);
    assert.equal(out, 'Copied commit 9 with 3 jobs and 1 requests that wait to /b: 20 files, 4711 bytes\n');
  });

  test('what was made, what has ended with it, and what not to do', async () => {
    const report = { clusterName: 'lab', seq: 9, jobs: 3, ended: [4, 5], path: '/new' };
    const { exitCode, out } = await mgpu(
      { command: 'restore', from: 'b', dir: 'new' },
      { restore: async () => report },
    );
    assert.equal(exitCode, 0);
    assert.match(out, /^Made the cluster lab in \/new as of commit 9 with 3 jobs: .* count as ended: 4, 5\n/);
    assert.match(out, /\nStart no daemon for it while the first cluster has any: /);
    assert.match(out, /mgpud --spool \/new\n/);
  });
});

describe('logs', () => {
  test('ends as the showing of it does', async () => {
    const wish = { job: '12', isError: false, follows: true };
    const { exitCode } = await mgpu(
      { command: 'logs', spool: '/shared/x', wish },
      {
        async logs(spool, asked) {
          assert.deepEqual([spool, asked], ['/shared/x', wish]);
          return 3;
        },
      },
    );
    assert.equal(exitCode, 3);
  });
});
