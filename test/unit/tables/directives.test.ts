import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sbatchTable } from '../../../src/commands/sbatch/options.ts';
import { readScript, scriptFault, wrappedScript } from '../../../src/tables/directives.ts';

/** The values that a script gives, or the first line of the complaint with the exit code before it. */
function read(body: string, ignorePbs = false): object | string {
  const text = `#!/bin/sh\n${body}\n`;
  const outcome = readScript({ text, fileName: 's.sh' }, { table: sbatchTable, ignorePbs });
  return 'failed' in outcome ? `${outcome.failed.exitCode} ${outcome.failed.lines[0]}` : outcome.values;
}

const invalid = '255 sbatch: error: Invalid directive found in batch script: ';

test('values are quoted, escaped and cut as by Slurm (captures "#SBATCH parsing")', () => {
  const cases: readonly (readonly [string, object | string])[] = [
    ['-J abc', { jobName: 'abc' }],
    ['\t-J tabbed', { jobName: 'tabbed' }],
    ['--job-name=glued', { jobName: 'glued' }],
    ['-J=x', { jobName: '=x' }],
    ['-Jglued -n2 -pcpu', { jobName: 'glued', ntasks: 2, partition: 'cpu' }],
    ['-J "a b" --comment="x y"', { jobName: 'a b', comment: 'x y' }],
    ["-J 'a b'", { jobName: 'a b' }],
    ['--job-name=a"b c"d', { jobName: 'ab cd' }],
    ['-J "a\'b"', { jobName: "a'b" }],
    ['-J a""b', { jobName: 'ab' }],
    ['-J "a\\"b"', { jobName: 'a"b' }],
    ["-J 'a\\'b'", { jobName: "a'b" }],
    ['-J "a\\ b"', { jobName: 'a b' }],
    ['-J "a\\nb"', { jobName: 'anb' }],
    ['-J a\\\\b', { jobName: 'a\\b' }],
    ['-J a\\#b', { jobName: 'a#b' }],
    ['-J x\\', { jobName: 'x' }],
    ['-J a\\ b', `${invalid}b`],
    ['-J a#b', { jobName: 'a' }],
    ['-J "a"#b', { jobName: 'a' }],
    ['-J "a # b"', { jobName: 'a # b' }],
    ['-J x # comment', { jobName: 'x' }],
    ['-J $USER-$HOME', { jobName: '$USER-$HOME' }],
    ['-J x;echo&|<>', { jobName: 'x;echo&|<>' }],
    ['--comment=', { comment: '' }],
    ['--comment=""x', { comment: 'x' }],
    ['"-J" x', { jobName: 'x' }],
    ['"" -n 4', {}],
    ['-J ""', "255 sbatch: option requires an argument -- 'J'"],
    ['--job-name = x', `${invalid}x`],
    ['job-name=x', `${invalid}job-name=x`],
    ['-- -n 4', `${invalid}-n`],
    ['- -n 4', `${invalid}-`],
    ['-n=4', '1 sbatch: error: Invalid numeric value "=4" for --ntasks.'],
    ['-t abc', '255 sbatch: error: Invalid --time specification'],
    ['--foo', "255 sbatch: unrecognized option '--foo'"],
    ['-J "a b', '1 sbatch: fatal: s.sh: line 2: Unmatched `"` in [ "a b]'],
    ["-J 'open", "1 sbatch: fatal: s.sh: line 2: Unmatched `'` in [ 'open]"],
    ['-J x"', '1 sbatch: fatal: s.sh: line 2: Unmatched `"` in [ x"]'],
    [': -n 4', '1 sbatch: fatal: s.sh: line 2: Unexpected `:` in [: -n 4]'],
    ['-J :x', '1 sbatch: fatal: s.sh: line 2: Unexpected `:` in [ :x]'],
    ['--time=1:30', { timeLimit: 2 }],
    ['--help --usage -V -v -Q --wrap=x', {}],
    ['--parsable -W', { parsable: true, wait: true }],
    [
      'hetjob',
      '1 sbatch: error: heterogeneous jobs are not supported by this release (line 2 of the script)',
    ],
  ];
  for (const [line, expected] of cases) assert.deepEqual(read(`#SBATCH ${line}`), expected, line);
});

test('lines count only in the comments at the head of the script', () => {
  const cases: readonly (readonly [string, object | string])[] = [
    ['#SBATCH--job-name=x', { jobName: 'x' }],
    ['#SBATCH-J x', { jobName: 'x' }],
    ['#SBATCHx -J x', `${invalid}x`],
    ['#SBATCH', {}],
    ['  #SBATCH -J x', {}],
    ['# SBATCH -J x', {}],
    ['##SBATCH -J x', {}],
    ['#sbatch -J x', {}],
    ['\n \t\n# a comment\n  # another\n#SBATCH -J x', { jobName: 'x' }],
    ['#SBATCH -J before\necho hi\n#SBATCH -J after', { jobName: 'before' }],
    [':\n#SBATCH -J after', {}],
    ['"""doc"""\n#SBATCH -J after', {}],
    ['#SBATCH -J one\n#SBATCH -J two', { jobName: 'two' }],
    ['#SBATCH -n\n#SBATCH 4', { ntasks: 4 }],
    ['#SBATCH -J a \\\n#SBATCH -p cpu', { jobName: 'a', partition: 'cpu' }],
  ];
  for (const [body, expected] of cases) assert.deepEqual(read(body), expected, body);
});

test('lines of other batch systems are followed and win, unless --ignore-pbs was given', () => {
  assert.deepEqual(read('#SBATCH -J d\n#PBS -N p'), { jobName: 'p' });
  assert.deepEqual(read('#PBS -N p\n#SBATCH -J d'), { jobName: 'p' });
  assert.deepEqual(read('true\n#PBS -N p'), { jobName: 'p' });
  assert.deepEqual(read('#SBATCH -J d\n#PBS -N p', true), { jobName: 'd' });
  assert.deepEqual(read('#SBATCH --ignore-pbs\n#PBS -N p'), { ignorePbs: true });
  assert.deepEqual(read('#PBS -N "open'), '1 sbatch: fatal: s.sh: line 2: Unmatched `"` in [ "open]');
});

test('a script that cannot be one is refused in the words of Slurm', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['', 'Batch script is empty!'],
    ['\n  \n', 'Batch script contains only whitespace!'],
    ['\0', 'Batch script contains only whitespace!'],
    ['\r\n', 'Batch script contains only whitespace!'],
    ['echo hi\n', 'This does not look like a batch script.  The first'],
    [' #!/bin/bash\n', 'This does not look like a batch script.  The first'],
    ['\n#!/bin/sh\n', 'This does not look like a batch script.  The first'],
    ['a\r\n\0', 'This does not look like a batch script.  The first'],
    ['#!/bin/sh\r\n\0', 'The Slurm controller does not allow scripts that'],
    ['#!/bin/bash\r\necho hi\r\n', 'Batch script contains DOS line breaks (\\r\\n)'],
    ['#!/bin/sh\necho a\rb\n', undefined],
    ['#!', undefined],
  ];
  for (const [text, line] of cases) {
    const fault = scriptFault(text, 'sbatch');
    const expected = line === undefined ? undefined : `sbatch: error: ${line}`;
    assert.equal(fault?.failed.lines[0], expected, JSON.stringify(text));
    if (fault !== undefined) assert.equal(fault.failed.exitCode, 1);
  }
});

test('the script of --wrap is the one that Slurm makes', () => {
  const text = wrappedScript('echo a | cat');
  assert.equal(text, '#!/bin/sh\n# This script was created by sbatch --wrap.\n\necho a | cat\n');
  assert.equal(scriptFault(text, 'sbatch'), undefined);
});
