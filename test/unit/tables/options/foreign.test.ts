import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreignWords } from '../../../../src/tables/options/foreign.ts';

/** The words that one line stands for, or the lines of the complaint. */
function read(magic: string, ...words: readonly string[]): readonly string[] {
  const found = foreignWords((wanted) => (wanted === magic ? [{ words, line: 7 }] : []), 'sbatch');
  if ('failed' in found) {
    assert.equal(found.failed.exitCode, 1);
    return found.failed.lines;
  }
  assert.ok(found.every(({ line }) => line === 7));
  return found.map(({ text }) => text);
}

test('#PBS lines become the options that Slurm makes of them', () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['-N', 'name'], ['--job-name=name']],
    [['-Nname'], ['--job-name=name']],
    [['-l', 'walltime=1:00:00'], ['--time=1:00:00']],
    [
      ['-l', 'walltime=10:00,nodes=2'],
      ['--time=10:00', '--nodes=2'],
    ],
    [
      ['-l', 'nodes=2:ppn=4'],
      ['--nodes=2', '--ntasks=8'],
    ],
    [
      ['-l', 'nodes=3+ppn=2,mem=1024mb'],
      ['--nodes=3', '--ntasks=6', '--mem=1024mb'],
    ],
    [
      ['-l', 'nodes=1:ppn=4:gpus=2'],
      ['--nodes=1', '--ntasks=4', '--gpus-per-node=2'],
    ],
    [
      ['-l', 'nodes=n1+n2:ppn=2'],
      ['--nodelist=n1,n2', '--ntasks=4'],
    ],
    [['-l', 'mem=4gb'], ['--mem=4gb']],
    [['-l', 'naccelerators=2'], ['--gres=gpu:2']],
    [
      ['-q', 'queue', '-A', 'acct'],
      ['--partition=queue', '--account=acct'],
    ],
    [
      ['-o', 'out', '-e', 'err'],
      ['--output=out', '--error=err'],
    ],
    [['-t', '1-3'], ['--array=1-3']],
    [['-J', '1-3'], ['--array=1-3']],
    [['-h'], ['--hold']],
    [['-v', 'A=1,B'], ['--export=A=1,B']],
    [['-m', 'abe'], ['--mail-type=abe']],
    [['-V', '-j', 'oe', '-S', '/bin/sh', '-r', 'n'], []],
  ];
  for (const [words, expected] of cases) assert.deepEqual(read('#PBS', ...words), expected, words.join(' '));
});

test('#BSUB lines become the options that Slurm makes of them', () => {
  assert.deepEqual(read('#BSUB', '-J', 'name', '-n', '4'), ['--job-name=name', '--ntasks=4']);
  assert.deepEqual(read('#BSUB', '-q', 'q', '-W', '10'), ['--partition=q', '--time=10']);
  assert.deepEqual(read('#BSUB', '-cwd', '/tmp'), ['--chdir=/tmp']);
  assert.deepEqual(read('#BSUB', '-x'), ['--exclusive']);
});

test('what cannot be followed ends the submission', () => {
  const unknown = 'sbatch: error: Unrecognized command line parameter ?';
  assert.deepEqual(read('#PBS', '-Z'), ["sbatch: invalid option -- 'Z'", unknown]);
  assert.deepEqual(read('#PBS', '--foo'), ["sbatch: unrecognized option '--foo'", unknown]);
  assert.deepEqual(read('#PBS', '-N'), ["sbatch: option requires an argument -- 'N'", unknown]);
  assert.deepEqual(read('#PBS', 'foo'), ['sbatch: error: Invalid argument: foo']);
  assert.deepEqual(read('#BSUB', '-R', 'x'), ["sbatch: invalid option -- 'R'", unknown]);
  for (const list of ['procs=3', 'select=2', 'nodes', 'nodes=2:a100', 'walltime=5,foo=1']) {
    const [line = ''] = read('#PBS', '-l', list);
    const where = '(line 7 of the script): see --ignore-pbs';
    assert.equal(line, `sbatch: error: #PBS -l ${list} is not supported by this release ${where}`);
  }
});
