import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seqOfName } from '../../../src/store/layout.ts';
import type { Cluster } from './cluster.ts';

/**
 * The lines of a script that says when it has its GPUs and when it gives them back. All jobs write to one
 * file, whose lines stand in the order of time.
 */
export function witnessScript(between: string): string {
  const line = (what: string): string =>
    `echo "${what} $SLURM_JOB_ID $MGPU_ATTEMPT $MGPU_NODE $CUDA_VISIBLE_DEVICES" >> witness`;
  return [line('start'), between, line('end')].join('\n');
}

/** Every job ran once, as its first attempt, and no GPU was given to two at a time. */
export function assertOwnersAreSingle(cluster: Cluster, jobCount: number): void {
  const lines = readFileSync(join(cluster.work, 'witness'), 'utf8').trimEnd().split('\n');
  const owners = new Map<string, string>();
  const started = new Set<string>();
  for (const line of lines) {
    const [what = '', id = '', attempt = '', node = '', devices = ''] = line.split(' ');
    if (what === 'start') {
      assert.ok(!started.has(id), `job ${id} ran twice`);
      started.add(id);
      assert.equal(attempt, '1');
    }
    for (const device of devices.split(',')) {
      const gpu = `GPU ${device} of ${node}`;
      if (what === 'start') {
        assert.equal(owners.get(gpu), undefined, `${gpu}: given to ${id}`);
        owners.set(gpu, id);
      } else {
        assert.equal(owners.get(gpu), id, `${gpu}: given back`);
        owners.delete(gpu);
      }
    }
  }
  assert.equal(started.size, jobCount);
  assert.equal(lines.length, 2 * jobCount);
}

/** The entries of the log are numbered without gaps. */
export function assertNoGaps(cluster: Cluster): void {
  const seqs = readdirSync(join(cluster.spool, 'log')).flatMap((name) => seqOfName(name) ?? []);
  const first = seqs[0] ?? 0;
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => first + index),
  );
}
