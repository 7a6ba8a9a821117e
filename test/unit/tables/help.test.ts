import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sbatchTable } from '../../../src/commands/sbatch/options.ts';
import { sbcastTable } from '../../../src/commands/sbcast/options.ts';
import { sinfoTable } from '../../../src/commands/sinfo/options.ts';
import { srunTable } from '../../../src/commands/srun/options.ts';
import { helpText, usageText } from '../../../src/tables/help.ts';
import { type CommandTable, ok } from '../../../src/tables/row.ts';

interface Values {
  readonly name?: string;
  readonly isOn?: boolean;
}

const table: CommandTable<Values> = {
  program: 'test',
  summary: 'test',
  rows: [
    { long: 'hidden', arg: 'none', key: 'isOn', value: true, help: 'hidden', hidden: true },
    { long: 'begin', arg: 'none', help: 'begin', refused: 'not supported' },
    { long: 'usage', arg: 'none', shows: 'usage', group: 'Help options', help: 'show the options' },
    {
      long: 'a-rather-long-name',
      short: 'n',
      arg: 'required',
      metavar: 'name',
      key: 'name',
      parse: (text) => ok(text),
      help: 'a name that needs so many words to be explained that they do not fit on one line',
    },
    { long: 'on', arg: 'none', key: 'isOn', value: true, help: 'turn it on' },
    {
      long: 'may',
      short: 'm',
      arg: 'optional',
      metavar: 'x',
      key: 'name',
      value: '',
      parse: (text) => ok(text),
      help: 'perhaps',
    },
  ],
  order: 'stop',
  usageExitCode: 1,
  operands: 'command [argument...]',
  readSwitch: () => true,
};

test('--help lists what is served under its headings, and names what is refused', () => {
  const expected = `Usage: mgpu_test [<OPTION>...] command [argument...]

Valid <OPTION> values are:
  -n, --a-rather-long-name=name
                              a name that needs so many words to be explained
                              that they do not fit on one line
      --on                    turn it on
  -m, --may[=x]               perhaps

Help options:
      --usage                 show the options

Known from Slurm, but refused:
  --begin
`;
  assert.equal(helpText(table, 'mgpu_test'), expected);
});

test('--usage lists every option that is served in brief', () => {
  const expected = `Usage: mgpu_test [--usage] [-n name] [--on] [-m[x]] command [argument...]\n`;
  assert.equal(usageText(table, 'mgpu_test'), expected);
});

test('the words before the options stand there, however these are headed', () => {
  for (const text of [helpText(sbcastTable, 'sbcast'), helpText(sinfoTable, 'sinfo')])
    assert.match(text, /\n\nValid <OPTION> values are:\n/);
});

test('--usage names what scripts look for in that of Slurm', () => {
  assert.match(usageText(srunTable, 'srun'), /srun .* executable /s);
  assert.match(usageText(sinfoTable, 'sinfo'), /\[-p partitions\]/);
  assert.match(usageText(sbcastTable, 'sbcast'), /SOURCE DEST$/m);
});

test('no line of help is wider than a terminal', () => {
  for (const text of [helpText(sbatchTable, 'mgpu_sbatch'), usageText(sbatchTable, 'mgpu_sbatch')]) {
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
  }
});
