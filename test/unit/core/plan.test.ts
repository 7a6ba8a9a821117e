import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plan, planEvents } from '../../../src/core/plan.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { share } from '../builders.ts';
import {
  after,
  allocated,
  clusterOf,
  endRequested,
  gpus,
  jobIn,
  now,
  presence,
  registered,
  released,
  submitted,
} from './world.ts';

/** What starts, as `id` or `id_task`, in order; and why the others wait. */
function planned(cluster: Cluster, at: number = now): readonly [string, string] {
  const { starts, reasons } = plan(cluster, at);
  const ids = starts.map(({ job, task }) => (task === undefined ? `${job.id}` : `${job.id}_${task}`));
  return [ids.join(' '), [...reasons].map(([id, reason]) => `${id}:${reason}`).join(' ')];
}

const oneNode = clusterOf(registered('node1', { cpus: 4, gpus: gpus(2) }));

describe('plan: order and reasons', () => {
  it('starts jobs in the order of their ids as long as there is room', () => {
    const cluster = after(
      oneNode,
      submitted(3),
      submitted(1),
      submitted(2, { cpusPerTask: 2 }),
      submitted(4),
    );
    assert.deepEqual(planned(cluster), ['1 2 3', '4:Resources']);
  });

  it('starts nothing that is held', () => {
    const cluster = after(oneNode, submitted(1, { hold: true }), submitted(2), {
      name: 'jobHeld',
      time: now,
      id: 2,
      by: 'admin',
    });
    assert.deepEqual(planned(cluster), ['', '1:JobHeldUser 2:JobHeldAdmin']);
  });

  it('a singleton waits for a namesake that starts in the same plan, though it was submitted later', () => {
    const singleton = { any: false, clauses: [{ type: 'singleton' as const }] };
    const cluster = after(
      oneNode,
      submitted(1, { name: 'same', dependency: singleton }),
      submitted(2, { name: 'same', priority: 2 ** 32 - 2 }),
      submitted(3, { name: 'other', dependency: singleton }),
    );
    assert.deepEqual(planned(cluster), ['2 3', '1:Dependency']);
  });

  it('does not wait for its own clock to reach that of whoever committed the submission', () => {
    assert.deepEqual(planned(after(oneNode, submitted(1)), now - 100), ['1', '']);
  });

  it('names the first that finds no room, and those behind it', () => {
    const cluster = after(oneNode, submitted(1, { cpusPerTask: 4 }), submitted(2), submitted(3));
    assert.deepEqual(planned(cluster), ['1', '2:Resources 3:Priority']);
  });

  it('a job that can never run holds nobody back', () => {
    const cluster = after(oneNode, submitted(1, { cpusPerTask: 99 }), submitted(2, { cpusPerTask: 4 }));
    assert.deepEqual(planned(cluster), ['2', '1:PartitionConfig']);
  });

  it('starts at most so many at a time', () => {
    const wide = clusterOf(registered('wide', { cpus: 2000, sockets: 1 }));
    const array = { tasks: [[0, 999]] as const, throttle: 0 };
    const { starts, reasons } = plan(after(wide, submitted(1, { array })), now);
    assert.deepEqual([starts.length, reasons.get(1)], [512, 'Priority']);
  });
});

describe('plan: nodes', () => {
  const two = clusterOf(registered('node1', { cpus: 4 }), registered('node2', { cpus: 4 }));

  it('starts nothing on nodes whose daemon stopped or is lost', () => {
    const cluster = after(two, submitted(1), presence('node1', 'stopped'));
    assert.equal(plan(cluster, now).starts[0]?.allocation[0]?.node, 'node2');
    assert.deepEqual(planned(after(cluster, presence('node2', 'lost'))), ['', '1:Resources']);
  });

  it('says so of a node that was asked for', () => {
    const cluster = after(
      two,
      submitted(1, { nodelist: ['node1'] }),
      presence('node1', 'lost'),
      submitted(2),
    );
    assert.deepEqual(planned(cluster), ['2', '1:ReqNodeNotAvail']);
  });

  it('what a node holds is free again when it was released, not when its end was asked for', () => {
    const ending = after(
      two,
      submitted(1, { cpusPerTask: 4, nodelist: ['node1'] }),
      allocated(1, [share('node1', { cpus: 4 })]),
      endRequested(1),
      submitted(2, { cpusPerTask: 4, nodelist: ['node1'] }),
    );
    assert.deepEqual(planned(ending), ['', '2:Resources']);
    assert.deepEqual(planned(after(ending, released(1, 'node1'))), ['2', '']);
  });

  it('a node that gave its share back is free though another still holds', () => {
    const both = after(
      two,
      submitted(1, { nodes: { min: 2, max: 2 }, cpusPerTask: 4 }),
      allocated(1, [share('node1', { cpus: 4 }), share('node2', { cpus: 4 })]),
      endRequested(1),
      released(1, 'node2'),
      submitted(2, { cpusPerTask: 4 }),
      submitted(3, { cpusPerTask: 4 }),
    );
    assert.deepEqual(plan(both, now).starts[0]?.allocation[0]?.node, 'node2');
    assert.deepEqual(planned(both), ['2', '3:Resources']);
  });

  it('several nodes are taken together or not at all', () => {
    const cluster = after(
      two,
      submitted(1, { cpusPerTask: 2, nodelist: ['node1'] }),
      allocated(1, [share('node1', { cpus: 2 })]),
      submitted(2, { nodes: { min: 2, max: 2 }, cpusPerTask: 3, ntasks: 2 }),
    );
    assert.deepEqual(planned(cluster), ['', '2:Resources']);
  });
});

describe('plan: arrays', () => {
  const array = (last: number, throttle = 0) => ({ array: { tasks: [[1, last]] as const, throttle } });

  it('starts tasks in order as long as there is room', () => {
    assert.deepEqual(planned(after(oneNode, submitted(10, array(6)), submitted(11))), [
      '10_1 10_2 10_3 10_4',
      '10:Resources 11:Priority',
    ]);
  });

  it('runs no more tasks at a time than the array’s limit, running ones counted', () => {
    const limited = after(oneNode, submitted(10, array(6, 2)), submitted(11));
    assert.deepEqual(planned(limited), ['10_1 10_2 11', '10:JobArrayTaskLimit']);
    const one = after(limited, allocated(12, [share('node1')], { array: { job: 10, task: 1 } }));
    assert.deepEqual(planned(one), ['10_2 11', '10:JobArrayTaskLimit']);
    const ending = after(one, endRequested(12));
    assert.deepEqual(planned(ending), ['10_2 11', '10:JobArrayTaskLimit']);
    assert.deepEqual(planned(after(ending, released(12, 'node1'))), ['10_2 10_3 11', '10:JobArrayTaskLimit']);
  });

  it('is held as a whole', () => {
    assert.deepEqual(planned(after(oneNode, submitted(10, { ...array(3, 1), hold: true }))), [
      '',
      '10:JobHeldUser',
    ]);
  });
});

describe('plan: events', () => {
  const three = after(oneNode, submitted(10, { array: { tasks: [[1, 3]], throttle: 0 } }), submitted(11));
  const shown = (events: readonly ClusterEvent[]): string =>
    events
      .map((event) => (event.name === 'jobAllocated' ? `${event.id}=${event.array?.task}` : ''))
      .join(' ');

  it('claim with the ids in hand; the last task takes the array’s own', () => {
    const { events, idsUsed, idsWanted } = planEvents(three, now, [20, 21, 22]);
    assert.deepEqual([shown(events), idsUsed, idsWanted], ['20=1 21=2 10=3 11=undefined', 2, 2]);
    const state = after(three, ...events);
    assert.deepEqual(
      [10, 11, 20, 21].map((id) => jobIn(state, id, 'RUNNING').attempt),
      [1, 1, 1, 1],
    );
  });

  it('with too few ids leave the tasks for which there is none, and say how many are wanted', () => {
    const one = planEvents(three, now, [20]);
    assert.deepEqual([shown(one.events), one.idsUsed, one.idsWanted], ['20=1 11=undefined', 1, 3]);
    const none = planEvents(three, now, []);
    assert.deepEqual([shown(none.events), none.idsUsed, none.idsWanted], ['11=undefined', 0, 3]);
    assert.deepEqual(planned(after(three, ...none.events)), ['10_1 10_2 10_3', '']);
  });

  it('pass over ids that somebody else has by now', () => {
    const taken = { ...after(three, submitted(20)), closed: [[21, 21]] as const };
    const { events, idsUsed, idsWanted } = planEvents(taken, now, [20, 21, 22, 23, 24]);
    assert.deepEqual([shown(events), idsUsed, idsWanted], ['22=1 23=2 10=3 11=undefined', 4, 4]);
    const few = planEvents(taken, now, [20, 21, 22]);
    assert.deepEqual([shown(few.events), few.idsUsed, few.idsWanted - 3], ['22=1 11=undefined', 3, 2]);
  });

  it('are the same for the same state and time', () => {
    assert.deepEqual(planEvents(three, now, [20]), planEvents(three, now, [20]));
  });
});
