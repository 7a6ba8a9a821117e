// Daemons that are killed, or stand still for a while, at any moment while many jobs run: what holds for one
// crash holds for many. The moments are drawn from a seed, the machine adds its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeNow } from '../../src/core/free.ts';
import { invariants } from '../../src/core/invariants.ts';
import { type Cluster, type Daemon, until, withCluster } from './tools/cluster.ts';
import { markedProcesses } from './tools/proc.ts';
import { assertNoGaps, assertOwnersAreSingle, witnessScript } from './tools/witness.ts';

const jobCount = 120;
const nodes = ['n1', 'n2', 'n3'];
const blows = 24;
const pauseMs = 300;

/** A row of numbers from 0 up to 1 that a seed makes. */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function endedCount(cluster: Cluster): Promise<number> {
  return [...(await cluster.client.committed()).jobs.values()].filter((job) => job.state === 'ENDED').length;
}

/** Kills a daemon and starts it again, or lets it stand still. */
async function strike(cluster: Cluster, daemons: Map<string, Daemon>, draw: () => number): Promise<void> {
  const node = nodes[Math.floor(draw() * nodes.length)] ?? '';
  const daemon = daemons.get(node);
  if (draw() < 0.5) {
    await daemon?.kill();
    daemons.set(node, cluster.start(optionsOf(node)));
    return;
  }
  daemon?.process.kill('SIGSTOP');
  await wait(pauseMs);
  daemon?.process.kill('SIGCONT');
}

function optionsOf(node: string) {
  return { node, gpus: '2', cpus: 4 };
}

test('daemons killed and paused at random: every job runs once, no GPU has two owners', (t) =>
  withCluster(async (cluster) => {
    const seed = Date.now() % 1_000_000;
    t.diagnostic(`seed ${seed}`);
    const draw = drawn(seed);
    const script = witnessScript('sleep 0.2');
    for (let job = 0; job < jobCount; job += 1) {
      const gpus = [{ count: 1 + (job % 2), per: 'job' as const }];
      await cluster.client.submit({ script, spec: { gpus, output: '/dev/null' } });
    }
    const daemons = new Map<string, Daemon>();
    for (const node of nodes) daemons.set(node, await cluster.daemon(optionsOf(node)));
    for (let blow = 0; blow < blows && (await endedCount(cluster)) < jobCount; blow += 1) {
      await wait(draw() * 400);
      await strike(cluster, daemons, draw);
    }
    const explain = (): string => `seed ${seed}\n${cluster.logs()}`;
    const areAllEnded = async (): Promise<boolean> => (await endedCount(cluster)) === jobCount;
    await until(areAllEnded, { what: 'all jobs end', explain, msMax: 40_000 });
    const state = await cluster.client.committed();
    const ends = [...state.jobs.values()].map(
      (job) => job.state === 'ENDED' && `${job.endState} ${job.attempt}`,
    );
    assert.deepEqual(new Set(ends), new Set(['COMPLETED 1']), explain());
    invariants(state);
    assert.deepEqual(markedProcesses(cluster.client.store.spool.clusterId), []);
    for (const node of nodes) assert.equal(freeNow(state).get(node)?.gpus.length, 2, node);
    assertOwnersAreSingle(cluster, jobCount);
    assertNoGaps(cluster);
  }));
