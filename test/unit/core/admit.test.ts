import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusalOf } from '../../../src/core/admit.ts';
import { type Cluster, emptyCluster } from '../../../src/model/cluster.ts';
import { limits } from '../../../src/model/limits.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { share, spec } from '../builders.ts';
import { after, allocated, clusterOf, gpus, now, presence, registered, submitted } from './world.ts';

const cluster = clusterOf(
  registered('gpu01', { gpus: gpus(4), memoryMb: 64_000 }),
  registered('gpu02', { gpus: gpus(4), memoryMb: 64_000 }),
  registered('cpu01', { memoryMb: 32_000 }),
);

function accepts(given: Partial<JobSpec>, where = cluster): void {
  assert.deepEqual(refusalOf(where, spec(given)), undefined, JSON.stringify(given));
}

function refuses(given: Partial<JobSpec>, reason: string, detail: RegExp, where = cluster): void {
  const refusal = refusalOf(where, spec(given));
  assert.equal(refusal?.reason, reason, JSON.stringify(given));
  assert.match(refusal?.detail ?? '', detail);
}

const anyNodes = { min: 1, max: limits.nodesPerJob };
const unavailable = 'Requested node configuration is not available';
const perNode = (count: number, type?: string) =>
  [{ count, per: 'node', ...(type !== undefined && { type }) }] as const;

describe('admit: as the real one was captured', () => {
  it('too many GPUs are refused (err.sbatch.gres.toomany, err.sbatch.gpus.toomany)', () => {
    accepts({ gpus: perNode(4) });
    refuses({ gpus: perNode(5) }, unavailable, /5 per node/);
    accepts({ gpus: [{ count: 8, per: 'job' }], nodes: anyNodes });
    refuses({ gpus: [{ count: 9, per: 'job' }], nodes: anyNodes }, unavailable, /9 per job/);
  });

  it('an unknown type is refused (err.sbatch.gres.type)', () => {
    accepts({ gpus: perNode(1, 'a100') });
    refuses({ gpus: perNode(1, 'h100') }, unavailable, /h100:1 per node/);
  });

  it('too much memory is refused (err.sbatch.mem.toobig)', () => {
    accepts({ memoryPerNodeMb: 64_000 });
    accepts({ memoryPerNodeMb: 0 });
    refuses({ memoryPerNodeMb: 64_001 }, unavailable, /64001 MiB per node/);
    refuses({ memoryPerNodeMb: 40_000, nodelist: ['cpu01'] }, unavailable, /40000 MiB per node/);
  });

  it('unknown nodes and partitions are refused (err.srun.w, err.sbatch.partition)', () => {
    refuses({ nodelist: ['gpu01', 'nosuch'] }, 'Invalid node name specified', /nosuch/);
    refuses({ exclude: ['nosuch'] }, 'Invalid node name specified', /nosuch/);
    refuses({ partition: 'nosuch' }, 'Invalid partition name specified', /main/);
  });

  it('excluding all nodes is refused (err.sbatch.x)', () => {
    refuses({ exclude: ['gpu01', 'gpu02', 'cpu01'] }, unavailable, /^wanted these nodes/);
    refuses({ exclude: ['gpu01', 'gpu02'], gpus: perNode(1) }, unavailable, / 0 GPUs/);
    accepts({ exclude: ['gpu01', 'cpu01'] });
  });

  it('too many tasks, CPUs or nodes are accepted (err.sbatch.n.huge, .c.huge, .N.huge)', () => {
    accepts({ ntasks: 1000 });
    accepts({ cpusPerTask: 100 });
    accepts({ nodes: { min: 10, max: 10 } });
    accepts({ ntasks: 2, ntasksPerNode: 8, nodes: { min: 2, max: 2 } });
    accepts({ timeLimit: 10 ** 8 });
  });
});

describe('admit: GPUs by number', () => {
  it('must be on one node', () => {
    accepts({ gpuIds: [0, 3] });
    refuses({ gpuIds: [0, 4] }, unavailable, /wanted GPU 0,4/);
    refuses({ gpuIds: [0], nodelist: ['cpu01'] }, unavailable, /wanted GPU 0/);
  });

  it('of named nodes must be there', () => {
    const named = (node: string, ...indices: readonly number[]) => ({
      nodelist: [node],
      nodeGpuIds: [{ node, gpus: indices }],
    });
    accepts(named('gpu01', 0, 3));
    refuses(named('gpu01', 0, 4), unavailable, /wanted GPU 4 of gpu01; it has 0-3/);
    refuses(named('cpu01', 0), unavailable, /wanted GPU 0 of cpu01; it has none/);
    refuses(named('gpu99', 0), 'Invalid node name specified', /no node gpu99/);
  });

  it('for each task are counted for all tasks', () => {
    accepts({ ntasks: 8, gpus: [{ count: 1, per: 'task' }], nodes: { min: 1, max: 3 } });
    refuses({ ntasks: 9, gpus: [{ count: 1, per: 'task' }] }, unavailable, /1 per task/);
  });
});

describe('admit: the cluster as it can be, not as it is', () => {
  it('what runs, is lost or ill may come back', () => {
    const busy = after(
      cluster,
      submitted(1),
      allocated(1, [share('gpu01', { cpus: 8, gpus: [0, 1, 2, 3] })]),
      presence('gpu02', 'lost'),
      {
        name: 'gpuTroubles',
        time: now,
        node: 'gpu01',
        troubles: [{ index: 0, kind: 'failed', reason: 'x' }],
      },
    );
    accepts({ gpus: perNode(4) }, busy);
    accepts({ gpus: [{ count: 8, per: 'job' }], nodes: anyNodes }, busy);
  });

  it('without nodes nothing is refused: they may come', () => {
    accepts({ gpus: perNode(99), nodelist: ['gpu01'], memoryPerNodeMb: 10 ** 9 }, emptyCluster);
    refuses({ partition: 'nosuch' }, 'Invalid partition name specified', /main/, emptyCluster);
  });
});

describe('admit: what one state holds', () => {
  it('more jobs than that are not taken in', () => {
    const jobs = { size: limits.jobsInState } as Cluster['jobs'];
    refuses({}, 'Slurm temporarily unable to accept job, sleeping and retrying', /holds 500000 jobs/, {
      ...cluster,
      jobs,
    });
  });

  it('nor more bytes than fit into a checkpoint', () => {
    assert.equal(refusalOf(cluster, spec(), { stateBytes: limits.stateBytes - 1 }), undefined);
    const { reason, detail } = refusalOf(cluster, spec(), { stateBytes: limits.stateBytes }) ?? {};
    assert.match(reason ?? '', /temporarily unable to accept job/);
    assert.match(detail ?? '', /come to 536870912 bytes/);
  });
});
