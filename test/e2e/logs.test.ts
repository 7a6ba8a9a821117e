// mgpu logs as users type it: here, and where the job's file is not seen.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, makeCluster, root } from './tools/cluster.ts';

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster();
  await cluster.daemon({ node: 'node1', cpus: 4, gpus: '2' });
});
after(() => cluster.close());

function run(command: string, ...words: readonly string[]) {
  return spawnSync(command, words, { env: cluster.environment, cwd: cluster.work, encoding: 'utf8' });
}

function sbatch(...words: readonly string[]): string {
  return run(join(root, 'bin/mgpu_sbatch'), '--parsable', ...words).stdout.trim();
}

const counting = 'for i in 1 2 3 4; do echo line $i; sleep 0.4; done';

test('follows a job from before its start to its end', () => {
  const id = sbatch('--begin=now+2', '--wrap', counting);
  const { status, stdout, stderr } = run(join(root, 'bin/mgpu'), 'logs', '-f', id);
  assert.deepEqual([status, stdout], [0, 'line 1\nline 2\nline 3\nline 4\n']);
  assert.match(stderr, /has not started: it waits \(BeginTime\)/);
  assert.equal(run(join(root, 'bin/mgpu'), 'logs', '-n', '1', id).stdout, 'line 4\n');
});

test('reads a file that this machine does not see by a step beside the job', (t) => {
  // Another machine, for what the file system shows: the job's folder is covered for the command alone.
  const apart = ['--mount', '--propagation', 'private'];
  if (run('unshare', ...apart, 'true').status !== 0) return t.skip('no mount namespaces here');
  const folder = join(cluster.work, 'disk');
  mkdirSync(folder);
  const id = sbatch('-o', join(folder, 'out'), '--wrap', `${counting}; sleep 9`);
  const covered = ['sh', '-c', 'mount -t tmpfs none "$1" && shift && exec "$@"', 'sh', folder];
  const logs = [join(root, 'bin/mgpu'), 'logs'];
  while (run(logs[0] ?? '', 'logs', id).stdout === '');
  const { status, stdout } = run('unshare', ...apart, ...covered, ...logs, '-f', id);
  assert.deepEqual([status, stdout], [0, 'line 1\nline 2\nline 3\nline 4\n']);
  const late = run('unshare', ...apart, ...covered, ...logs, id);
  assert.equal(late.status, 1);
  assert.match(late.stderr, /disk\/out: not seen from here, where node node1 wrote it\n.*has ended/);
});
