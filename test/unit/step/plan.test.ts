import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { StepOrder } from '../../../src/model/step.ts';
import { baseEnvironment, planTasks, taskVariables } from '../../../src/step/plan.ts';
import { jobRoom } from '../../../src/store/layout.ts';

const room = jobRoom('/spool/jobs/12').firstStep;

function order(given: Partial<StepOrder> = {}): StepOrder {
  return {
    mgpu: 'step',
    format: 1,
    jobId: 12,
    step: 0,
    ntasks: 1,
    node: 'gpu01',
    nodes: ['gpu01'],
    jobName: 'train',
    user: 'alice',
    host: 'vm',
    workDir: '/home/alice/w',
    gpus: [],
    ...given,
  };
}

describe('taskVariables', () => {
  it('number the tasks in blocks (env.srun2)', () => {
    assert.deepEqual(taskVariables(order({ ntasks: 3 }), 1), {
      SLURM_GTIDS: '0,1,2',
      SLURM_LOCALID: '1',
      SLURM_NODEID: '0',
      SLURM_NPROCS: '3',
      SLURM_NTASKS: '3',
      SLURM_PROCID: '1',
      SLURM_STEPID: '0',
      SLURM_STEP_ID: '0',
      SLURM_STEP_NODELIST: 'gpu01',
      SLURM_STEP_NUM_NODES: '1',
      SLURM_STEP_NUM_TASKS: '3',
      SLURM_STEP_TASKS_PER_NODE: '3',
    });
  });

  it('give each task its own GPUs only when they were asked for by task (env.srun_gpt, env.srun_gn)', () => {
    const shared = taskVariables(order({ ntasks: 2, gpus: [2, 3] }), 1);
    assert.equal(shared['CUDA_VISIBLE_DEVICES'], undefined);
    const own = taskVariables(order({ ntasks: 2, gpus: [2, 3], gpusPerTask: 1 }), 1);
    assert.equal(own['CUDA_VISIBLE_DEVICES'], '3');
    assert.equal(own['GPU_DEVICE_ORDINAL'], '3');
    assert.equal(own['SLURM_STEP_GPUS'], '3');
  });

  it("count AMD's devices of a task from 0", () => {
    const own = taskVariables(order({ ntasks: 2, gpus: [2, 3], gpusPerTask: 1, gpuVendor: 'amd' }), 1);
    assert.equal(own['ROCR_VISIBLE_DEVICES'], '3');
    assert.equal(own['HIP_VISIBLE_DEVICES'], '0');
  });
});

describe('planTasks', () => {
  const own = (task: number, name: string) => ({
    path: `/spool/jobs/12/step.0.${task}.${name}`,
    own: { task, stream: name },
  });
  const file = (path: string) => ({ path });
  const cases: readonly (readonly [string, Partial<StepOrder>, readonly unknown[]])[] = [
    ['everything through srun', {}, ['fed', own(0, 'out'), own(0, 'err')]],
    ['all is the same', { input: 'all', output: 'all', error: 'all' }, ['fed', own(0, 'out'), own(0, 'err')]],
    ['none takes the errors along (file.srun.none)', { output: 'none' }, ['fed', 'none', 'none']],
    [
      'a file takes the errors along (file.srun.plain)',
      { output: 'r.txt' },
      ['fed', file('/home/alice/w/r.txt'), file('/home/alice/w/r.txt')],
    ],
    [
      'errors alone leave the output (file.srun.err)',
      { error: '/tmp/e-%t.txt' },
      ['fed', own(0, 'out'), file('/tmp/e-0.txt')],
    ],
    [
      'a number is a task, and takes the errors along (file.srun.num)',
      { output: '0' },
      ['fed', own(0, 'out'), own(0, 'out')],
    ],
    ['the number of another task is nowhere', { output: '1', input: '1' }, ['none', 'none', 'none']],
    ['no input', { input: 'none' }, ['none', own(0, 'out'), own(0, 'err')]],
    [
      'input from a file',
      { input: 'in-%j' },
      [{ path: '/home/alice/w/in-12' }, own(0, 'out'), own(0, 'err')],
    ],
  ];
  for (const [title, given, expected] of cases) {
    it(title, () => {
      const [plan] = planTasks(order(given), {}, room);
      assert.deepEqual([plan?.input, plan?.output, plan?.error], expected);
    });
  }

  it('expands patterns for each task (file.srun.j.s.t, file.srun.J, file.srun.2t)', () => {
    const paths = planTasks(order({ ntasks: 2, output: '%j.%s-%2t %J %N %n %u %x' }), {}, room).map(
      (plan) => plan.output !== 'none' && plan.output.path,
    );
    const rest = '12.0 vm 0 alice train';
    assert.deepEqual(paths, [`/home/alice/w/12.0-00 ${rest}`, `/home/alice/w/12.0-01 ${rest}`]);
  });

  it('has srun write a file that the tasks on several nodes share, and no other', () => {
    const two = { nodes: ['gpu01', 'gpu02'], layout: [[[0, 0]], [[1, 1]]], ntasks: 2 } as const;
    const cases: readonly (readonly [string, boolean])[] = [
      ['r.txt', true],
      ['r-%j.%s-%%t', true],
      ['r-\\%t', true],
      ['r-%t', false],
      ['r-%2n', false],
      ['r-%N', false],
    ];
    for (const [output, isShared] of cases) {
      const [plan] = planTasks(order({ ...two, output }), {}, room);
      const isSruns = isDeepStrictEqual(plan?.output, own(0, 'out'));
      assert.equal(isSruns, isShared, output);
      assert.equal(plan?.error, plan?.output);
    }
    const [alone] = planTasks(order({ output: 'r.txt' }), {}, room);
    assert.deepEqual(alone?.output, { path: '/home/alice/w/r.txt' });
  });

  it('gives a TMPDIR to the first task on a node where nobody said one (env.srun2)', () => {
    const given = (base: Readonly<Record<string, string>>): readonly (string | undefined)[] =>
      planTasks(order({ ntasks: 2 }), base, room).map(({ environment }) => environment['TMPDIR']);
    assert.deepEqual(given({}), ['/tmp', undefined]);
    assert.deepEqual(given({ TMPDIR: '/scratch' }), ['/scratch', '/scratch']);
  });
});

describe('baseEnvironment', () => {
  it('gives the tasks what the way through a shell has lost or changed', () => {
    const submitted = {
      PWD: '/home/alice',
      'BASH_FUNC_module%%': '() { :; }',
      NODE_OPTIONS: '--inspect',
      UV_THREADPOOL_SIZE: '1',
      CUDA_VISIBLE_DEVICES: '7',
      HOME: '/home/alice',
    };
    const inherited = {
      PWD: '/',
      OLDPWD: '/',
      SHLVL: '1',
      _: '/usr/bin/node',
      HOME: '/home/alice',
      MGPU_STEP: '{}',
      MGPU_KILL_WAIT: '30',
      MGPU_PID: '17',
    };
    assert.deepEqual(baseEnvironment(inherited, submitted, '/home/alice/w'), {
      HOME: '/home/alice',
      MGPU_PID: '17',
      PWD: '/home/alice/w',
      'BASH_FUNC_module%%': '() { :; }',
      NODE_OPTIONS: '--inspect',
      UV_THREADPOOL_SIZE: '1',
    });
  });

  it('invents nothing where nothing was exported (srun.export)', () => {
    assert.deepEqual(baseEnvironment({ PWD: '/', SHLVL: '0', TMPDIR: '/tmp' }, {}, '/home/alice/w'), {
      TMPDIR: '/tmp',
    });
  });
});
