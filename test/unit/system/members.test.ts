import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { JobProcesses } from '../../../src/ports/processes.ts';
import { createMembers, type Members } from '../../../src/system/members.ts';
import { procFs } from '../../../src/system/procfs.ts';

/* A process table made by hand, for what cannot be brought about with real processes. */

interface Line {
  readonly parent?: number;
  readonly session?: number;
  readonly startTicks?: number;
  readonly state?: string;
  readonly flags?: number;
  readonly environment?: string;
}

const boot = 'boot';
const ownPid = 999;

class Table {
  readonly root = mkdtempSync(join(tmpdir(), 'mgpu-proc-'));

  constructor() {
    // Long after all of these processes have started.
    writeFileSync(`${this.root}/uptime`, '1000.00 0.00\n');
  }

  put(pid: number, line: Line): this {
    const { parent = 1, session = pid, startTicks = pid, state = 'S', flags = 0 } = line;
    mkdirSync(`${this.root}/${pid}`, { recursive: true });
    const middle = `${flags} 0 0 0 0 0 0 0 0 20 0 1 0`;
    const stat = `${pid} (a (b) c) ${state} ${parent} 0 ${session} 0 0 ${middle} ${startTicks} 0`;
    writeFileSync(`${this.root}/${pid}/stat`, stat);
    if (line.environment !== undefined) writeFileSync(`${this.root}/${pid}/environ`, line.environment);
    return this;
  }

  remove(pid: number): void {
    rmSync(`${this.root}/${pid}`, { recursive: true });
  }

  members(): Members {
    return createMembers(procFs(this.root), { bootId: boot, ownPid, readMsMax: 100 });
  }
}

async function withTable(body: (table: Table) => Promise<void>): Promise<void> {
  const table = new Table();
  try {
    await body(table);
  } finally {
    rmSync(table.root, { recursive: true });
  }
}

const shim = { pid: 100, startTicks: 100, bootId: boot };
const job: JobProcesses = { mark: 'c.1.1', shim };
const marked = 'PATH=/bin\0MGPU_JOB_MARK=c.1.1\0';
const otherwise = 'PATH=/bin\0MGPU_JOB_MARK=c.2.1\0';
const bare = 'PATH=/bin\0';

async function pidsOf(members: Members, one: JobProcesses = job): Promise<readonly number[]> {
  return ((await members.of([one])).get(one.mark) ?? []).map(({ pid }) => pid).sort((a, b) => a - b);
}

describe('members: of a job', () => {
  it('are those with its mark, in its session, and their children', () =>
    withTable(async (table) => {
      table.put(100, { environment: marked }).put(101, { session: 100, environment: bare });
      table.put(102, { environment: marked }).put(103, { parent: 102, environment: bare });
      table.put(104, { parent: 103 }).put(105, { environment: bare }).put(106, { parent: 105 });
      assert.deepEqual(await pidsOf(table.members()), [100, 101, 102, 103, 104]);
      assert.deepEqual(await pidsOf(table.members(), { mark: 'c.1.1' }), [100, 102, 103, 104]);
    }));

  it('are no zombies, no threads of the kernel and never this process', () =>
    withTable(async (table) => {
      table.put(100, { environment: marked, state: 'Z' }).put(101, { session: 100, state: 'Z' });
      table.put(102, { session: 100, flags: 0x00200000 }).put(103, { session: 100 });
      table.put(ownPid, { session: 100, parent: 103, environment: marked }).put(1001, { parent: ownPid });
      assert.deepEqual(await pidsOf(table.members()), [103]);
    }));

  it('are those of their own mark alone, whoever started them', () =>
    withTable(async (table) => {
      table.put(100, { environment: marked }).put(101, { parent: 100, session: 100, environment: otherwise });
      table.put(102, { parent: 101 });
      const found = await table.members().of([job, { mark: 'c.2.1' }, { mark: 'c.3.1' }]);
      const pids = [...found].map(([mark, members]) => [mark, members.map(({ pid }) => pid)]);
      assert.deepEqual(pids, [
        ['c.1.1', [100]],
        ['c.2.1', [101, 102]],
        ['c.3.1', []],
      ]);
    }));

  it('stay members though nothing shows it any more', () =>
    withTable(async (table) => {
      const members = table.members();
      table.put(100, { environment: marked }).put(101, { parent: 100, environment: bare });
      table.put(102, { environment: marked });
      assert.deepEqual(await pidsOf(members), [100, 101, 102]);
      table.remove(100);
      table.put(101, { parent: 1, environment: bare }).put(102, { environment: bare });
      assert.deepEqual(await pidsOf(members), [101, 102]);
      table.put(101, { parent: 1, startTicks: 5000, environment: bare });
      assert.deepEqual(await pidsOf(members), [102]);
    }));
});

describe('members: numbers that are used again', () => {
  it('a session is ours while its leader is our shim, or gone', () =>
    withTable(async (table) => {
      table.put(101, { session: 100, environment: bare });
      assert.deepEqual(await pidsOf(table.members()), [101]);
      table.put(100, { startTicks: 5000, environment: bare });
      assert.deepEqual(await pidsOf(table.members()), []);
      assert.deepEqual(
        await pidsOf(table.members(), { mark: 'c.1.1', shim: { ...shim, bootId: 'other' } }),
        [],
      );
    }));

  it('a shim that bears no mark is somebody else', () =>
    withTable(async (table) => {
      table.put(100, { environment: bare }).put(101, { session: 100, environment: bare });
      assert.deepEqual(await pidsOf(table.members()), []);
      table.put(100, { environment: otherwise });
      assert.deepEqual(await pidsOf(table.members()), []);
    }));

  it('a process older than its parent is not its child, nor is anybody in a ring', () =>
    withTable(async (table) => {
      table.put(100, { environment: marked }).put(200, { parent: 100, startTicks: 50, environment: bare });
      table.put(301, { parent: 302 }).put(302, { parent: 301 });
      assert.deepEqual(await pidsOf(table.members()), [100]);
    }));

  it('a long chain of parents is no trouble', () =>
    withTable(async (table) => {
      table.put(100, { environment: marked });
      for (let pid = 2000; pid < 2060; pid += 1) table.put(pid, { parent: pid === 2000 ? 100 : pid - 1 });
      assert.equal((await pidsOf(table.members())).length, 61);
    }));
});

describe('members: young and hanging processes', () => {
  it('an environment is read again until the process is old enough to have its own', () =>
    withTable(async (table) => {
      writeFileSync(`${table.root}/uptime`, '1.2 0\n');
      const members = table.members();
      table
        .put(100, { environment: marked })
        .put(101, { environment: bare })
        .put(102, { environment: marked });
      assert.deepEqual(await pidsOf(members), [100, 102]);
      table.put(101, { environment: marked }).put(102, { environment: otherwise });
      assert.deepEqual(await pidsOf(members), [100, 101]);
      writeFileSync(`${table.root}/uptime`, '1000 0\n');
      await pidsOf(members);
      table.put(103, { startTicks: 50_000, environment: marked }).put(102, { environment: marked });
      assert.deepEqual(await pidsOf(members), [100, 101, 103]);
    }));

  it('a process whose environment cannot be read in time holds nobody up', () =>
    withTable(async (table) => {
      table.put(100, { environment: marked }).put(101, { environment: marked }).put(102, { session: 100 });
      // Opened to be read, a FIFO waits for somebody who writes.
      const fifos = [102, 103, 104].map((pid) => `${table.root}/${pid}/environ`);
      table.put(103, {}).put(104, { environment: marked });
      rmSync(`${table.root}/104/environ`);
      assert.equal(spawnSync('mkfifo', fifos.slice(0, 2)).status, 0);
      const members = table.members();
      try {
        assert.ok((await pidsOf(members)).includes(102));
        const started = performance.now();
        await pidsOf(members);
        assert.ok(performance.now() - started < 100, 'it waited for them again');
      } finally {
        // To be opened so it waits for nobody; then those who read find the end.
        for (const fifo of fifos.slice(0, 2))
          closeSync(openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK));
      }
    }));
});
