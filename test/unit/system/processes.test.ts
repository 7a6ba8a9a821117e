import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ProcessIdentity } from '../../../src/ports/processes.ts';
import { type SystemProcesses, systemProcesses } from '../../../src/system/processes.ts';
import { procFs } from '../../../src/system/procfs.ts';

const processes = systemProcesses();
const proc = procFs();
const killSignal = 9;
let marks = 0;

interface Started {
  readonly shim: ProcessIdentity;
  readonly mark: string;
  readonly hasExited: () => boolean;
}

/** Runs a shell script as a job's shim; whatever is left of it is killed after the test. */
async function withJob(script: string, body: (job: Started) => Promise<void>): Promise<void> {
  marks += 1;
  const mark = `test-${process.pid}.${marks}.1`;
  let exited = false;
  const shim = await processes.launch({
    args: ['-c', script],
    environment: { PATH: process.env['PATH'] ?? '/bin', MGPU_JOB_MARK: mark },
    onExit: () => {
      exited = true;
    },
  });
  try {
    await body({ shim, mark, hasExited: () => exited });
  } finally {
    for (const one of await membersOf({ shim, mark })) await processes.signal(one, killSignal);
  }
}

async function membersOf(
  job: { readonly shim?: ProcessIdentity; readonly mark: string },
  asked: SystemProcesses = processes,
): Promise<readonly ProcessIdentity[]> {
  return (await asked.members([job])).get(job.mark) ?? assert.fail('the job was not answered');
}

/** Waits for what other processes bring about. */
async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) assert.fail(`it did not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

const members = (job: Started, count: number): Promise<readonly ProcessIdentity[]> =>
  until(`${count} members`, async () => {
    const found = await membersOf(job);
    return found.length === count &&
      found.every(({ pid }) => programOf(pid) === 'sleep' || pid === job.shim.pid)
      ? found
      : undefined;
  });

function programOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
  } catch (error) {
    // It ended since it was seen.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

describe('processes: launch', () => {
  it('starts a session of its own, in the root folder, with the environment as given', () =>
    withJob('exec sleep 30', async ({ shim, mark }) => {
      await until('sleep', async () => programOf(shim.pid) === 'sleep');
      const facts = proc.facts(shim.pid);
      assert.equal(facts?.session, shim.pid);
      assert.equal(readlinkSync(`/proc/${shim.pid}/cwd`), '/');
      for (const fd of [0, 1, 2]) assert.equal(readlinkSync(`/proc/${shim.pid}/fd/${fd}`), '/dev/null');
      const environment = readFileSync(`/proc/${shim.pid}/environ`, 'utf8').split('\0');
      const own = environment.filter((entry) => entry !== '' && !/^(PWD|OLDPWD|SHLVL|_)=/.test(entry));
      assert.deepEqual(own.sort(), [`MGPU_JOB_MARK=${mark}`, `PATH=${process.env['PATH'] ?? '/bin'}`]);
      assert.ok(await processes.isAlive(shim));
      assert.ok(processes.ageSeconds(shim) < 30);
      assert.equal(shim.bootId, processes.bootId());
    }));

  it('knows who it was though it ended at once, and tells of the end', () =>
    withJob('exit 0', async ({ shim, hasExited }) => {
      assert.ok(shim.startTicks > 0);
      await until('exit', async () => hasExited());
      assert.equal(await processes.isAlive(shim), false);
    }));

  it('says what the system refuses', async () => {
    const launch = (args: readonly string[], environment: Record<string, string>): Promise<unknown> =>
      processes.launch({ args, environment, onExit: () => {} });
    await assert.rejects(launch(['-c', `: ${'x'.repeat(300_000)}`], {}), {
      code: 'LAUNCH',
      message: '/bin/sh: cannot be started: argument list too long (E2BIG)',
    });
    await assert.rejects(launch(['-c', ':'], { A: 'a\0b' }), { code: 'LAUNCH' });
  });

  it('needs Linux, and says so', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mgpu-proc-'));
    assert.throws(() => systemProcesses(procFs(folder)), { code: 'NOT_LINUX' });
    rmSync(folder, { recursive: true });
  });
});

describe('processes: identity', () => {
  it('a number that another process has now is not that process, and gets no signal', () =>
    withJob('exec sleep 30', async ({ shim }) => {
      const others = [
        { ...shim, startTicks: shim.startTicks - 1 },
        { ...shim, bootId: 'another' },
      ];
      for (const other of others) {
        assert.equal(await processes.isAlive(other), false);
        await processes.signal(other, killSignal);
      }
      await processes.signal({ pid: -shim.pid, startTicks: 0, bootId: shim.bootId }, killSignal);
      await processes.signal({ pid: 0, startTicks: 0, bootId: shim.bootId }, killSignal);
      assert.ok(await processes.isAlive(shim));
      await processes.signal(shim, killSignal);
      await until('the end', async () => !(await processes.isAlive(shim)));
      await processes.signal(shim, killSignal);
    }));

  it('this process is known and never signalled', async () => {
    const own = await processes.identityOf(process.pid);
    assert.ok(await processes.isAlive(own));
    await processes.signal(own, killSignal);
    await assert.rejects(processes.identityOf(2 ** 30), { code: 'NO_PROCESS' });
  });

  it('a zombie is not alive', () =>
    // The shell’s child ends, and what the shell becomes does not ask for it.
    withJob('(exit 0) & exec sleep 30', async (job) => {
      await until('sleep', async () => programOf(job.shim.pid) === 'sleep');
      const zombie = await until('a zombie', async () =>
        proc
          .pids()
          .flatMap((pid) => proc.facts(pid) ?? [])
          .find((one) => one.isZombie && one.parent === job.shim.pid),
      );
      assert.equal(await processes.isAlive(await processes.identityOf(zombie.pid)), false);
      assert.deepEqual(await membersOf(job), [job.shim]);
    }));
});

describe('processes: members', () => {
  it('are found in other sessions and without parents, and nobody else is', () =>
    withJob('exec sleep 30', (stranger) =>
      withJob('setsid sleep 30 & (sleep 30 &) ; (setsid sleep 30 &) ; exec sleep 30', async (job) => {
        const found = await members(job, 4);
        const [sessions, parents] = [new Set<number>(), new Set<number>()];
        for (const { pid } of found) {
          sessions.add(proc.facts(pid)?.session ?? 0);
          parents.add(proc.facts(pid)?.parent ?? 0);
        }
        assert.equal(sessions.size, 3);
        assert.ok(parents.size >= 2);
        assert.ok(found.every(({ pid }) => pid !== stranger.shim.pid));
        assert.deepEqual(await membersOf({ mark: job.mark }), found);
        assert.deepEqual(await membersOf({ mark: `${job.mark}0` }), []);
        for (const one of found) await processes.signal(one, killSignal);
        await until('the end of all', async () => (await membersOf(job)).length === 0);
        assert.ok(await processes.isAlive(stranger.shim));
      }),
    ));

  it('without a mark are found by their session, even after its leader', () =>
    withJob('env -i sleep 30 & wait', async (job) => {
      const found = await members(job, 2);
      const rest = found.filter(({ pid }) => pid !== job.shim.pid);
      await processes.signal(job.shim, killSignal);
      await until('the end of the shim', async () => job.hasExited());
      // A daemon that was started since remembers nothing.
      assert.deepEqual(await membersOf(job, systemProcesses()), rest);
      assert.deepEqual(await membersOf({ mark: job.mark }, systemProcesses()), []);
    }));

  it('that were seen once are not lost by hiding all there is', () =>
    withJob('env -i setsid sleep 30 & wait', async (job) => {
      const found = await members(job, 2);
      await processes.signal(job.shim, killSignal);
      await until('the end of the shim', async () => job.hasExited());
      assert.deepEqual(
        await membersOf(job),
        found.filter(({ pid }) => pid !== job.shim.pid),
      );
    }));
});
