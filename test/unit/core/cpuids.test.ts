import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cpuIdsOn } from '../../../src/core/cpuids.ts';
import { formatIndexList } from '../../../src/model/indexlist.ts';
import type { Job, RunningJob } from '../../../src/model/job.ts';
import type { NodeRecord } from '../../../src/model/node.ts';
import { cluster, completing, node, running, share } from '../builders.ts';

const twoSockets = { cpus: 8, sockets: 2, coresPerSocket: 4, threadsPerCore: 1 };
const threads = { cpus: 8, sockets: 1, coresPerSocket: 4, threadsPerCore: 2 };

/** The numbers of each job: `0-1,4`. */
function shown(record: Partial<NodeRecord>, jobs: readonly Job[]): readonly string[] {
  const ids = cpuIdsOn(cluster([node('n', record)], jobs), 'n');
  return jobs.map(({ id }) => formatIndexList(ids.get(id) ?? []));
}

function job(id: number, cpus: number, tasks: number, cpusPerTask = 1): RunningJob {
  return running(id, { shares: [share('n', { cpus, tasks })], startTime: id, spec: { cpusPerTask } });
}

describe('the numbers of CPUs', () => {
  it('are those that a Slurm 22.05.8 gave: the next socket for the next task', () => {
    assert.deepEqual(shown(twoSockets, [job(1, 3, 3)]), ['0-1,4']);
    const jobs = [job(1, 2, 1, 2), job(2, 3, 3), job(3, 1, 1), job(4, 2, 2)];
    assert.deepEqual(shown(twoSockets, jobs), ['0-1', '2-4', '5', '6-7']);
    assert.deepEqual(shown(threads, [job(1, 2, 1), job(2, 4, 3), job(3, 2, 1)]), ['0-1', '2-5', '6-7']);
  });

  it('go by when the jobs began, and stay while these go on', () => {
    const [first, second, third] = [job(9, 2, 2), job(8, 1, 1), job(7, 1, 1)];
    const early = { ...first, startTime: 1 };
    assert.deepEqual(shown(twoSockets, [early, second, third]), ['0,4', '2', '1']);
    assert.deepEqual(shown(twoSockets, [early, third]), ['0,4', '1']);
  });

  it('are there while a job ends, and not for what the node has no more room for', () => {
    const ending = completing(1, {
      ...{ shares: [share('n', { cpus: 6, tasks: 1 })], startTime: 1, endState: 'COMPLETED' },
    });
    assert.deepEqual(shown(twoSockets, [ending, job(2, 2, 1), job(3, 1, 1)]), ['0-5', '6-7', '']);
    assert.equal(cpuIdsOn(cluster([], []), 'n').size, 0);
  });

  it('are as many as it holds, and no two jobs have the same', () => {
    const wish = fc.record({
      cores: fc.integer({ min: 1, max: 5 }),
      tasks: fc.integer({ min: 1, max: 5 }),
      cpusPerTask: fc.integer({ min: 1, max: 4 }),
    });
    const kind = fc.constantFrom(twoSockets, threads, { ...twoSockets, sockets: 3 });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 8 }), kind, (wishes, record) => {
        const jobs = wishes.map(({ cores, tasks, cpusPerTask }, index) =>
          job(index + 1, cores * record.threadsPerCore, tasks, cpusPerTask),
        );
        const all = [...cpuIdsOn(cluster([node('n', record)], jobs), 'n')];
        for (const [id, ids] of all) assert.equal(ids.length, jobs[id - 1]?.allocation[0]?.cpus);
        const numbers = all.flatMap(([, ids]) => ids);
        assert.equal(new Set(numbers).size, numbers.length);
        assert.ok(numbers.every((one) => one >= 0 && one < record.cpus));
      }),
    );
  });
});
