import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocationLine } from '../../../../src/services/interactive/allocationline.ts';

const share = (node: string, cpus: number) => ({ node, cpus, memoryMb: 0, gpus: [], tasks: 1 });

test('srun -v names the job, its nodes and how many CPUs it has on each', () => {
  assert.equal(
    allocationLine({ id: 6, allocation: [share('n1', 2)] }),
    "srun: jobid 6: nodes(1):`n1', cpu counts: 2(x1)",
  );
  const allocation = [share('n1', 2), share('n2', 2), share('n3', 1), share('n4', 2)];
  assert.equal(
    allocationLine({ id: 7, allocation }),
    "srun: jobid 7: nodes(4):`n[1-4]', cpu counts: 2(x2),1(x1),2(x1)",
  );
});
