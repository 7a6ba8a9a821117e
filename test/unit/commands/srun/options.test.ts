import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSrun } from '../../../../src/commands/srun/options.ts';

/** The exit code and the first line of the complaint, what is shown, or `ok`. */
function complaint(words: readonly string[], environment: Record<string, string> = {}): string {
  const read = readSrun(words, environment);
  if ('failed' in read) return `${read.failed.exitCode} ${read.failed.lines[0]}`;
  return 'shows' in read ? read.shows : 'ok';
}

test('faults end with the code and the first line of Slurm (captures "errors.srun" and observed)', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], '1 srun: fatal: No command given to execute.'],
    [['-n', '2'], '1 srun: fatal: No command given to execute.'],
    [['-n', 'abc'], '1 srun: error: Invalid numeric value "abc" for --ntasks.'],
    [['-t', 'abc', 'true'], '255 srun: error: Invalid --time specification'],
    [['--foo'], "255 srun: unrecognized option '--foo'"],
    [['--usage=2'], "255 srun: option '--usage' doesn't allow an argument"],
    [['-Ifoo', 'true'], '1 srun: error: Invalid numeric value "foo" for immediate.'],
    [['-K~', 'true'], '1 srun: error: Invalid numeric value "~" for --kill-on-bad-exit.'],
    [['-w', 'n[', 'true'], '1 srun: error: Unable to allocate resources: Invalid node name specified'],
    [['--gres=foo:1', 'true'], '1 srun: error: Invalid generic resource (gres) specification'],
    [['--pty=0', 'bash'], "255 srun: option '--pty' doesn't allow an argument"],
    [['--propagate=FOO', 'true'], '1 srun: error: Bad rlimit name: FOO'],
    [['-W', 'x', 'true'], '1 srun: error: Invalid numeric value "x" for --wait.'],
    [
      ['--mpi=pmix', 'true'],
      "1 srun: error: Couldn't find the specified plugin name for mpi/pmix looking at all files",
    ],
    [['--cpu-bind=nowhere', 'true'], '255 srun: error: unrecognized --cpu-bind argument "nowhere"'],
    [['-N1', 'a', ':', '-N2', 'b'], '1 srun: error: heterogeneous jobs are not supported by this release'],
    [['-V'], 'version'],
    [['--help', '--foo'], 'help'],
  ];
  for (const [words, expected] of cases) assert.equal(complaint(words), expected, words.join(' '));
});

test('the command and its arguments are left alone', () => {
  assert.deepEqual(readSrun(['--gpu-ids', '0,1', '-l', '-u', '--', 'python3', '-u', 'train.py'], {}), {
    values: { gpuIds: [0, 1], label: true, unbuffered: true },
    operands: ['python3', '-u', 'train.py'],
  });
});

test('variables are those of srun, where a later one wins', () => {
  const environment = {
    SLURM_NPROCS: '2',
    SLURM_NTASKS: '3',
    SLURM_EXPORT_ENV: 'NONE',
    SRUN_EXPORT_ENV: 'ALL',
    SLURM_REMOTE_CWD: '/a',
    SLURM_WORKING_DIR: '/b',
    SLURM_JOB_NUM_NODES: '2',
    SLURM_NNODES: '5',
    SLURM_DEBUG: '1',
    SBATCH_PARTITION: 'other',
  };
  const read = readSrun(['true'], environment);
  assert.ok('values' in read);
  const { export: exported, ...values } = read.values;
  assert.deepEqual(values, { ntasks: 3, chdir: '/b', nodes: { min: 2, max: 2 }, verbose: 1 });
  assert.equal(exported?.kind, 'ALL');
});

test('variables that a job of Slurm finds set do not keep srun from running in it', () => {
  const environment = {
    SLURM_JOB_ID: '12',
    SLURM_CPU_BIND: 'quiet,mask_cpu:0x1',
    SLURM_DISTRIBUTION: 'block',
    SLURM_MEM_PER_CPU: '1000',
    SLURM_CPUS_PER_TASK: '2',
    SLURM_NODELIST: 'n1',
    SLURM_TASKS_PER_NODE: '2(x2)',
    SLURM_PRIO_PROCESS: '0',
  };
  assert.equal(complaint(['true'], environment), 'ok');
});
