import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withHostfile, withTaskNodes } from '../../../../src/commands/submission/tasknodes.ts';
import type { SubmitValues } from '../../../../src/tables/options/values.ts';

/** What the list comes to, or why it does not; `isFile`: it is that of a host file. */
function laid(given: SubmitValues, isFile = false): unknown {
  const read = withTaskNodes({ distribution: 'arbitrary', ...given }, 'srun', isFile);
  if ('failed' in read) return read.failed;
  const { taskNodes, nodelist, ntasks, nodes } = read.values;
  return [taskNodes?.join(' '), nodelist?.join(' '), ntasks, nodes];
}

const two = { min: 2, max: 2 };
const listed = { nodelist: ['b', 'a', 'b'] };

describe('tasks laid out by a list of nodes', () => {
  test('a task for each name, and as many nodes as there are different ones', () => {
    assert.deepEqual(laid(listed), ['b a b', 'b a', 3, two]);
    assert.deepEqual(laid({ ...listed, ntasks: 3, nodes: two }), ['b a b', 'b a', 3, two]);
    assert.deepEqual(laid({ ...listed, nodes: { min: 1, max: 4 } }), ['b a b', 'b a', 3, two]);
  });

  test('of more names than tasks the first count', () => {
    assert.deepEqual(laid({ ...listed, ntasks: 1 }), ['b', 'b', 1, { min: 1, max: 1 }]);
    assert.deepEqual(laid({ ...listed, nodes: two }, true), ['b a', 'b a', 2, two]);
  });

  test('fewer names than tasks are refused in Slurm\u2019s words', () => {
    const advice = 'Check your nodelist, or set the -n option to be 3';
    assert.deepEqual(laid({ ...listed, ntasks: 4 }), {
      lines: [`srun: error: Asked for 4 tasks have 3 in the nodelist.  ${advice}`],
      exitCode: 1,
    });
    assert.deepEqual(laid({ ...listed, ntasks: 4 }, true), {
      lines: [
        'srun: error: Too few NodeNames in Slurm Hostfile',
        'srun: error: Failure getting NodeNames from hostfile',
      ],
      exitCode: 1,
    });
  });

  test('more nodes than the list has are refused, but for those of the job itself', () => {
    const three = { ...listed, nodes: { min: 3, max: 3 } };
    const what = '--nodes 3 and 2 nodes to lay tasks out on do not agree: leave --nodes out';
    assert.deepEqual(laid(three), { lines: [`srun: error: ${what}`], exitCode: 1 });
    assert.deepEqual(laid({ ...three, jobId: 7 }), ['b a b', 'b a', 3, two]);
  });

  test('any other distribution has each node once, and no list of tasks', () => {
    const block = { ...listed, distribution: 'block' };
    assert.deepEqual(laid(block), [undefined, 'b a', undefined, undefined]);
  });
});

test('the host file counts where no nodes are named, over every other distribution', () => {
  const environment = { SLURM_HOSTFILE: 'hosts', SLURM_ARBITRARY_NODELIST: 'x,y' };
  const file = (path: string): SubmitValues => ({ nodelist: [path], distribution: 'arbitrary' });
  assert.deepEqual(withHostfile({ distribution: 'block' }, 'srun', environment), file('./hosts'));
  assert.deepEqual(withHostfile({}, 'sbatch', { SLURM_HOSTFILE: '/h' }), file('/h'));
  const named = { nodelist: ['a'] };
  assert.equal(withHostfile(named, 'srun', environment), named);
  const inFile = { nodefile: 'f' };
  assert.equal(withHostfile(inFile, 'srun', environment), inFile);
});

test('a step of a job that was laid out by a list goes by the same', () => {
  const environment = { SLURM_ARBITRARY_NODELIST: 'b,a,b' };
  const arbitrary = { distribution: 'arbitrary' };
  assert.deepEqual(withHostfile(arbitrary, 'srun', environment).nodelist, ['b', 'a', 'b']);
  assert.equal(withHostfile(arbitrary, 'sbatch', environment), arbitrary);
  const block = { distribution: 'block' };
  assert.equal(withHostfile(block, 'srun', environment), block);
});
