import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completed } from '../../../src/core/complete.ts';
import { emptyCluster } from '../../../src/model/cluster.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { spec } from '../builders.ts';
import { configured, factsCluster, factsConfig } from './facts.ts';
import { after, root } from './world.ts';

const cluster = factsCluster();
const asked = (given: Partial<JobSpec>): JobSpec => completed(spec({ partition: '', ...given }), cluster);

describe('complete', () => {
  it('a job that names no partition goes to the default one, with its time and memory', () => {
    const { partition, timeLimit, memoryPerCpuMb } = asked({});
    assert.deepEqual([partition, timeLimit, memoryPerCpuMb], ['gpu', 60, 1000]);
  });

  it('of several the first counts; one without a default time gives its longest', () => {
    const limitOf = (partition: string): unknown => asked({ partition }).timeLimit;
    assert.deepEqual(
      [limitOf('gpu,debug'), limitOf('debug,gpu'), limitOf('debug'), limitOf('cpu'), limitOf('nosuch')],
      [60, 10, 10, 'UNLIMITED', 'UNLIMITED'],
    );
  });

  it('with a deadline alone takes what time there is until then', () => {
    assert.equal(asked({ deadline: 9 }).timeMin, 1);
    assert.equal(asked({ deadline: 9, timeLimit: 5, timeLimitGiven: true }).timeMin, undefined);
    assert.equal(asked({ deadline: 9, timeMin: 3 }).timeMin, 3);
    assert.equal(asked({}).timeMin, undefined);
  });

  it('what the job says itself stays', () => {
    assert.equal(asked({ timeLimit: 5 }).timeLimit, 5);
    assert.equal(asked({ timeLimit: 'UNLIMITED', timeLimitGiven: true }).timeLimit, 'UNLIMITED');
    for (const memory of [{ memoryPerNodeMb: 0 }, { memoryPerCpuMb: 7 }, { memoryPerGpuMb: 7 }]) {
      const { memoryPerNodeMb, memoryPerCpuMb, memoryPerGpuMb } = asked(memory);
      assert.equal(
        [memoryPerNodeMb, memoryPerCpuMb, memoryPerGpuMb].filter((one) => one !== undefined).length,
        1,
      );
    }
    assert.equal(asked({}).memoryGiven, undefined);
  });

  it('a partition’s memory counts before the cluster’s', () => {
    const [first, ...rest] = factsConfig.partitions;
    assert.ok(first);
    const partitions = [{ ...first, defMemPerNodeMb: 300 }, ...rest];
    const other = after(cluster, configured({ ...factsConfig, partitions }));
    const { memoryPerNodeMb, memoryPerCpuMb } = completed(spec({ partition: 'gpu' }), other);
    assert.deepEqual([memoryPerNodeMb, memoryPerCpuMb], [300, undefined]);
  });

  it('who names no account is charged to the first one that has him', () => {
    const accounts = [
      { name: 'other', users: ['bob'] },
      { name: 'proj', users: ['alice', 'bob'] },
    ];
    const lab = { ...emptyCluster, config: { partitions: [], nodes: [], accounts } };
    const charged = (given: Partial<JobSpec>) => completed(spec({ account: '', ...given }), lab).account;
    assert.deepEqual(
      [charged({}), charged({ user: 'bob' }), charged({ user: 'carol' }), charged({ account: 'mine' })],
      ['proj', 'other', '', 'mine'],
    );
  });

  it('a priority is passed over unless root or an administrator sets it', () => {
    assert.equal(asked({ priority: 100 }).priority, undefined);
    assert.equal(asked({ priority: 100, uid: root }).priority, 100);
    const admins = after(cluster, configured({ ...factsConfig, admins: ['alice'] }));
    assert.equal(completed(spec({ priority: 100 }), admins).priority, 100);
  });

  it('without settings it goes to main, and a spool of an older format goes without remarks', () => {
    const given = spec({ partition: '', timeLimit: 5, timeLimitGiven: true, memoryGiven: true });
    assert.deepEqual(completed(given, emptyCluster, 2), spec({ timeLimit: 5 }));
    assert.equal(completed(given, emptyCluster, 3).timeLimitGiven, true);
  });
});
