import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MgpuError } from '../../../../src/base/error.ts';
import { checked } from '../../../../src/base/schema.ts';
import { jobSpecOf, type SubmitContext } from '../../../../src/commands/submission/jobspec.ts';
import { nodeWarning } from '../../../../src/commands/submission/nodewish.ts';
import { type JobSpec, jobSpecSchema } from '../../../../src/model/spec.ts';
import type { SubmitValues } from '../../../../src/tables/options/values.ts';

const context: SubmitContext = {
  user: 'alice',
  uid: 2001,
  group: 'alice',
  gid: 2001,
  host: 'login',
  workDir: '/home/alice/w',
  kind: 'batch',
  command: '/home/alice/w/s.sh a b',
  defaultName: 's.sh',
  moment: { now: 1_000_000, utcOffsetMinutes: () => 0 },
};

/** What the options make; it has to pass the schema that daemons read it by. */
function made(values: SubmitValues, given: Partial<SubmitContext> = {}): JobSpec {
  const spec = jobSpecOf(values, { ...context, ...given });
  return checked(jobSpecSchema, JSON.parse(JSON.stringify(spec)), 'spec');
}

const any = { min: 1, max: 1024 };

test('a job without options', () => {
  assert.deepEqual(made({}), {
    name: 's.sh',
    user: 'alice',
    uid: 2001,
    group: 'alice',
    gid: 2001,
    account: '',
    partition: '',
    kind: 'batch',
    nodes: any,
    ntasks: 1,
    cpusPerTask: 1,
    gpus: [],
    timeLimit: 'UNLIMITED',
    workDir: '/home/alice/w',
    command: '/home/alice/w/s.sh a b',
    submitHost: 'login',
    requeue: true,
    output: '/home/alice/w/slurm-%j.out',
  });
});

test('a job with all of them', () => {
  const spec = made({
    account: 'proj',
    array: { tasks: [1, 2, 3, 7], limit: 2 },
    chdir: 'sub',
    comment: 'a remark',
    cpusPerTask: 4,
    error: '/var/log/e-%j',
    exclude: ['n9'],
    gpusPerNode: [{ count: 2, type: 'a100' }],
    hold: true,
    input: 'in.txt',
    jobName: 'train',
    memMb: 0,
    nodelist: ['n1', 'n2'],
    nodes: { min: 2, max: 2 },
    ntasksPerNode: 3,
    openMode: 'append',
    output: 'o-%A.txt',
    partition: '',
    requeue: false,
    timeLimit: 90,
  });
  const { name, account, workDir, output, error, input, array, nodes, ntasks, gpus, ...rest } = spec;
  assert.deepEqual([name, account, workDir], ['train', 'proj', '/home/alice/w/sub']);
  assert.deepEqual(
    [output, error, input],
    ['/home/alice/w/sub/o-%A.txt', '/var/log/e-%j', '/home/alice/w/sub/in.txt'],
  );
  assert.deepEqual(array, {
    tasks: [
      [1, 3],
      [7, 7],
    ],
    throttle: 2,
    step: 1,
  });
  assert.deepEqual([nodes, ntasks], [{ min: 2, max: 2 }, 6]);
  assert.deepEqual(gpus, [{ count: 2, per: 'node', type: 'a100' }]);
  const { tresPerNode, memoryPerNodeMb, timeLimit, requeue, hold, ntasksGiven, cpusPerTaskGiven, openMode } =
    rest;
  assert.deepEqual([tresPerNode, memoryPerNodeMb, timeLimit, requeue], ['gres:gpu:a100:2', 0, 90, false]);
  assert.deepEqual([hold, ntasksGiven, cpusPerTaskGiven, openMode], [true, true, true, 'append']);
});

describe('files', () => {
  const cases: readonly (readonly [SubmitValues, Partial<SubmitContext>, string | undefined])[] = [
    [{ array: { tasks: [1], limit: 0 } }, {}, '/home/alice/w/slurm-%A_%a.out'],
    [{ output: '/dev/null' }, {}, '/dev/null'],
    [{ chdir: '/srv' }, {}, '/srv/slurm-%j.out'],
    [{}, { workDir: '/' }, '/slurm-%j.out'],
    [{}, { kind: 'interactive' }, undefined],
    [{ output: 'x' }, { kind: 'interactive' }, '/home/alice/w/x'],
    // The folder's own name must not be read as a pattern.
    [{}, { workDir: '/data/50%j' }, 'slurm-%j.out'],
    [{ output: 'o.txt' }, { workDir: '/data/a\\b' }, 'o.txt'],
  ];
  for (const [values, given, output] of cases) {
    test(JSON.stringify([values, given]), () => assert.equal(made(values, given).output, output));
  }
});

test('an interactive job is not tried twice', () => {
  assert.equal(made({ requeue: true }, { kind: 'interactive' }).requeue, false);
});

describe('nodes and tasks', () => {
  const cases: readonly (readonly [SubmitValues, JobSpec['nodes'], number])[] = [
    [{ ntasks: 8 }, any, 8],
    [{ nodes: { min: 2, max: 2 } }, { min: 2, max: 2 }, 2],
    [{ nodes: { min: 2, max: 4 } }, { min: 2, max: 4 }, 2],
    [{ nodes: { min: 2, max: 4 }, ntasks: 3 }, { min: 2, max: 3 }, 3],
    [{ nodes: { min: 3, max: 3 }, ntasks: 2 }, { min: 2, max: 2 }, 2],
    [{ nodelist: ['n1', 'n2'] }, { min: 2, max: 1024 }, 2],
    [{ ntasksPerNode: 4 }, any, 4],
  ];
  for (const [values, nodes, ntasks] of cases) {
    test(JSON.stringify(values), () => {
      const spec = made(values);
      assert.deepEqual([spec.nodes, spec.ntasks], [nodes, ntasks]);
    });
  }

  test('the warning about more nodes than tasks, as captured', () => {
    const warning = "Warning: can't run 2 processes on 3 nodes, setting nnodes to 2";
    assert.equal(nodeWarning({ nodes: { min: 3, max: 3 }, ntasks: 2 }), warning);
    assert.equal(nodeWarning({ nodes: { min: 1, max: 3 }, ntasks: 2 }), undefined);
  });
});

describe('GPUs', () => {
  const two = [{ count: 2 }];
  const ofTypes = [
    { count: 2, type: 'a100' },
    { count: 1, type: 'v100' },
  ];
  const cases: readonly (readonly [SubmitValues, JobSpec['gpus'], string | undefined, JobSpec['nodes']])[] = [
    [{ gpus: two }, [{ count: 2, per: 'job' }], undefined, any],
    [{ gpus: ofTypes }, ofTypes.map((one) => ({ ...one, per: 'job' as const })), undefined, any],
    [{ gpusPerNode: two }, [{ count: 2, per: 'node' }], 'gres:gpu:2', any],
    [{ gres: [{ name: 'gpu', count: 2 }] }, [{ count: 2, per: 'node' }], 'gres:gpu:2', any],
    [{ gres: [{ name: 'gpu', count: 2 }], gpusPerNode: two }, [{ count: 2, per: 'node' }], 'gres:gpu:2', any],
    [{ gres: [] }, [], undefined, any],
    [{ gpus: [{ count: 0 }] }, [], undefined, any],
    [{ gres: [{ name: 'gpu', count: 0 }] }, [], 'gres:gpu:0', any],
    [
      { gpus: [{ count: 4 }], gpusPerNode: two },
      [{ count: 2, per: 'node' }],
      'gres:gpu:2',
      { min: 2, max: 2 },
    ],
    [{ gpuIds: [0, 3] }, [{ count: 2, per: 'node' }], 'gres:gpu:2', any],
    [{ gpuIds: [0, 3], gpus: two }, [{ count: 2, per: 'node' }], 'gres:gpu:2', { min: 1, max: 1 }],
    [{ gpuIds: [0, 3], gpusPerNode: two }, [{ count: 2, per: 'node' }], 'gres:gpu:2', any],
  ];
  for (const [values, gpus, tresPerNode, nodes] of cases) {
    test(JSON.stringify(values), () => {
      const spec = made(values);
      assert.deepEqual([spec.gpus, spec.tresPerNode, spec.nodes], [gpus, tresPerNode, nodes]);
      assert.deepEqual(spec.gpuIds, values.gpuIds);
    });
  }
});

describe('what contradicts itself or cannot be stored', () => {
  const one = [{ count: 1 }];
  const cases: readonly (readonly [SubmitValues, RegExp])[] = [
    [
      { gpuIds: [0, 1], gpus: [{ count: 3 }] },
      /--gpus asks for 3 GPUs in all and --gpu-ids for 2 on each node/,
    ],
    [{ gpuIds: [0, 1], gpusPerNode: one }, /--gpu-ids asks for 2 GPUs and --gpus-per-node asks for 1/],
    [{ gpuIds: [0], gres: [{ name: 'gpu', type: 'a100', count: 1 }] }, /--gres may not say of which type/],
    [{ gpuIds: [300] }, /no node has a GPU 300/],
    [
      { gres: [{ name: 'gpu', count: 2 }], gpusPerNode: one },
      /--gres asks for 2 GPUs and --gpus-per-node asks for 1/,
    ],
    [
      { gres: [{ name: 'gpu', type: 'a100', count: 1 }], gpusPerNode: one },
      /with and without type identification/,
    ],
    [{ gpus: [{ count: 4, type: 'v100' }], gpusPerNode: [{ count: 2, type: 'a100' }] }, /do not agree/],
    [{ nodelist: ['n1', 'n2'], nodes: { min: 1, max: 1 } }, /^invalid number of nodes \(-N 2-1\)$/],
    [{ nodes: { min: 2000, max: 2000 } }, /--nodes: 2000 is more than a job can have/],
    [{ ntasks: 2_000_000 }, /--ntasks: 2000000 is more/],
    [{ cpusPerTask: 100_000 }, /--cpus-per-task: 100000 is more/],
    [{ gpus: [{ count: 1_000_000 }] }, /--gpus: 1000000 is more/],
  ];
  for (const [values, message] of cases) {
    test(JSON.stringify(values), () => {
      assert.throws(
        () => made(values),
        (error) => error instanceof MgpuError && error.code === 'OPTIONS' && message.test(error.message),
      );
    });
  }

  test('a command that is too long to show is cut', () => {
    const spec = made({}, { command: 'x'.repeat(100_000), defaultName: 'n'.repeat(5000) });
    assert.equal(spec.command.length, 65_536);
    assert.equal(spec.name.length, 1024);
  });
});

test('a job cannot begin after its deadline', () => {
  const late = { begin: 'now+2hours', deadline: 'now+1hour' };
  const why = /^Incompatible begin and deadline time specification$/;
  assert.throws(
    () => made(late),
    (error) => error instanceof MgpuError && why.test(error.message),
  );
  assert.equal(made({ begin: 'now+1hour', deadline: 'now+2hours' }).deadline, 1_007_200);
});
