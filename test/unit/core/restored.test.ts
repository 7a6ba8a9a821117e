import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { activeJobs } from '../../../src/core/free.ts';
import { restoredEvents } from '../../../src/core/restored.ts';
import { share } from '../builders.ts';
import { commands, live } from './commands.ts';
import { after, allocated, clusterOf, endRequested, jobIn, now, registered, submitted } from './world.ts';

describe('restoredEvents', () => {
  it('what ran has ended with its node, or as was decided before; what waits goes on waiting', () => {
    const cluster = clusterOf(
      registered('node1'),
      registered('node2'),
      ...[1, 2, 3].map((id) => submitted(id)),
      submitted(4, { kind: 'interactive' }),
      allocated(1, [share('node1'), share('node2')]),
      allocated(2, [share('node1')]),
      endRequested(2),
    );
    const restored = after(cluster, ...restoredEvents(cluster, now));
    const [ran, cancelled] = [jobIn(restored, 1, 'ENDED'), jobIn(restored, 2, 'ENDED')];
    assert.deepEqual([ran.endState, ran.reason, cancelled.endState], ['NODE_FAIL', 'NodeDown', 'CANCELLED']);
    assert.equal(jobIn(restored, 3, 'PENDING').attempt, 0);
    assert.equal(jobIn(restored, 4, 'ENDED').endState, 'CANCELLED');
    assert.deepEqual(
      [...restored.nodes.values()].map(({ presence }) => presence),
      ['stopped', 'stopped'],
    );
  });

  it('whatever a cluster lived through, nothing holds anything, and no job that waits is lost', () => {
    fc.assert(
      fc.property(commands, (all) => {
        const { cluster } = live(all);
        const restored = after(cluster, ...restoredEvents(cluster, now));
        assert.deepEqual([...activeJobs(restored)], []);
        for (const { remnants = [], presence } of restored.nodes.values())
          assert.deepEqual([remnants, presence], [[], 'stopped']);
        for (const job of cluster.jobs.values())
          if (job.state === 'PENDING') assert.deepEqual(restored.jobs.get(job.id), job);
        assert.deepEqual(restoredEvents(restored, now), []);
      }),
      { numRuns: 60 },
    );
  });
});
