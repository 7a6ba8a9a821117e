import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '../../../src/core/admit.ts';
import { completed } from '../../../src/core/complete.ts';
import { isBeyondMemory, withCpusForMemory } from '../../../src/core/memorylimits.ts';
import { plan } from '../../../src/core/plan.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { PartitionConfig } from '../../../src/model/config.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { spec } from '../builders.ts';
import { after, clusterOf, now, registered } from './world.ts';

/* As asked of a Slurm 22.05.8 with a partition of one node of 8 CPUs and 16000 MiB. */

function clusterWith(given: Partial<PartitionConfig>): Cluster {
  return after(clusterOf(registered('node1', { cpus: 8, memoryMb: 16_000 })), {
    name: 'clusterConfigured',
    time: now,
    config: { partitions: [{ name: 'main', isDefault: true, ...given }], nodes: [] },
  });
}

function reasonFor(cluster: Cluster, given: Partial<JobSpec>): string | undefined {
  const job = completed(spec(given), cluster);
  const refused = refusalOf(cluster, job);
  if (refused !== undefined) return [...refused.before, refused.reason].join('; ');
  const queued = after(cluster, { name: 'jobSubmitted', time: now, id: 1, spec: job });
  return plan(queued, now).reasons.get(1);
}

describe('MaxMemPerNode=2000', () => {
  const cluster = clusterWith({ maxMemPerNodeMb: 2000 });
  const cases: readonly (readonly [Partial<JobSpec>, string | undefined])[] = [
    [{ memoryPerNodeMb: 3000 }, 'MaxMemPerLimit'],
    [{ memoryPerNodeMb: 0 }, 'MaxMemPerLimit'],
    [{ memoryPerNodeMb: 1500 }, undefined],
    [{ memoryPerCpuMb: 3000 }, 'MaxMemPerLimit'],
    // For each CPU the real one counts those of a task alone.
    [{ memoryPerCpuMb: 1000, ntasks: 4 }, undefined],
    [{ memoryPerCpuMb: 1000, cpusPerTask: 4 }, 'MaxMemPerLimit'],
    [{ memoryPerGpuMb: 3000 }, 'MaxMemPerLimit'],
  ];
  for (const [given, reason] of cases) {
    it(`${JSON.stringify(given)}: ${reason ?? 'starts'}`, () => {
      assert.equal(reasonFor(cluster, given), reason);
    });
  }
});

describe('MaxMemPerCPU=1500', () => {
  const cluster = clusterWith({ maxMemPerCpuMb: 1500 });
  const cpusOf = (given: Partial<JobSpec>): Partial<JobSpec> => {
    const { memoryPerCpuMb, memoryPerNodeMb, minCpusPerNode, cpusPerTask } = completed(spec(given), cluster);
    return JSON.parse(JSON.stringify({ memoryPerCpuMb, memoryPerNodeMb, minCpusPerNode, cpusPerTask }));
  };

  it('more memory for each CPU is more CPUs with less', () => {
    assert.deepEqual(cpusOf({ memoryPerCpuMb: 3000 }), { memoryPerCpuMb: 1500, cpusPerTask: 2 });
    assert.deepEqual(cpusOf({ memoryPerCpuMb: 4000 }), { memoryPerCpuMb: 1334, cpusPerTask: 3 });
    assert.deepEqual(cpusOf({ memoryPerCpuMb: 1500 }), { memoryPerCpuMb: 1500, cpusPerTask: 1 });
  });

  it('memory for each node asks for nodes with so many CPUs', () => {
    const common = { memoryPerNodeMb: 8000, cpusPerTask: 2 };
    assert.deepEqual(cpusOf({ ...common, ntasks: 2 }), { ...common, minCpusPerNode: 6 });
    const lack = 'CPU count per node can not be satisfied';
    for (const memoryPerNodeMb of [0, 15_000]) {
      const refusal = `${lack}; Requested node configuration is not available`;
      assert.equal(reasonFor(cluster, { memoryPerNodeMb }), refusal);
    }
  });

  it('what is so changed is within the limit, and stays as it is', () => {
    const memory = fc.integer({ min: 1, max: 40_000 });
    fc.assert(
      fc.property(
        memory,
        memory,
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        (mb, most, isPerCpu, cpus) => {
          const asked = isPerCpu ? { memoryPerCpuMb: mb } : { memoryPerNodeMb: mb };
          const job = spec({ ...asked, cpusPerTask: cpus });
          const limit = { maxMemPerCpuMb: most };
          const more = { ...job, ...withCpusForMemory(job, limit, 64_000) };
          const isTooMuch = Math.ceil(mb / most) * cpus > 4096;
          if (isTooMuch) return;
          assert.equal(isBeyondMemory(more, limit), false);
          assert.deepEqual({ ...more, ...withCpusForMemory(more, limit, 64_000) }, more);
          const all = (one: JobSpec): number => (one.memoryPerCpuMb ?? 0) * one.cpusPerTask;
          assert.ok(all(more) >= all(job), 'it gets what it asked for');
        },
      ),
    );
  });
});
