import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jobEnvironment } from '../../../src/core/environment.ts';
import type { NodeShare } from '../../../src/model/job.ts';
import type { NodeRecord } from '../../../src/model/node.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { stepOrderSchema } from '../../../src/model/step.ts';
import { gpu, node, running, share } from '../builders.ts';

interface Case {
  readonly spec?: Partial<JobSpec>;
  readonly id?: number;
  readonly shares: readonly NodeShare[];
  readonly array?: readonly [number, number];
  readonly attempt?: number;
  readonly submitted?: Readonly<Record<string, string>>;
  readonly record?: Partial<NodeRecord>;
}

/** What the captures show of the submitter's own environment. */
const alice = { HOME: '/home/alice', SHELL: '/bin/bash', USER: 'alice' };

function environmentOf(given: Case): Record<string, string> {
  const first = given.shares[0]?.node ?? 'gpu01';
  const gpus = [0, 1, 2, 3].map((index) => gpu(index, { uuid: `GPU-${index}` }));
  const here = node(first, { gpus, ...given.record });
  const base = running(given.id ?? 249, {
    spec: { name: 's.sh', partition: 'gpu', submitHost: 'vm', ...given.spec },
    shares: given.shares,
    ...(given.array && { array: given.array }),
  });
  return jobEnvironment({
    job: { ...base, attempt: given.attempt ?? 1 },
    nodes: new Map([[first, here]]),
    node: here.record,
    submitted: given.submitted ?? alice,
    clusterName: 'lab',
    mark: 'cluster.249.1',
    spoolRoot: '/spool',
  });
}

/** Without what we add. */
function slurmPart(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('MGPU_') && !(name in alice)),
  );
}

/** Common to all captured batch jobs. What there is no counterpart for is left out (see jobEnvironment). */
const batch = {
  ENVIRONMENT: 'BATCH',
  SLURM_CLUSTER_NAME: 'lab',
  SLURM_CONF: '/etc/slurm/slurm.conf',
  SLURM_GTIDS: '0',
  SLURM_JOB_ACCOUNT: 'proj',
  SLURM_JOB_GID: '2001',
  SLURM_JOB_NAME: 's.sh',
  SLURM_JOB_QOS: 'normal',
  SLURM_JOB_UID: '2001',
  SLURM_JOB_USER: 'alice',
  SLURM_LOCALID: '0',
  SLURM_NODEID: '0',
  SLURM_NODE_ALIASES: '(null)',
  SLURM_PRIO_PROCESS: '0',
  SLURM_PROCID: '0',
  SLURM_SUBMIT_DIR: '/home/alice/w',
  SLURM_SUBMIT_HOST: 'vm',
  SLURM_TOPOLOGY_ADDR_PATTERN: 'node',
  SLURM_WORKING_CLUSTER: 'lab:127.0.0.1:6817:9728:109',
  TMPDIR: '/tmp',
};

function onNodes(first: string, list: string, count: number): Record<string, string> {
  return {
    HOSTNAME: first,
    SLURMD_NODENAME: first,
    SLURM_JOB_NODELIST: list,
    SLURM_JOB_NUM_NODES: String(count),
    SLURM_NNODES: String(count),
    SLURM_NODELIST: list,
    SLURM_TOPOLOGY_ADDR: first,
  };
}

const twoGpus = {
  CUDA_VISIBLE_DEVICES: '0,1',
  GPU_DEVICE_ORDINAL: '0,1',
  ROCR_VISIBLE_DEVICES: '0,1',
  SLURM_GPUS_ON_NODE: '2',
  ZE_AFFINITY_MASK: '0,1',
};

describe('the environment of a batch job', () => {
  it('has what Slurm sets for --gres=gpu:2 (env.batch_gpu)', () => {
    const environment = environmentOf({
      spec: { gpus: [{ count: 2, per: 'node' }] },
      shares: [share('gpu03', { gpus: [0, 1] })],
    });
    assert.deepEqual(slurmPart(environment), {
      ...batch,
      ...onNodes('gpu03', 'gpu03', 1),
      ...twoGpus,
      SLURM_CPUS_ON_NODE: '1',
      SLURM_JOBID: '249',
      SLURM_JOB_CPUS_PER_NODE: '1',
      SLURM_JOB_GPUS: '0,1',
      SLURM_JOB_ID: '249',
      SLURM_JOB_PARTITION: 'gpu',
      SLURM_TASKS_PER_NODE: '1',
    });
  });

  it('has what Slurm sets for two nodes with GPUs and tasks on each (env.batch_gpn)', () => {
    const environment = environmentOf({
      spec: {
        gpus: [{ count: 2, per: 'node' }],
        gpusPerNodeGiven: true,
        ntasksPerNode: 2,
        ntasks: 4,
        nodes: { min: 2, max: 2 },
      },
      shares: ['gpu01', 'gpu02'].map((name) => share(name, { cpus: 2, tasks: 2, gpus: [0, 1] })),
    });
    assert.deepEqual(slurmPart(environment), {
      ...batch,
      ...onNodes('gpu01', 'gpu[01-02]', 2),
      ...twoGpus,
      SLURM_CPUS_ON_NODE: '2',
      SLURM_GPUS_PER_NODE: '2',
      SLURM_JOBID: '249',
      SLURM_JOB_CPUS_PER_NODE: '2(x2)',
      SLURM_JOB_GPUS: '0,1',
      SLURM_JOB_ID: '249',
      SLURM_JOB_PARTITION: 'gpu',
      SLURM_NPROCS: '4',
      SLURM_NTASKS: '4',
      SLURM_NTASKS_PER_NODE: '2',
      SLURM_TASKS_PER_NODE: '2(x2)',
    });
  });

  it('has what Slurm sets for tasks of two CPUs spread unevenly (env.big)', () => {
    const environment = environmentOf({
      spec: { ntasks: 4, ntasksGiven: true, cpusPerTask: 2, cpusPerTaskGiven: true },
      shares: [share('gpu01', { cpus: 6, tasks: 3 }), share('gpu02', { cpus: 2, tasks: 1 })],
    });
    assert.deepEqual(slurmPart(environment), {
      ...batch,
      ...onNodes('gpu01', 'gpu[01-02]', 2),
      SLURM_CPUS_ON_NODE: '6',
      SLURM_CPUS_PER_TASK: '2',
      SLURM_JOBID: '249',
      SLURM_JOB_CPUS_PER_NODE: '6,2',
      SLURM_JOB_ID: '249',
      SLURM_JOB_PARTITION: 'gpu',
      SLURM_NPROCS: '4',
      SLURM_NTASKS: '4',
      SLURM_TASKS_PER_NODE: '3,1',
    });
  });

  it('has what Slurm sets for a task of an array (env.array)', () => {
    const environment = environmentOf({
      id: 253,
      spec: {
        partition: 'cpu',
        array: {
          tasks: [
            [3, 3],
            [7, 7],
          ],
          throttle: 1,
        },
      },
      shares: [share('cpu01', { cpus: 2 })],
      array: [252, 3],
    });
    assert.deepEqual(slurmPart(environment), {
      ...batch,
      ...onNodes('cpu01', 'cpu01', 1),
      SLURM_ARRAY_JOB_ID: '252',
      SLURM_ARRAY_TASK_COUNT: '2',
      SLURM_ARRAY_TASK_ID: '3',
      SLURM_ARRAY_TASK_MAX: '7',
      SLURM_ARRAY_TASK_MIN: '3',
      SLURM_ARRAY_TASK_STEP: '1',
      SLURM_CPUS_ON_NODE: '2',
      SLURM_JOBID: '253',
      SLURM_JOB_CPUS_PER_NODE: '2',
      SLURM_JOB_ID: '253',
      SLURM_JOB_PARTITION: 'cpu',
      SLURM_TASKS_PER_NODE: '2',
    });
  });

  const single: readonly (readonly [string, Case, Readonly<Record<string, string | undefined>>])[] = [
    [
      '--gpus shows as asked',
      {
        spec: { gpus: [{ count: 2, per: 'job', type: 'a100' }] },
        shares: [share('gpu01', { gpus: [2, 3] })],
      },
      {
        SLURM_GPUS: 'a100:2',
        CUDA_VISIBLE_DEVICES: '2,3',
        SLURM_JOB_GPUS: '2,3',
        SLURM_GPUS_PER_NODE: undefined,
      },
    ],
    [
      '--gpus-per-task shows as asked (env.gpt)',
      {
        spec: { gpus: [{ count: 1, per: 'task' }], ntasks: 2, ntasksGiven: true },
        shares: [share('gpu03', { cpus: 2, tasks: 2, gpus: [0, 1] })],
      },
      { SLURM_GPUS_PER_TASK: '1', SLURM_NTASKS: '2', CUDA_VISIBLE_DEVICES: '0,1' },
    ],
    [
      'a whole node without -n could hold a task for each CPU (env.excl)',
      { shares: [share('cpu01', { cpus: 8 })] },
      { SLURM_TASKS_PER_NODE: '8', SLURM_NTASKS: undefined },
    ],
    [
      'an array with a step says so',
      {
        spec: {
          array: {
            tasks: [
              [1, 1],
              [4, 4],
              [7, 7],
              [10, 10],
            ],
            throttle: 0,
          },
        },
        shares: [share('gpu01')],
        array: [5, 4],
      },
      { SLURM_ARRAY_TASK_STEP: '3', SLURM_ARRAY_TASK_COUNT: '4' },
    ],
    [
      'a step that was not written is 1 (observed of --array=2,4,6)',
      {
        spec: {
          array: {
            tasks: [
              [2, 2],
              [4, 4],
              [6, 6],
            ],
            throttle: 0,
            step: 1,
          },
        },
        shares: [share('gpu01')],
        array: [5, 4],
      },
      { SLURM_ARRAY_TASK_STEP: '1' },
    ],
    [
      'memory for each CPU, by default too (env.batch_gpu)',
      { spec: { memoryPerCpuMb: 1000 }, shares: [share('gpu01')] },
      { SLURM_MEM_PER_CPU: '1000', SLURM_MEM_PER_NODE: undefined },
    ],
    [
      'a dependency (env.dep)',
      { spec: { dependency: { any: false, clauses: [{ type: 'singleton' }] } }, shares: [share('gpu01')] },
      { SLURM_JOB_DEPENDENCY: 'singleton' },
    ],
    [
      'what processors and GPUs were asked for (observed)',
      {
        spec: {
          cpusPerGpu: 2,
          memoryPerGpuMb: 100,
          ntasksPerGpu: 2,
          ntasksPerCore: 1,
          ntasksPerSocket: 2,
          overcommit: true,
          hint: 'nomultithread',
          threadsPerCore: 1,
          gpuBind: 'single:1',
          distribution: 'block:cyclic',
          tresPerJob: 'gres:gpu:a100:1,gres:gpu:v100:1',
          reservation: 'maint',
          qos: 'high',
        },
        shares: [share('gpu01')],
      },
      {
        SLURM_CPUS_PER_GPU: '2',
        SLURM_MEM_PER_GPU: '100',
        SLURM_NTASKS_PER_GPU: '2',
        SLURM_NTASKS_PER_CORE: '1',
        SLURM_NTASKS_PER_SOCKET: '2',
        SLURM_OVERCOMMIT: '1',
        SLURM_HINT: 'nomultithread',
        SLURM_THREADS_PER_CORE: '1',
        SLURM_GPU_BIND: 'single:1',
        SLURM_DISTRIBUTION: 'block:cyclic',
        SLURM_DIST_PLANESIZE: undefined,
        SLURM_GPUS: 'a100:1,v100:1',
        SLURM_JOB_RESERVATION: 'maint',
        SLURM_JOB_QOS: 'high',
      },
    ],
    [
      'planes, and a hint that stands for many tasks on a core (observed)',
      { spec: { distribution: 'plane=2', hint: 'multithread' }, shares: [share('gpu01')] },
      { SLURM_DISTRIBUTION: 'plane', SLURM_DIST_PLANESIZE: '2', SLURM_NTASKS_PER_CORE: '65535' },
    ],
    [
      'memory shows as asked',
      { spec: { memoryPerNodeMb: 500 }, shares: [share('gpu01', { memoryMb: 500 })] },
      { SLURM_MEM_PER_NODE: '500' },
    ],
    [
      'all memory is no number',
      { spec: { memoryPerNodeMb: 0 }, shares: [share('gpu01', { memoryMb: 32_000 })] },
      { SLURM_MEM_PER_NODE: undefined },
    ],
    [
      'the first run has no count of restarts',
      { shares: [share('gpu01')] },
      { SLURM_RESTART_COUNT: undefined },
    ],
    [
      'the third run was restarted twice',
      { shares: [share('gpu01')], attempt: 3 },
      { SLURM_RESTART_COUNT: '2' },
    ],
    ['nobody pays', { spec: { account: '' }, shares: [share('gpu01')] }, { SLURM_JOB_ACCOUNT: undefined }],
    [
      'the submitter was elsewhere (file.chdir)',
      { submitted: { SLURM_SUBMIT_DIR: '/home/alice' }, shares: [share('gpu01')] },
      { SLURM_SUBMIT_DIR: '/home/alice' },
    ],
    [
      'a TMPDIR of the submitter stays',
      { submitted: { TMPDIR: '/scratch' }, shares: [share('gpu01')] },
      { TMPDIR: '/scratch' },
    ],
  ];
  for (const [title, given, expected] of single) {
    it(title, () => {
      const environment = environmentOf(given);
      for (const [name, value] of Object.entries(expected)) assert.equal(environment[name], value, name);
    });
  }
});

describe('what a job takes over from its submitter', () => {
  it('has no GPUs unless it was given some (env.gres0, env.gpu0)', () => {
    const names = ['CUDA_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES', 'ROCR_VISIBLE_DEVICES', 'ZE_AFFINITY_MASK'];
    const submitted = Object.fromEntries([...names, 'GPU_DEVICE_ORDINAL'].map((name) => [name, '7']));
    for (const kind of ['batch', 'interactive'] as const) {
      const environment = environmentOf({ spec: { kind }, submitted, shares: [share('gpu01')] });
      for (const name of Object.keys(submitted)) assert.equal(environment[name], undefined, name);
    }
  });

  it('keeps the number of tasks of the job it was submitted from, but not who that job was', () => {
    const submitted = {
      SLURM_NTASKS: '8',
      SLURM_JOB_ID: '1',
      SLURM_ARRAY_TASK_ID: '4',
      SLURM_STEP_ID: '0',
      SLURM_JOB_GPUS: '3',
      SLURM_RESTART_COUNT: '2',
      MGPU_JOB_MARK: 'cluster.1.1',
      MGPU_STEP: '{}',
      MGPU_PID: '1',
    };
    const environment = environmentOf({ submitted, shares: [share('gpu01')] });
    assert.equal(environment['SLURM_NTASKS'], '8');
    assert.equal(environment['SLURM_JOB_ID'], '249');
    assert.equal(environment['MGPU_JOB_MARK'], 'cluster.249.1');
    for (const name of ['SLURM_ARRAY_TASK_ID', 'SLURM_STEP_ID', 'SLURM_JOB_GPUS', 'SLURM_RESTART_COUNT']) {
      assert.equal(environment[name], undefined, name);
    }
    assert.equal(environment['MGPU_STEP'], undefined);
    assert.equal(environment['MGPU_PID'], undefined);
  });

  it('keeps a variable of any name', () => {
    const submitted = Object.fromEntries([
      ['__proto__', 'x'],
      ['BASH_FUNC_module%%', '() { :; }'],
    ]);
    const environment = environmentOf({ submitted, shares: [share('gpu01')] });
    assert.equal(Object.getOwnPropertyDescriptor(environment, '__proto__')?.value, 'x');
    assert.equal(environment['BASH_FUNC_module%%'], '() { :; }');
  });
});

describe('what tells where a job truly runs', () => {
  it('names the node, the host, the boot and the devices', () => {
    const environment = environmentOf({
      shares: [share('gpu01', { gpus: [1, 2] })],
      record: { hostName: 'real.example.org', addresses: ['192.0.2.1', '2001:db8::1'] },
    });
    const own = Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('MGPU_')));
    assert.deepEqual(own, {
      MGPU_ADDRESSES: '192.0.2.1,2001:db8::1',
      MGPU_ATTEMPT: '1',
      MGPU_BOOT_ID: 'b0071d00-0000-4000-8000-000000000001',
      MGPU_GPUS: '1,2',
      MGPU_GPU_UUIDS: 'GPU-1,GPU-2',
      MGPU_HOST: 'real.example.org',
      MGPU_JOB_MARK: 'cluster.249.1',
      MGPU_NODE: 'gpu01',
      MGPU_SPOOL: '/spool',
    });
  });

  it("counts AMD's devices anew behind the one variable that holds their indices", () => {
    for (const given of [{ vendor: 'amd' as const }, { model: 'AMD Instinct MI250X' }]) {
      const environment = environmentOf({
        shares: [share('gpu01', { gpus: [1, 2] })],
        record: { gpus: [0, 1, 2].map((index) => gpu(index, given)) },
      });
      assert.equal(environment['ROCR_VISIBLE_DEVICES'], '1,2');
      assert.equal(environment['HIP_VISIBLE_DEVICES'], '0,1');
      assert.equal(environment['CUDA_VISIBLE_DEVICES'], '0,1');
      assert.equal(environment['MGPU_GPUS'], '1,2');
    }
  });
});

describe('the environment of a step supervisor', () => {
  const environment = environmentOf({
    id: 272,
    spec: {
      kind: 'interactive',
      name: 'bash',
      gpus: [{ count: 1, per: 'task' }],
      ntasks: 2,
      label: true,
      output: 'r-%t.txt',
    },
    shares: [share('gpu03', { cpus: 2, tasks: 2, gpus: [0, 1] })],
    submitted: { ...alice, NODE_OPTIONS: '--require=./x.js', UV_THREADPOOL_SIZE: '1', PATH: '/bin' },
  });

  it('has what Slurm sets for a step, but for what differs from task to task (env.srun_gpu)', () => {
    const { PATH, MGPU_STEP: _step, ...rest } = slurmPart(environment);
    assert.equal(PATH, '/bin');
    // Who has a TMPDIR is told to each task by the supervisor.
    const { ENVIRONMENT: _environment, SLURM_NODE_ALIASES: _aliases, TMPDIR: _tmp, ...common } = batch;
    const { HOSTNAME: _host, ...place } = onNodes('gpu03', 'gpu03', 1);
    assert.deepEqual(rest, {
      ...common,
      ...place,
      ...twoGpus,
      SLURM_CPUS_ON_NODE: '2',
      SLURM_GTIDS: '0,1',
      SLURM_JOBID: '272',
      SLURM_JOB_CPUS_PER_NODE: '2',
      SLURM_JOB_ID: '272',
      SLURM_JOB_NAME: 'bash',
      SLURM_JOB_PARTITION: 'gpu',
      SLURM_LABELIO: '1',
      SLURM_LAUNCH_NODE_IPADDR: '192.0.2.1',
      SLURM_NPROCS: '2',
      SLURM_NTASKS: '2',
      SLURM_SRUN_COMM_HOST: '192.0.2.1',
      SLURM_SRUN_COMM_PORT: '0',
      SLURM_STEP_GPUS: '0,1',
      SLURM_STEP_LAUNCHER_PORT: '0',
      SLURM_TASKS_PER_NODE: '2',
    });
  });

  it('holds the order, and nothing that would change the supervisor', () => {
    assert.equal(environment['NODE_OPTIONS'], undefined);
    assert.equal(environment['UV_THREADPOOL_SIZE'], undefined);
    assert.deepEqual(stepOrderSchema(JSON.parse(environment['MGPU_STEP'] ?? '')), {
      mgpu: 'step',
      format: 1,
      jobId: 272,
      step: 0,
      ntasks: 2,
      node: 'gpu03',
      nodes: ['gpu03'],
      jobName: 'bash',
      user: 'alice',
      host: 'gpu03',
      workDir: '/home/alice/w',
      gpus: [0, 1],
      gpusPerTask: 1,
      output: 'r-%t.txt',
    });
  });
});
