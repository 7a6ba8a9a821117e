import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bellsForRequest, concernedBy } from '../../../src/core/concerned.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import { share, spec } from '../builders.ts';
import * as world from './world.ts';

const waiting = { address: '10.0.0.99', port: 999 };

/** Three nodes that can be rung, of which node1 has address 10.0.0.1 and port 101, and one that cannot. */
const nodes = world.clusterOf(
  ...[1, 2, 3].map((n) =>
    world.registered(`node${n}`, { addresses: [`10.0.0.${n}`], port: 100 + n, gpus: world.gpus(2) }),
  ),
  world.registered('silent', { addresses: ['10.0.0.9'] }),
);

function rungBy(before: Cluster, own: string, ...events: readonly ClusterEvent[]): readonly string[] {
  const bells = concernedBy({ before, after: world.after(before, ...events) }, events, own);
  return bells.map(({ address, port }) => `${address}:${port}`);
}

test('a claim rings the other nodes of the job, and who waits for it', () => {
  const before = world.after(nodes, world.submitted(1, { bells: [waiting] }));
  const claim = world.allocated(1, [share('node1'), share('node2'), share('silent')]);
  assert.deepEqual(rungBy(before, 'node1', claim), ['10.0.0.2:102', '10.0.0.99:999']);
  assert.deepEqual(rungBy(before, 'node3', claim), ['10.0.0.1:101', '10.0.0.2:102', '10.0.0.99:999']);
});

test('an end rings those that held it', () => {
  const running = world.after(
    nodes,
    world.submitted(1, { bells: [waiting] }),
    world.allocated(1, [share('node1'), share('node2')]),
  );
  assert.deepEqual(rungBy(running, 'node3', world.endRequested(1)), [
    ...['10.0.0.1:101', '10.0.0.2:102', '10.0.0.99:999'],
  ]);
  const first = world.released(1, 'node1', { report: world.completed });
  assert.deepEqual(rungBy(running, 'node1', first), ['10.0.0.2:102', '10.0.0.99:999']);
});

test('a submission alone rings nobody, and a node that is lost is not rung', () => {
  assert.deepEqual(rungBy(nodes, 'node1', world.submitted(1)), []);
  const lost = world.after(nodes, world.presence('node2', 'lost'), world.submitted(1));
  assert.deepEqual(rungBy(lost, 'node1', world.allocated(1, [share('node1'), share('node2')])), []);
});

test('a request rings one daemon: the one that it is for, or an idle one', () => {
  const ring = (cluster: Cluster, request: Parameters<typeof bellsForRequest>[1]) =>
    bellsForRequest(cluster, request).map(({ address }) => address);
  const busy = world.after(nodes, world.submitted(1), world.allocated(1, [share('node1')]));
  const submit = (given: Parameters<typeof spec>[0]) =>
    ({ name: 'submit', jobId: 2, spec: spec(given) }) as const;
  assert.deepEqual(ring(nodes, submit({})), ['10.0.0.1']);
  assert.deepEqual(ring(busy, submit({})), ['10.0.0.2']);
  assert.deepEqual(ring(nodes, submit({ nodelist: ['node3'] })), ['10.0.0.3']);
  const second = world.after(busy, world.submitted(2), world.allocated(2, [share('node2')]));
  assert.deepEqual(ring(second, { name: 'cancel', targets: [{ job: 99 }, { job: 2 }] }), ['10.0.0.2']);
  assert.deepEqual(ring(second, { name: 'reconfigure' }), ['10.0.0.1']);
  assert.deepEqual(ring(world.clusterOf(world.registered('silent')), submit({})), []);
});
