import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { markIn, parseStat, procFs } from '../../../src/system/procfs.ts';

/** A line of /proc/PID/stat. */
function line(name: string, fields: { state?: string; flags?: number; threads?: number } = {}): string {
  const { state = 'S', flags = 4194304, threads = 1 } = fields;
  const middle = '1161 0 0 0 1 2 0 0 20 0';
  return `4711 (${name}) ${state} 17 4710 4709 34816 4711 ${flags} ${middle} ${threads} 0 99512 2543616 419`;
}

describe('procfs: stat', () => {
  it('is read past whatever the program is called', () => {
    const law = fc.property(fc.string(), (name) => {
      assert.deepEqual(parseStat(line(name)), {
        pid: 4711,
        key: '4711.99512',
        parent: 17,
        session: 4709,
        startTicks: 99512,
        isZombie: false,
        isKernel: false,
      });
    });
    fc.assert(law, { examples: [[') Z 1 (x'], [''], ['a b\n)']] });
  });

  it('knows who is dead', () => {
    assert.equal(parseStat(line('a', { state: 'Z' }))?.isZombie, true);
    assert.equal(parseStat(line('a', { state: 'X' }))?.isZombie, true);
    assert.equal(parseStat(line('first thread ended', { state: 'Z', threads: 3 }))?.isZombie, false);
    assert.equal(parseStat(line('kworker', { flags: 0x00208040 }))?.isKernel, true);
  });

  it('refuses what is no such line', () => {
    for (const text of ['', '4711', '4711 (a) S', 'nonsense']) assert.equal(parseStat(text), undefined);
  });
});

describe('procfs: mark', () => {
  const marks: readonly (readonly [string, string])[] = [
    ['', ''],
    ['A=1\0MGPU_JOB_MARK=c.1.2\0B=2\0', 'c.1.2'],
    ['MGPU_JOB_MARK=c.1.2', 'c.1.2'],
    ['XMGPU_JOB_MARK=no\0', ''],
    ['XMGPU_JOB_MARK=no\0MGPU_JOB_MARK=yes\0', 'yes'],
    ['A=MGPU_JOB_MARK=no\0', ''],
    ['MGPU_JOB_MARKS=no\0', ''],
    ['MGPU_JOB_MARK=\0', ''],
  ];
  for (const [environment, mark] of marks) {
    it(`of ${JSON.stringify(environment)} is ${JSON.stringify(mark)}`, () => {
      assert.equal(markIn(Buffer.from(environment)), mark);
    });
  }
});

describe('procfs: this machine', () => {
  const proc = procFs();

  it('tells of this process', async () => {
    const facts = proc.facts(process.pid);
    assert.equal(facts?.pid, process.pid);
    assert.equal(facts?.parent, process.ppid);
    const age = proc.secondsSince(facts?.startTicks ?? 0);
    assert.ok(Math.abs(age - process.uptime()) < 10, `${age} and ${process.uptime()}`);
    assert.ok(proc.pids().includes(process.pid));
    assert.equal(typeof (await proc.mark(process.pid)), 'string');
  });

  it('tells nothing of who is not there', async () => {
    assert.equal(proc.facts(2 ** 30), undefined);
    assert.equal(await proc.mark(2 ** 30), undefined);
  });
});
