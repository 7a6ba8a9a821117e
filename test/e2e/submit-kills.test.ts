// kill -9 of a submission at any point: there is a whole job or none, and nobody's id is used twice.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Cluster, root, runProcess, withCluster } from './tools/cluster.ts';

const script = 'echo ran >> ran.$SLURM_JOB_ID';

/** Every job that is seen has a whole room, and each of them runs, once. */
async function assertAllRun(cluster: Cluster): Promise<readonly number[]> {
  const ids = [...(await cluster.client.cluster()).jobs.keys()];
  await cluster.daemon({ cpus: 16 });
  for (const id of ids) {
    assert.equal((await cluster.client.ended(id)).endState, 'COMPLETED', `job ${id}`);
    assert.equal(readFileSync(join(cluster.work, `ran.${id}`), 'utf8'), 'ran\n');
  }
  assert.deepEqual([...(await cluster.client.cluster()).jobs.keys()], ids);
  return ids;
}

/** Submits in a process that dies there; gives the name of the step, or undefined when it came to its end. */
async function killedAt(cluster: Cluster, side: string, step: number): Promise<string | undefined> {
  const stepsFile = join(cluster.folder, 'steps');
  const program = join(root, 'build/test/e2e/tools/killable-submitter.js');
  const environment = {
    ...cluster.environment,
    MGPU_TEST_KILL: `${side} ${step}`,
    MGPU_TEST_STEPS: stepsFile,
  };
  const words = [process.execPath, program, cluster.spool, cluster.work, script];
  const ended = await runProcess(words, { environment, workDir: cluster.work });
  const steps = readFileSync(stepsFile, 'utf8').trimEnd().split('\n');
  if (ended.signal === 'SIGKILL') return steps.at(-1)?.replace(cluster.folder, '');
  assert.equal(ended.stdout, '1\n', ended.stderr);
  return undefined;
}

for (const side of ['before', 'after']) {
  test(`a submission killed ${side} any of its steps`, async (t) => {
    let step = 0;
    for (let isOver = false; !isOver; ) {
      step += 1;
      await withCluster(async (cluster) => {
        const name = await killedAt(cluster, side, step);
        isOver = name === undefined;
        const isSent = isOver || (side === 'after' && /rename .*inbox/.test(name ?? ''));
        const seen = [...(await cluster.client.cluster()).jobs.keys()];
        assert.deepEqual(seen, isSent ? [1] : [], `killed ${side} ${name}`);
        const next = await cluster.client.submit({ script });
        assert.deepEqual(await assertAllRun(cluster), [...seen, next]);
      });
    }
    t.diagnostic(`${step - 1} steps`);
    assert.ok(step > 5);
  });
}
