import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeSbatch, readSbatchLine } from '../../../../src/commands/sbatch/options.ts';

/** The exit code and the first line of the complaint, or `ok`. */
function complaint(words: readonly string[], environment: Record<string, string> = {}): string {
  const line = readSbatchLine(words);
  if (!('values' in line))
    return 'failed' in line ? `${line.failed.exitCode} ${line.failed.lines[0]}` : line.shows;
  const read = completeSbatch(line.values, { environment });
  return 'failed' in read ? `${read.failed.exitCode} ${read.failed.lines[0]}` : 'ok';
}

function values(words: readonly string[], environment: Record<string, string> = {}): object {
  const line = readSbatchLine(words);
  assert.ok('values' in line, words.join(' '));
  const read = completeSbatch(line.values, { environment });
  assert.ok('values' in read);
  return read.values;
}

const error = 'sbatch: error:';
const numeric = (text: string, option: string) =>
  `1 ${error} Invalid numeric value "${text}" for --${option}.`;
const invalid = (option: string) => `255 ${error} Invalid --${option} specification`;
const submission = (reason: string) => `1 ${error} Batch job submission failed: ${reason}`;

test('faults end with the code and the first line of Slurm (captures "errors.sbatch" and observed)', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['-t', 'abc'], invalid('time')],
    [['-t', '1:2:3:4'], invalid('time')],
    [['--time=1.5'], invalid('time')],
    [['--time='], invalid('time')],
    [['--mem=1.5G'], invalid('mem')],
    [['--mem=10%'], invalid('mem')],
    [['--mem=-5'], invalid('mem')],
    [['-n', '0'], numeric('0', 'ntasks')],
    [['-n', 'abc'], numeric('abc', 'ntasks')],
    [['-n', '1k'], numeric('1k', 'ntasks')],
    [['-c', '0'], numeric('0', 'cpus-per-task')],
    [['--tasks-per-node=x'], numeric('x', 'ntasks-per-node')],
    [['--ntasks-per-core=1k'], numeric('1k', 'ntasks-per-core')],
    [['-N', '3-1'], `255 ${error} Maximum node count 1 is less than minimum node count 3`],
    [['-N', 'zz!'], `255 ${error} "zz!" is not a valid node count`],
    [['-N', '2-4-6'], `255 ${error} "4-6" is not a valid node count`],
    [['--gres=gpu:a100:xyz'], `1 ${error} Invalid generic resource (gres) specification`],
    [['--gres=foo:1'], `1 ${error} Invalid generic resource (gres) specification`],
    [['--gres=GPU:1'], `1 ${error} Invalid generic resource (gres) specification`],
    [
      ['--gres=gpu:1,gpu:a100:1'],
      `1 ${error} Invalid GRES specification (with and without type identification)`,
    ],
    [['--gpus=a100:x'], `1 ${error} Invalid generic resource (gres) specification`],
    [['--array=abc'], submission('Invalid job array specification')],
    [['--array=5-1'], submission('Invalid job array specification')],
    [['--array=-1'], submission('Invalid job array specification')],
    [['--array=1-5:0'], submission('Invalid job array specification')],
    [['-x', 'n[1-'], submission('Invalid node name specified')],
    [['--open-mode=z'], invalid('open-mode')],
    [['--gpu-ids=a'], invalid('gpu-ids')],
    [['--node-gpu-ids=n1'], invalid('node-gpu-ids')],
    [['-J', 'x'.repeat(2000)], invalid('job-name')],
    [['-Z'], "255 sbatch: invalid option -- 'Z'"],
    [['-n'], "255 sbatch: option requires an argument -- 'n'"],
    [['--parsable=3'], "255 sbatch: option '--parsable' doesn't allow an argument"],
    [
      ['--no', '1'],
      "255 sbatch: option '--no' is ambiguous; possibilities: " +
        "'--no-kill' '--no-requeue' '--nodefile' '--nodelist' '--nodes'",
    ],
    [['--badopt'], "255 sbatch: unrecognized option '--badopt'"],
    [['--wrap', 'true', 's.sh'], `1 ${error} Script arguments not permitted with --wrap option`],
    [['-n', 'abc', '-t', 'abc'], numeric('abc', 'ntasks')],
  ];
  for (const [words, expected] of cases) assert.equal(complaint(words), expected, words.join(' '));
});

test('wrong values of options are called wrong in the words of Slurm', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['--begin=xx'], '255 Invalid time specification (pos=0): xx'],
    [['--begin='], invalid('begin')],
    [['--deadline=zz!'], '255 Invalid time specification (pos=0): zz!'],
    [['--signal=FOO'], invalid('signal')],
    [['--signal=USR1@x'], invalid('signal')],
    [['--signal=RB:9@99999'], invalid('signal')],
    [['--exclusive=foo'], invalid('exclusive')],
    [['--no-kill=1'], invalid('no-kill')],
    [['--kill-on-invalid-dep=1'], invalid('kill-on-invalid-dep')],
    [['--mem-per-cpu=x'], invalid('mem-per-cpu')],
    [['--gres-flags=x'], invalid('gres-flags')],
    [['-m', 'zz!'], invalid('distribution')],
    [['--time-min=x'], invalid('time-min')],
    [['--mincpus=0'], numeric('0', 'mincpus')],
  ];
  for (const [words, expected] of cases) assert.equal(complaint(words), expected, words.join(' '));
});

test('a gres that nothing is asked of may be of any name', () => {
  const gpus = [{ name: 'gpu', count: 2 }];
  assert.deepEqual(values(['--gres=craynetwork:0,gpu:2']), { gres: gpus });
  assert.equal(complaint(['--gres=craynetwork:0']), 'ok');
});

test('options that are not served are refused by name', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['--container=/x'], '--container is not supported by this release'],
    [['--cpu-freq=high'], '--cpu-freq is not supported: the clock rates of devices are left alone'],
    [['--bb=x'], '--bb is not supported: there are no burst buffers here'],
    [['--reboot'], '--reboot is not supported: nothing here may boot a node'],
    [['-N1', ':', '-N2', 's.sh'], 'heterogeneous jobs are not supported by this release'],
  ];
  for (const [words, expected] of cases)
    assert.equal(complaint(words), `1 ${error} ${expected}`, words.join(' '));
  const set = { SBATCH_GPU_FREQ: 'high' };
  assert.match(complaint([], set), /--gpu-freq is not supported: .* \(set by SBATCH_GPU_FREQ\)$/);
});

test('a submission is read with all that it asks for', () => {
  const words = `-J name -p gpu -N 2-4 -n 8 -c 2 --gpus=a100:4 --gpus-per-node 1 --gres=gpu:1 --gpu-ids 1,0
 -w n1,n[3-4] -x n2 -t 1:30 -o out-%j -e err -D /tmp --mem 2G -H --parsable --wait -A acct --comment remark
 -a 1,3%2 -i in -Q -vv --no-requeue --open-mode=append --ntasks-per-node 4`;
  assert.deepEqual(values(words.split(/\s+/)), {
    jobName: 'name',
    partition: 'gpu',
    nodes: { min: 2, max: 4 },
    ntasks: 8,
    cpusPerTask: 2,
    gpus: [{ type: 'a100', count: 4 }],
    gpusPerNode: [{ count: 1 }],
    gres: [{ name: 'gpu', count: 1 }],
    gpuIds: [0, 1],
    nodelist: ['n1', 'n3', 'n4'],
    exclude: ['n2'],
    timeLimit: 2,
    output: 'out-%j',
    error: 'err',
    chdir: '/tmp',
    memMb: 2048,
    hold: true,
    parsable: true,
    wait: true,
    account: 'acct',
    comment: 'remark',
    array: { tasks: [1, 3], limit: 2 },
    input: 'in',
    quiet: true,
    verbose: 2,
    requeue: false,
    openMode: 'append',
    ntasksPerNode: 4,
  });
});

test('the script is the first operand and its arguments are left alone', () => {
  assert.deepEqual(readSbatchLine(['-n2', 's.sh', '-p', 'nosuch', '--foo', 'a b']), {
    values: { ntasks: 2 },
    operands: ['s.sh', '-p', 'nosuch', '--foo', 'a b'],
  });
  // Slurm: the argument of -p is --wrap, and `true` is the script.
  assert.deepEqual(readSbatchLine(['-p', '--wrap', 'true']), {
    values: { partition: '--wrap' },
    operands: ['true'],
  });
});

test('one way to name GPUs puts the variable of the other out of effect', () => {
  const environment = { SBATCH_NODE_GPU_IDS: 'n1:0', SBATCH_GPU_IDS: '2' };
  const [first] = [{ node: 'n1', gpus: [0] }];
  const named = { SBATCH_NODE_GPU_IDS: 'n1:0' };
  assert.deepEqual(completeSbatch({}, { environment: named }), { values: { nodeGpuIds: [first] } });
  assert.deepEqual(completeSbatch({ gpuIds: [1] }, { environment }), { values: { gpuIds: [1] } });
  const script = { text: '#!/bin/sh\n#SBATCH --node-gpu-ids="n1:0;n2:1-2"\n', fileName: 's.sh' };
  assert.deepEqual(completeSbatch({}, { environment: {}, script }), {
    values: { nodeGpuIds: [first, { node: 'n2', gpus: [1, 2] }] },
  });
});

test('the command line wins over variables, and these over the script', () => {
  const script = { text: '#!/bin/sh\n#SBATCH -J script -p script -t 5\n', fileName: 's.sh' };
  const environment = { SBATCH_JOB_NAME: 'variable', SBATCH_PARTITION: 'variable' };
  assert.deepEqual(completeSbatch({ jobName: 'line' }, { environment, script }), {
    values: { jobName: 'line', partition: 'variable', timeLimit: 5 },
  });
});

test('faults of the script come before those of variables', () => {
  const script = { text: '#!/bin/sh\n#SBATCH -t abc\n', fileName: 's.sh' };
  const read = completeSbatch({}, { environment: { SBATCH_MEM_PER_NODE: 'abc' }, script });
  assert.deepEqual(read, { failed: { lines: [`${error} Invalid --time specification`], exitCode: 255 } });
  assert.equal(complaint([], { SBATCH_MEM_PER_NODE: 'abc' }), invalid('mem'));
});

test('a variable may say --ignore-pbs', () => {
  const script = { text: '#!/bin/sh\n#PBS -N p\n', fileName: 's.sh' };
  assert.deepEqual(completeSbatch({}, { environment: { SBATCH_IGNORE_PBS: '1' }, script }), {
    values: { ignorePbs: true },
  });
  assert.deepEqual(completeSbatch({}, { environment: {}, script }), { values: { jobName: 'p' } });
});
