import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Admission, refusalOf } from '../../../src/core/admit.ts';
import { completed } from '../../../src/core/complete.ts';
import { limits } from '../../../src/model/limits.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { spec } from '../builders.ts';
import { factsCluster } from './facts.ts';
import { after, alice, now, root } from './world.ts';

const cluster = factsCluster(
  {
    ...{ name: 'reservationSet', time: now, by: root },
    reservation: { name: 'r1', startTime: now + 60, endTime: now + 3600, nodes: ['gpu03'], users: ['bob'] },
  },
  {
    ...{ name: 'reservationSet', time: now, by: root },
    reservation: { name: 'r2', startTime: now, endTime: now + 3600, nodes: ['gpu02'], users: ['alice'] },
  },
);
const open = { min: 1, max: limits.nodesPerJob };
const perNode = (count: number, type?: string) =>
  [{ count, per: 'node', ...(type !== undefined && { type }) }] as const;
const config = 'Requested node configuration is not available';

/** What is said behind `sbatch: error: `, line by line; nothing when the job is taken in. */
function said(given: Partial<JobSpec>, admission: Admission = {}): readonly string[] {
  const asked = spec({ partition: '', nodes: open, ...given });
  const refusal = refusalOf(cluster, completed(asked, cluster), { now, ...admission });
  return refusal === undefined ? [] : [...refusal.before, refusal.reason];
}

describe('admit: what the real one refused', () => {
  const range = (count: number) => ({ min: count, max: count });
  const cases: readonly (readonly [string, Partial<JobSpec>, readonly string[]])[] = [
    [
      '-p nosuch',
      { partition: 'nosuch' },
      ['invalid partition specified: nosuch', 'Invalid partition name specified'],
    ],
    [
      '-p gpu,nosuch,other',
      { partition: 'gpu,nosuch,other' },
      ['invalid partition specified: nosuch', 'Invalid partition name specified'],
    ],
    ['-p closed', { partition: 'closed' }, ["User's group not permitted to use this partition"]],
    ['--mem=1T', { memoryPerNodeMb: 2 ** 20 }, ['Memory specification can not be satisfied', config]],
    [
      '--mem-per-cpu=40000',
      { memoryPerCpuMb: 40_000 },
      ['Memory specification can not be satisfied', config],
    ],
    ['--mem=17000 -N3', { memoryPerNodeMb: 17_000, ntasks: 3, nodes: range(3) }, [config]],
    ['--gres=gpu:9', { gpus: perNode(9) }, [config]],
    ['--gres=gpu:h100:1', { gpus: perNode(1, 'h100') }, [config]],
    ['--gpus=50', { gpus: [{ count: 50, per: 'job' }] }, [config]],
    ['--gpus-per-node=3 -N3', { gpus: perNode(3), ntasks: 3, nodes: range(3) }, [config]],
    ['--gpus-per-task=1 -n 11', { gpus: [{ count: 1, per: 'task' }], ntasks: 11 }, [config]],
    ['-w cpu01', { nodelist: ['cpu01'] }, [config]],
    ['-x gpu01,gpu02,gpu03', { exclude: ['gpu01', 'gpu02', 'gpu03'] }, [config]],
    ['-x nosuch', { exclude: ['nosuch'] }, ['Invalid node name specified']],
    ['-w gpu01 -x gpu01', { nodelist: ['gpu01'], exclude: ['gpu01'] }, ['Invalid node name specified']],
    ['-C nosuch', { constraint: 'nosuch' }, ['Invalid feature specification']],
    ['-C v100&nvlink', { constraint: 'v100&nvlink' }, [config]],
    ['-C a100 -N3', { constraint: 'a100', ntasks: 3, nodes: range(3) }, [config]],
    ['--array=1-2000', { array: { tasks: [[1, 2000]], throttle: 0 } }, ['Invalid job array specification']],
    ['--nice=-100', { nice: -100 }, ['Invalid --nice value']],
    ['--reservation=nosuch', { reservation: 'nosuch' }, ['Requested reservation is invalid']],
    ['--reservation=r1', { reservation: 'r1' }, ['Access denied to requested reservation']],
    ['-L foo:1', { licenses: [{ name: 'foo', count: 1 }] }, ['Invalid license specification']],
    ['-L matlab:3', { licenses: [{ name: 'matlab', count: 3 }] }, ['Invalid license specification']],
    ['-N3 -c5', { ntasks: 3, cpusPerTask: 5, nodes: range(3) }, [config]],
    ['-N1 -n9', { ntasks: 9, nodes: range(1) }, [config]],
    ['-c5 -n3', { ntasks: 3, cpusPerTask: 5 }, [config]],
    ['--mincpus=9', { minCpusPerNode: 9 }, ['CPU count per node can not be satisfied', config]],
    ['--tmp=10', { tmpPerNodeMb: 10 }, ['Temporary disk specification can not be satisfied', config]],
    [
      '--sockets-per-node=4',
      { socketsPerNode: 4 },
      ['Socket, core and/or thread specification can not be satisfied', config],
    ],
    [
      '--threads-per-core=2',
      { threadsPerCore: 2 },
      ['Socket, core and/or thread specification can not be satisfied', config],
    ],
    [
      '--contiguous -N2 -x gpu02',
      { contiguous: true, exclude: ['gpu02'], ntasks: 2, nodes: range(2) },
      [config],
    ],
    [
      '--deadline in the past',
      { deadline: now - 60 },
      ['Requested time limit is invalid (missing or exceeds some limit)'],
    ],
    [
      '--deadline=now+1hour --time-min=120',
      { deadline: now + 3600, timeMin: 120 },
      ["Invalid time-min specification (exceeds job's time or other limits)"],
    ],
    [
      '-t 5 --time-min=6',
      { timeLimit: 5, timeLimitGiven: true, timeMin: 6 },
      ["Invalid time-min specification (exceeds job's time or other limits)"],
    ],
    [
      '--begin behind --deadline',
      { beginTime: now + 60, deadline: now + 60 },
      ['Requested time limit is invalid (missing or exceeds some limit)'],
    ],
  ];
  for (const [words, given, lines] of cases) {
    it(words, () => {
      assert.deepEqual(said(given), lines);
    });
  }
});

describe('admit: what the real one took in', () => {
  const cases: readonly (readonly [string, Partial<JobSpec>])[] = [
    ['-n 1000', { ntasks: 1000 }],
    ['-n 21', { ntasks: 21 }],
    ['-c 100', { cpusPerTask: 100 }],
    ['-N 10', { ntasks: 10, nodes: { min: 10, max: 10 } }],
    ['-p off', { partition: 'off' }],
    ['-p gpu,debug', { partition: 'gpu,debug' }],
    ['-t 20-0', { timeLimit: 28_800 }],
    ['-p debug -N2', { partition: 'debug', ntasks: 2, nodes: { min: 2, max: 2 } }],
    ['-H --mem=1T', { hold: true, memoryPerNodeMb: 2 ** 20 }],
    ['-H -C v100&nvlink', { hold: true, constraint: 'v100&nvlink' }],
    ['--array=1000', { array: { tasks: [[1000, 1000]], throttle: 0 } }],
    ['--qos=nosuch', { qos: 'nosuch' }],
    ['-A nosuch', { account: 'nosuch' }],
    ['--deadline=now+30 -t 1', { deadline: now + 30, timeLimit: 1, timeLimitGiven: true }],
    ['--reservation=r2', { reservation: 'r2' }],
    ['-L matlab:2', { licenses: [{ name: 'matlab', count: 2 }] }],
    ['--mem=15000 -N3', { memoryPerNodeMb: 15_000, ntasks: 3, nodes: { min: 3, max: 3 } }],
    ['-p cpu --threads-per-core=2', { partition: 'cpu', threadsPerCore: 2 }],
  ];
  for (const [words, given] of cases) {
    it(words, () => {
      assert.deepEqual(said(given), []);
    });
  }

  it('root anywhere, and members of a group of the partition', () => {
    assert.deepEqual(said({ partition: 'closed', uid: root }), []);
    assert.deepEqual(said({ partition: 'closed' }, { groups: ['alice', 'root'] }), []);
    assert.deepEqual(said({ nice: -5, uid: root }), []);
  });
});

describe('admit: partitions that are closed', () => {
  const state = (partition: 'inact' | 'drain' | 'down'): readonly string[] => {
    const closed = after(cluster, {
      ...{ name: 'partitionUpdated', time: now, by: root, partition: 'gpu' },
      state: partition,
    });
    return [refusalOf(closed, spec({ partition: 'gpu', uid: alice }))?.reason ?? ''];
  };

  it('inactive and draining ones take no jobs in, those that are down do (tab.nodestate.part*)', () => {
    const sentence = 'Required partition not available (inactive or drain)';
    assert.deepEqual([state('inact'), state('drain'), state('down')], [[sentence], [sentence], ['']]);
  });

  it('where none is the default, one has to be named', () => {
    const asked = spec({ partition: '' });
    assert.equal(refusalOf(cluster, asked)?.reason, 'No partition specified or system default partition');
  });
});
