import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checked } from '../../../src/base/schema.ts';
import { sallocTable } from '../../../src/commands/salloc/options.ts';
import { sbatchTable } from '../../../src/commands/sbatch/options.ts';
import { srunTable } from '../../../src/commands/srun/options.ts';
import { jobSpecOf, type SubmitContext } from '../../../src/commands/submission/jobspec.ts';
import { type JobSpec, jobSpecSchema } from '../../../src/model/spec.ts';
import type { SubmitValues } from '../../../src/tables/options/values.ts';
import { readCommandLine } from '../../../src/tables/precedence.ts';

const now = 1_000_000_000;
const context: SubmitContext = {
  user: 'alice',
  uid: 2001,
  group: 'alice',
  gid: 2001,
  host: 'login',
  workDir: '/w',
  kind: 'batch',
  command: '/w/s.sh',
  defaultName: 's.sh',
  moment: { now, utcOffsetMinutes: () => 0 },
};

type Effect =
  /** The words, and what they make of the job that is submitted. */
  | { readonly words: readonly string[]; readonly spec: Partial<JobSpec> }
  /** What the command itself does because of it, and the test that shows it. */
  | string;

const sbatchRun = 'test/unit/commands/sbatch/run.test.ts';
const sallocRun = 'test/unit/commands/salloc/run.test.ts';
const check = 'test/unit/commands/submission/check.test.ts';
const environment = 'test/unit/commands/submission/environment.test.ts';
const gpu = (count: number, per: 'job' | 'node' | 'task' | 'socket') => [{ count, per }];

/** Each option that is accepted, by its long name, and what comes of it. */
const effects: Readonly<Record<string, Effect>> = {
  account: { words: ['-A', 'proj'], spec: { account: 'proj' } },
  array: { words: ['-a', '1-3%2'], spec: { array: { tasks: [[1, 3]], throttle: 2, step: 1 } } },
  begin: { words: ['-b', 'now+60'], spec: { beginTime: now + 60 } },
  bell: `the terminal rings: ${sallocRun}`,
  chdir: { words: ['-D', 'sub'], spec: { workDir: '/w/sub' } },
  clusters: `another cluster than this one is refused: ${check}`,
  comment: { words: ['--comment=x y'], spec: { comment: 'x y' } },
  constraint: { words: ['-C', 'a100,nvlink'], spec: { constraint: 'a100&nvlink' } },
  contiguous: { words: ['--contiguous'], spec: { contiguous: true } },
  'core-spec': `is said to be set aside: ${check}`,
  'cores-per-socket': { words: ['--cores-per-socket=4'], spec: { coresPerSocket: 4 } },
  'cpus-per-gpu': { words: ['--cpus-per-gpu=2', '-G1'], spec: { cpusPerGpu: 2 } },
  'cpus-per-task': { words: ['-c', '2'], spec: { cpusPerTask: 2, cpusPerTaskGiven: true } },
  deadline: { words: ['--deadline=now+1hour'], spec: { deadline: now + 3600 } },
  dependency: {
    words: ['-d', 'afterok:5'],
    spec: { dependency: { any: false, clauses: [{ type: 'afterok', jobId: 5 }] } },
  },
  distributed: { words: ['--distributed'], spec: { distributed: true } },
  distribution: { words: ['-m', 'plane=2'], spec: { distribution: 'plane=2' } },
  error: { words: ['-e', 'e.txt'], spec: { error: '/w/e.txt' } },
  exclude: { words: ['-x', 'n[1-2]'], spec: { exclude: ['n1', 'n2'] } },
  exclusive: { words: ['--exclusive=user'], spec: { exclusive: 'user' } },
  export: `the variables of the job: ${environment}`,
  'export-file': `the variables of the job: ${environment}`,
  'extra-node-info': {
    words: ['-B', '1:2:1'],
    spec: { socketsPerNode: 1, coresPerSocket: 2, threadsPerCore: 1, ntasks: 2 },
  },
  'get-user-env': `the variables of the job: ${environment}`,
  gid: `another group than the own one is refused: ${check}`,
  'gpu-bind': { words: ['--gpu-bind=single:1'], spec: { gpuBind: 'single:1' } },
  'gpu-ids': { words: ['--gpu-ids=0,2'], spec: { gpuIds: [0, 2] } },
  gpus: { words: ['-G', '2'], spec: { gpus: gpu(2, 'job'), tresPerJob: 'gres:gpu:2' } },
  'gpus-per-node': {
    words: ['--gpus-per-node=2'],
    spec: { gpus: gpu(2, 'node'), gpusPerNodeGiven: true, tresPerNode: 'gres:gpu:2' },
  },
  'gpus-per-socket': {
    words: ['--gpus-per-socket=1', '--sockets-per-node=2'],
    spec: { gpus: gpu(1, 'socket'), tresPerSocket: 'gres:gpu:1' },
  },
  'gpus-per-task': {
    words: ['--gpus-per-task=1', '-n2'],
    spec: { gpus: gpu(1, 'task'), tresPerTask: 'gres:gpu:1' },
  },
  gres: { words: ['--gres=gpu'], spec: { gpus: gpu(1, 'node'), tresPerNode: 'gres:gpu' } },
  'gres-flags': { words: ['--gres-flags=enforce-binding'], spec: { gresFlags: ['enforce-binding'] } },
  hint: {
    words: ['--hint=memory_bound'],
    spec: { hint: 'memory_bound', coresPerSocket: 1, threadsPerCore: 1 },
  },
  hold: { words: ['-H'], spec: { hold: true } },
  'ignore-pbs': 'lines of other batch systems are passed over: test/unit/tables/directives.test.ts',
  immediate: `salloc gives up: ${sallocRun}`,
  input: { words: ['-i', 'in.txt'], spec: { input: '/w/in.txt' } },
  'job-name': { words: ['-J', 'train'], spec: { name: 'train' } },
  'kill-command': `the signal of salloc's command: ${sallocRun}`,
  'kill-on-invalid-dep': { words: ['--kill-on-invalid-dep=no'], spec: { killOnInvalidDep: false } },
  licenses: { words: ['-L', 'matlab:2'], spec: { licenses: [{ name: 'matlab', count: 2 }] } },
  'mail-type': { words: ['--mail-type=END'], spec: { mailTypes: ['END'], mailUser: 'alice' } },
  'mail-user': { words: ['--mail-user=bob'], spec: { mailUser: 'bob' } },
  mem: { words: ['--mem=2G'], spec: { memoryPerNodeMb: 2048, memoryGiven: true } },
  'mem-per-cpu': { words: ['--mem-per-cpu=100'], spec: { memoryPerCpuMb: 100, memoryGiven: true } },
  'mem-per-gpu': { words: ['--mem-per-gpu=100', '-G1'], spec: { memoryPerGpuMb: 100, memoryGiven: true } },
  mincpus: { words: ['--mincpus=3'], spec: { minCpusPerNode: 3 } },
  nice: { words: ['--nice'], spec: { nice: 100 } },
  'no-bell': `the terminal does not ring: ${sallocRun}`,
  'no-kill': { words: ['-k'], spec: { noKill: true } },
  'no-requeue': { words: ['--no-requeue'], spec: { requeue: false } },
  'no-shell': `salloc runs no command: ${sallocRun}`,
  'node-gpu-ids': {
    words: ['--node-gpu-ids=n1:0;n2:1-2'],
    spec: {
      nodeGpuIds: [
        { node: 'n1', gpus: [0] },
        { node: 'n2', gpus: [1, 2] },
      ],
      nodelist: ['n1', 'n2'],
      nodes: { min: 2, max: 2 },
      ntasks: 2,
      gpus: gpu(3, 'job'),
      tresPerJob: 'gres:gpu:3',
    },
  },
  nodefile: 'the nodes that a file names: test/unit/commands/submission/nodefile.test.ts',
  nodelist: { words: ['-w', 'n1'], spec: { nodelist: ['n1'] } },
  nodes: { words: ['-N', '2-4'], spec: { nodes: { min: 2, max: 4 } } },
  ntasks: { words: ['-n', '4'], spec: { ntasks: 4, ntasksGiven: true } },
  'ntasks-per-core': { words: ['--ntasks-per-core=1'], spec: { ntasksPerCore: 1 } },
  'ntasks-per-gpu': { words: ['--ntasks-per-gpu=2', '-G2'], spec: { ntasksPerGpu: 2, ntasks: 4 } },
  'ntasks-per-node': { words: ['--ntasks-per-node=2', '-N2'], spec: { ntasksPerNode: 2, ntasks: 4 } },
  'ntasks-per-socket': { words: ['--ntasks-per-socket=2'], spec: { ntasksPerSocket: 2 } },
  'open-mode': { words: ['--open-mode=append'], spec: { openMode: 'append' } },
  output: { words: ['-o', 'o.txt'], spec: { output: '/w/o.txt' } },
  overcommit: { words: ['-O'], spec: { overcommit: true } },
  oversubscribe: { words: ['-s'], spec: { oversubscribe: true } },
  parsable: `the id alone is printed: ${sbatchRun}`,
  partition: { words: ['-p', 'gpu,debug'], spec: { partition: 'gpu,debug' } },
  priority: { words: ['--priority=TOP'], spec: { priority: 4_294_967_293 } },
  propagate: { words: ['--propagate=NOFILE'], spec: { propagate: 'NOFILE' } },
  qos: { words: ['-q', 'high'], spec: { qos: 'high' } },
  quiet: `nothing but errors is printed: ${sbatchRun}`,
  requeue: { words: ['--requeue'], spec: { requeue: true } },
  reservation: { words: ['--reservation=maint'], spec: { reservation: 'maint' } },
  signal: {
    words: ['--signal=B:USR1@60'],
    spec: { warningSignal: { signal: 10, seconds: 60, batchOnly: true } },
  },
  'sockets-per-node': { words: ['--sockets-per-node=2'], spec: { socketsPerNode: 2 } },
  spool: `the directory of the cluster: ${sbatchRun}`,
  'spread-job': { words: ['--spread-job'], spec: { spreadJob: true } },
  switches: { words: ['--switches=1@10'], spec: { switches: { count: 1, waitSeconds: 600 } } },
  'test-only': `nothing is submitted: ${sbatchRun}`,
  'thread-spec': `is said to be set aside: ${check}`,
  'threads-per-core': { words: ['--threads-per-core=1'], spec: { threadsPerCore: 1 } },
  time: { words: ['-t', '1:30'], spec: { timeLimit: 2, timeLimitGiven: true } },
  'time-min': { words: ['--time-min=5'], spec: { timeMin: 5 } },
  tmp: { words: ['--tmp=1G'], spec: { tmpPerNodeMb: 1024 } },
  uid: `another user than oneself is refused: ${check}`,
  'use-min-nodes': { words: ['--use-min-nodes'], spec: { useMinNodes: true } },
  verbose: `more is said: ${sbatchRun}`,
  wait: `sbatch waits for the end: ${sbatchRun}`,
  'wait-all-nodes': { words: ['--wait-all-nodes=1'], spec: { waitAllNodes: true } },
  wckey: { words: ['--wckey=k'], spec: { wckey: 'k' } },
  wrap: `a script is made: ${sbatchRun}`,
};

const tables = [sbatchTable, sallocTable];

/** The rows that are served: not refused, and not those that only show something. */
function served(table: typeof sbatchTable) {
  return table.rows.filter((row) => row.refused === undefined && !('shows' in row));
}

test('no option of sbatch and salloc is accepted without an effect that is named here', () => {
  for (const table of tables) {
    for (const { long } of served(table)) assert.ok(long in effects, `${table.program} --${long}`);
  }
  const known = new Set(tables.flatMap((table) => served(table).map(({ long }) => long)));
  for (const long of Object.keys(effects)) assert.ok(known.has(long), `--${long} is not served any more`);
});

test('what sbatch and srun share is accepted by both or by none', () => {
  for (const { long } of served(sbatchTable)) {
    const other = srunTable.rows.find((row) => row.long === long);
    // Another option of the same name.
    if (other !== undefined && long !== 'wait') assert.equal(other.refused, undefined, long);
  }
});

describe('the options make of a job', () => {
  for (const [long, effect] of Object.entries(effects)) {
    if (typeof effect === 'string') continue;
    test(`--${long}`, () => {
      const read = readCommandLine<SubmitValues>(effect.words, sbatchTable);
      assert.ok('values' in read, JSON.stringify(read));
      const spec = checked(jobSpecSchema, jobSpecOf(read.values, context), 'spec');
      for (const [key, value] of Object.entries(effect.spec)) {
        assert.deepEqual(spec[key as keyof JobSpec], value, key);
      }
    });
  }
});
