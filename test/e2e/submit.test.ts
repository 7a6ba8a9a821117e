// Submissions by the hundred, and submissions that are killed: an id that was said is kept, and there is no
// half job.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, makeCluster, root } from './tools/cluster.ts';

const submissions = 200;
/** As many processes at a time; more would only measure the machine's memory. */
const atOnce = 40;
const kills = 24;

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster();
});
after(() => cluster.close());

async function queued(): Promise<readonly number[]> {
  const text = await cluster.output('mgpu_squeue', '-h', '-o', '%i');
  return text
    .split('\n')
    .filter(Boolean)
    .map(Number)
    .sort((a, b) => a - b);
}

test(`${submissions} submissions have ${submissions} ids, and all of them are in the queue`, async () => {
  const ids: number[] = [];
  let left = submissions;
  const submitter = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      ids.push(Number(await cluster.output('mgpu_sbatch', '--parsable', '--wrap', 'true')));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, submitter));
  const expected = Array.from({ length: submissions }, (_, index) => index + 1);
  assert.deepEqual(
    ids.sort((a, b) => a - b),
    expected,
  );
  assert.deepEqual(await queued(), expected);
});

test('kill -9 of mgpu_sbatch leaves a whole job or none, and never an id that is not kept', async () => {
  const start = performance.now();
  const said = [Number(await cluster.output('mgpu_sbatch', '--parsable', '--wrap', 'true'))];
  // From before it has begun until after it has ended.
  const stepMs = ((performance.now() - start) * 1.2) / kills;
  for (let index = 0; index < kills; index += 1) {
    const text = await killedAfter(index * stepMs);
    if (text.endsWith('\n')) said.push(Number(text));
  }
  const ids = await queued();
  for (const id of said) assert.ok(ids.includes(id), `job ${id} was said and is lost`);
  for (const id of ids) {
    const room = join(cluster.spool, 'jobs', String(id));
    assert.equal(readFileSync(join(room, 'script'), 'utf8').endsWith('\ntrue\n'), true);
    assert.equal(JSON.parse(readFileSync(join(room, 'launch.json'), 'utf8')).mgpu, 'launch');
  }
  const waiting = readdirSync(join(cluster.spool, 'inbox')).filter((name) => !name.startsWith('.'));
  assert.equal(waiting.length, ids.length);
  assert.equal(
    existsSync(join(cluster.spool, 'rejected')) && readdirSync(join(cluster.spool, 'rejected')).length,
    0,
  );
});

/** Submits, kills the command after so long, and gives what it had printed. */
function killedAfter(ms: number): Promise<string> {
  const words = ['--parsable', '--wrap', 'true'];
  const child = spawn(join(root, 'bin/mgpu_sbatch'), words, {
    cwd: cluster.work,
    env: { ...cluster.environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  return new Promise((resolve) => {
    child.once('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}
