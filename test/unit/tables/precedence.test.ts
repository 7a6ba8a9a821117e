import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isThere, isTrueNumber } from '../../../src/tables/options/common.ts';
import { count } from '../../../src/tables/options/parsers.ts';
import {
  readCommand,
  readCommandLine,
  readDirectives,
  readEnvironment,
  resolve,
} from '../../../src/tables/precedence.ts';
import { type CommandTable, ok } from '../../../src/tables/row.ts';

interface Values {
  readonly jobs?: readonly string[];
  readonly name?: string;
  readonly ntasks?: number;
  readonly requeue?: boolean;
  readonly verbose?: number;
}

const table: CommandTable<Values> = {
  program: 'sbatch',
  summary: 'test',
  rows: [
    {
      long: 'begin',
      arg: 'required',
      metavar: 'time',
      env: { sbatch: ['SBATCH_BEGIN'] },
      help: 'begin',
      refused: 'not supported by this release',
      parse: count(),
    },
    { long: 'help', short: 'h', arg: 'none', shows: 'help', help: 'help' },
    {
      long: 'jobs',
      arg: 'optional',
      metavar: 'ids',
      key: 'jobs',
      repeat: 'append',
      value: [],
      parse: (text) => ok(text.split(',')),
      env: { sbatch: ['SBATCH_JOBS'] },
      help: 'jobs',
    },
    {
      long: 'name',
      short: 'J',
      arg: 'required',
      metavar: 'name',
      key: 'name',
      parse: (text) => ok(text),
      env: { sbatch: ['SBATCH_NAME'], srun: ['SLURM_NAME'] },
      help: 'name',
    },
    { long: 'no-requeue', arg: 'none', key: 'requeue', value: false, help: 'no requeue' },
    {
      long: 'ntasks',
      short: 'n',
      arg: 'required',
      metavar: 'count',
      key: 'ntasks',
      parse: count(),
      env: { sbatch: ['SBATCH_NPROCS', 'SBATCH_NTASKS'] },
      help: 'tasks',
    },
    {
      long: 'requeue',
      arg: 'none',
      key: 'requeue',
      value: true,
      env: { sbatch: ['SBATCH_REQUEUE'] },
      help: 'requeue',
    },
    {
      long: 'spool',
      arg: 'required',
      metavar: 'dir',
      key: 'name',
      parse: (text) => ok(text),
      help: 'spool',
      ours: true,
      directive: false,
    },
    {
      long: 'verbose',
      short: 'v',
      arg: 'none',
      key: 'verbose',
      repeat: 'count',
      value: 1,
      parse: count({ min: 0 }),
      env: { sbatch: ['SBATCH_DEBUG'] },
      help: 'verbose',
      directive: false,
    },
  ],
  order: 'stop',
  usageExitCode: 255,
  operands: '',
  readSwitch: isTrueNumber,
};

test('of options given twice the last one counts, counters count and lists grow', () => {
  const read = readCommandLine(
    ['-J', 'a', '-vv', '-J', 'b', '--requeue', '-v', '--no-requeue', '--jobs=1,2', '--jobs=3', 'x', '-v'],
    table,
  );
  assert.deepEqual(read, {
    values: { name: 'b', verbose: 3, requeue: false, jobs: ['1', '2', '3'] },
    operands: ['x', '-v'],
  });
});

test('the first option that shows something, or the first fault, ends the reading', () => {
  assert.deepEqual(readCommandLine(['-h', '--foo'], table), { shows: 'help' });
  const bad = 'sbatch: error: Invalid numeric value "abc" for --ntasks.';
  assert.deepEqual(readCommandLine(['-n', 'abc', '-h'], table), { failed: { lines: [bad], exitCode: 1 } });
});

test('a refused option is refused by name, but a wrong value of it is called wrong', () => {
  const refusal = 'sbatch: error: --begin is not supported by this release';
  const failure = (line: string) => ({ failed: { lines: [line], exitCode: 1 } });
  assert.deepEqual(readCommandLine(['--begin', '5'], table), failure(refusal));
  const wrong = 'sbatch: error: Invalid numeric value "x" for --begin.';
  assert.deepEqual(readCommandLine(['--begin', 'x'], table), failure(wrong));
  const set = `${refusal} (set by SBATCH_BEGIN)`;
  assert.deepEqual(readEnvironment({ SBATCH_BEGIN: '5' }, table), failure(set));
  const words = [
    { text: '-J', line: 2 },
    { text: 'a', line: 2 },
    { text: '--begin=5', line: 4 },
  ];
  assert.deepEqual(readDirectives(words, table), failure(`${refusal} (line 4 of the script)`));
});

test('variables are read by program, and of two for one option the later one wins', () => {
  const environment = { SBATCH_NPROCS: '2', SBATCH_NTASKS: '3', SLURM_NAME: 'other', SBATCH_DEBUG: '2' };
  assert.deepEqual(readEnvironment(environment, table), { values: { ntasks: 3, verbose: 2 } });
  assert.deepEqual(readEnvironment({ SBATCH_NAME: '' }, table), { values: { name: '' } });
  assert.deepEqual(readEnvironment({ SBATCH_JOBS: '' }, table), { values: { jobs: [] } });
  const bad = 'sbatch: error: Invalid numeric value "" for --ntasks.';
  assert.deepEqual(readEnvironment({ SBATCH_NTASKS: '' }, table), { failed: { lines: [bad], exitCode: 1 } });
});

test('a variable turns a switch on as observed: yes, a number other than 0, or empty', () => {
  const on = ['', '1', '5', '-5', 'yes', 'YES'];
  const off = ['0', 'no', 'y', 'true', '1x', 'zz!'];
  for (const text of on) {
    assert.deepEqual(readEnvironment({ SBATCH_REQUEUE: text }, table), { values: { requeue: true } }, text);
  }
  for (const text of off)
    assert.deepEqual(readEnvironment({ SBATCH_REQUEUE: text }, table), { values: {} }, text);
  assert.deepEqual(readEnvironment({ SBATCH_REQUEUE: '0' }, { ...table, readSwitch: isThere }), {
    values: { requeue: true },
  });
  const neither = readEnvironment({ SBATCH_REQUEUE: 'x' }, { ...table, readSwitch: () => undefined });
  assert.deepEqual(neither, {
    failed: { lines: ['sbatch: error: Unrecognized SBATCH_REQUEUE value: x'], exitCode: 1 },
  });
});

test('directives are options and nothing else, across lines', () => {
  const words = (...texts: readonly string[]) => texts.map((text, index) => ({ text, line: index + 2 }));
  assert.deepEqual(readDirectives(words('-n', '4'), table), { values: { ntasks: 4 } });
  assert.deepEqual(readDirectives(words('-v', '--help', '-J', 'x'), table), { values: { name: 'x' } });
  const invalid = (what: string) => ({
    failed: { lines: [`sbatch: error: Invalid directive found in batch script: ${what}`], exitCode: 255 },
  });
  assert.deepEqual(readDirectives(words('-J', 'a', 'b', '--foo'), table), invalid('b'));
  assert.deepEqual(readDirectives(words('--', '-n'), table), invalid('-n'));
  assert.deepEqual(readDirectives(words('--spool', '/x'), table), invalid('--spool'));
});

test('the command line wins over variables, these over directives, these over defaults', () => {
  const origins = {
    defaults: { name: 'default', ntasks: 1, requeue: true, verbose: 0 },
    directives: { name: 'script', ntasks: 2, requeue: false },
    environment: { name: 'variable', ntasks: 3 },
    commandLine: { name: 'line' },
  };
  assert.deepEqual(resolve<Values>(origins), { name: 'line', ntasks: 3, requeue: false, verbose: 0 });
  const environment = { SBATCH_NAME: 'variable', SBATCH_NTASKS: '3' };
  assert.deepEqual(readCommand(['-J', 'line', 'x'], environment, table), {
    values: { name: 'line', ntasks: 3 },
    operands: ['x'],
  });
});

test('faults of the command line come before those of variables', () => {
  const read = readCommand(['-n', 'abc'], { SBATCH_NTASKS: 'def' }, table);
  assert.ok('failed' in read);
  assert.match(read.failed.lines[0] ?? '', /"abc"/);
});
