import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeNow } from '../../../src/core/free.ts';
import { invariants } from '../../../src/core/invariants.ts';
import { openClient } from './client.ts';
import { type Cluster, type ClusterOptions, type Daemon, until, withCluster } from './cluster.ts';
import { markedProcesses } from './proc.ts';

/** One job, a daemon that dies at a step, and the plain daemon that comes after it. */
export interface Scenario {
  /** Before or after each of its changes of a file or a process the daemon dies. */
  readonly side: 'before' | 'after';
  /** What the job does after it has written its line. */
  readonly script: string;
  readonly options?: ClusterOptions;
  /** For both daemons. */
  readonly arguments?: readonly string[];
  /** How many lives go on at the same time; more than processors where they mostly wait. */
  readonly atOnce?: number;
  /** The killing begins with the first step whose name has this in it. */
  readonly from?: string;
  /** When the daemon comes to its end, if nothing kills it: see killable-daemon. */
  readonly until?: 'ended' | 'accounted';
  /** What happens between the submission and the start of the daemon that dies. */
  readonly prepare?: (cluster: Cluster, id: number) => Promise<void>;
  /** What holds when the next daemon has set all right. */
  readonly check: (cluster: Cluster, id: number) => Promise<void>;
}

const atOnceUsually = 2;

/** Kills the daemon at every step there is and checks what comes of it; gives the number of steps. */
export async function killEverywhere(scenario: Scenario): Promise<number> {
  const names = await killedAt(scenario, 0);
  const first = names.findIndex((name) => name.includes(scenario.from ?? ''));
  assert.ok(first >= 0, `no step ${scenario.from}:\n${names.join('\n')}`);
  let next = first + 1;
  const work = async (): Promise<void> => {
    while (next <= names.length) {
      const step = next;
      next += 1;
      await killedAt(scenario, step);
    }
  };
  await Promise.all(Array.from({ length: scenario.atOnce ?? atOnceUsually }, work));
  return names.length - first;
}

/** One life and the one after it. Gives the names of the steps that were made; 0 kills at none. */
function killedAt(scenario: Scenario, step: number): Promise<readonly string[]> {
  return withCluster(async (cluster) => {
    const line = `echo "$SLURM_JOB_ID $MGPU_ATTEMPT $$" >> "${witnessOf(cluster)}"`;
    const spec = { gpus: [{ count: 2, per: 'job' as const }] };
    const id = await cluster.client.submit({ script: `${line}\n${scenario.script}`, spec });
    await scenario.prepare?.(cluster, id);
    const how = scenario.arguments && { arguments: scenario.arguments };
    const killable = cluster.start({
      ...how,
      program: 'killable-daemon',
      environment: {
        MGPU_TEST_KILL: `${scenario.side} ${step}`,
        MGPU_TEST_STEPS: join(cluster.folder, 'steps'),
        MGPU_TEST_UNTIL: scenario.until ?? 'ended',
      },
    });
    const end = await killable.over();
    const names = stepsOf(cluster);
    const when = `killed ${scenario.side} ${step} ${names.at(-1)}`;
    try {
      // Timing may make one step more or less of a life.
      if (end !== 0) assert.equal(end, 'SIGKILL');
      await check(cluster, id, scenario, await cluster.daemon(how));
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const told = `--- steps before\n${names.join('\n')}\n${cluster.logs()}`;
      throw new Error(`${when}: ${cause}\n${told}`, { cause: error });
    }
    return names;
  }, scenario.options);
}

async function check(cluster: Cluster, id: number, scenario: Scenario, daemon: Daemon): Promise<void> {
  const { client } = cluster;
  await scenario.check(cluster, id);
  const lines = readFileSync(witnessOf(cluster), 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, 1, `it ran ${lines.length} times`);
  assert.match(lines[0] ?? '', new RegExp(`^${id} 1 \\d+$`));
  assert.deepEqual(markedProcesses(client.store.spool.clusterId), []);
  const state = await client.committed();
  invariants(state);
  assert.equal(freeNow(state).get('node1')?.gpus.length, 4);
  // A request goes out of the inbox after its commit.
  await until(() => inboxOf(cluster).length === 0, { what: 'the inbox is empty' });
  // The log alone tells the same to who reads it from its beginning.
  const replayed = await openClient(cluster.spool, { work: cluster.work });
  assert.deepEqual([...(await replayed.committed()).jobs.values()], [...state.jobs.values()]);
  assert.equal(await daemon.stop(), 0);
  const runs = join(cluster.folder, 'local', client.store.spool.clusterId, 'node1/runs');
  assert.deepEqual(readdirSync(runs), []);
}

/** The job ended so, once, and its room says the same. */
export async function assertEnded(
  cluster: Cluster,
  id: number,
  expected: { readonly end: string; readonly marker: 'SUCCESS' | 'FAILED' },
): Promise<void> {
  const { endState, attempt, exitCode } = await cluster.client.ended(id);
  assert.equal(`${endState} ${exitCode.code}:${exitCode.signal} by attempt ${attempt}`, expected.end);
  const marks = readdirSync(join(cluster.spool, 'jobs', String(id))).filter((name) =>
    /^(exit|started|SUCCESS|FAILED)/.test(name),
  );
  assert.deepEqual(marks.sort(), [expected.marker, 'exit.1', 'started.1'].sort());
}

/** The steps of the killed daemon without the names that differ from run to run. */
function stepsOf(cluster: Cluster): readonly string[] {
  const path = join(cluster.folder, 'steps');
  const text = existsSync(path) ? readFileSync(path, 'utf8').trimEnd() : '';
  const steps = text.replaceAll(cluster.folder, '').replaceAll(/[0-9A-Z]{26}/g, '*');
  return steps === '' ? [] : steps.split('\n');
}

function witnessOf(cluster: Cluster): string {
  return join(cluster.folder, 'witness');
}

function inboxOf(cluster: Cluster): readonly string[] {
  return readdirSync(join(cluster.spool, 'inbox')).filter((name) => !name.startsWith('.'));
}
