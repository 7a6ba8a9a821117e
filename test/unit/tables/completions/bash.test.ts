import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { completions } from '../../../../src/main/generate.ts';
import { bashCompletion } from '../../../../src/tables/completions/bash.ts';

/** What bash itself offers for the last of the words; one bash answers all questions. */
function offered(questions: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
  const asked = questions.map(
    (words) => `COMP_WORDS=(${words.map(quote).join(' ')}); COMP_CWORD=${words.length - 1}
_${words[0]}_complete; echo "\${COMPREPLY[*]}"`,
  );
  const script = `${bashCompletion(completions())}\n${asked.join('\n')}\n`;
  const text = execFileSync('bash', ['--norc'], { input: script, encoding: 'utf8', cwd: '/' });
  const lines = text.split('\n').slice(0, questions.length);
  return lines.map((line) => line.split(' ').filter((word) => word !== ''));
}

test('bash offers the options and words of the tables', () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [
      ['mgpu_squeue', '--st'],
      ['--start', '--states', '--steps'],
    ],
    [
      ['mgpu_squeue', '--no'],
      ['--noconvert', '--nodelist', '--noheader'],
    ],
    [
      ['mgpu_sbatch', '--open-mode', ''],
      ['append', 'truncate'],
    ],
    [
      ['mgpu_sbatch', '--open-mode', '='],
      ['append', 'truncate'],
    ],
    [['mgpu_sbatch', '--open-mode', '=', 'ap'], ['append']],
    [['mgpu_sbatch', '--job-name', '=', 'x', '--pars'], ['--parsable']],
    [['mgpu_sbatch', '-J', '--pars'], []],
    [['mgpu_srun', '-n', '2', '--lab'], ['--label']],
    [['mgpu_srun', '-n', '2', 'nosuch', '--lab'], []],
    [['mgpu_sbatch', '--beg'], ['--begin']],
    [['mgpu_sbatch', '--reb'], []],
    [
      ['mgpu', ''],
      ['backup', 'completion', 'doctor', 'fsck', 'init', 'logs', 'restore', 'stop', 'upgrade', 'why'],
    ],
    [['mgpu', '--sp'], ['--spool']],
    [
      ['mgpu', 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['mgpu', 'doctor', ''], []],
    [['mgpu', 'init', 'et'], ['etc']],
    [['mgpu_sbatch', '-D', 'et'], ['etc']],
    [['mgpud', '--node'], ['--node-name']],
  ];
  const answers = offered(cases.map(([words]) => words));
  for (const [index, [words, expected]] of cases.entries()) {
    assert.deepEqual(answers[index], expected, words.join(' '));
  }
});
