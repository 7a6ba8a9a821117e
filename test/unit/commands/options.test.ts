import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mgpuProgram } from '../../../src/commands/mgpu/options.ts';
import { mgpudProgram } from '../../../src/commands/mgpud/options.ts';
import { sallocTable } from '../../../src/commands/salloc/options.ts';
import { sbatchTable } from '../../../src/commands/sbatch/options.ts';
import { scancelTable } from '../../../src/commands/scancel/options.ts';
import { scontrolTable } from '../../../src/commands/scontrol/options.ts';
import { sinfoTable } from '../../../src/commands/sinfo/options.ts';
import { squeueTable } from '../../../src/commands/squeue/options.ts';
import { srunTable } from '../../../src/commands/srun/options.ts';
import type { AdminOption, AdminProgram } from '../../../src/tables/options/admin.ts';
import { type AnyRow, validateRows } from '../../../src/tables/row.ts';
import { slurmOptions } from './slurmoptions.ts';

const tables = [sbatchTable, srunTable, sallocTable, squeueTable, scancelTable, sinfoTable, scontrolTable];

/** What a test may look at without knowing the values. */
type Row = Pick<AnyRow, 'long' | 'short' | 'aliases' | 'arg' | 'ours' | 'refused' | 'key' | 'env' | 'help'>;

function rowsOf(program: string): readonly Row[] {
  const table = tables.find((one) => one.program === program);
  assert.ok(table !== undefined);
  return table.rows;
}

const suffixes = { none: '', required: '=', optional: '[=]' };

test('every table is sound', () => {
  assert.deepEqual(validateRows(sbatchTable.rows), []);
  assert.deepEqual(validateRows(srunTable.rows), []);
  assert.deepEqual(validateRows(sallocTable.rows), []);
  assert.deepEqual(validateRows(squeueTable.rows), []);
  assert.deepEqual(validateRows(scancelTable.rows), []);
  assert.deepEqual(validateRows(sinfoTable.rows), []);
  assert.deepEqual(validateRows(scontrolTable.rows), []);
});

test('every option of Slurm has a row that takes its argument in the same way', () => {
  for (const [program, { long, letters }] of Object.entries(slurmOptions)) {
    const rows = rowsOf(program);
    const names = rows.flatMap((row) =>
      [row.long, ...(row.aliases ?? [])].map((name) => name + suffixes[row.arg]),
    );
    for (const name of long.split(/\s+/)) assert.ok(names.includes(name), `${program} --${name}`);
    const ours = rows.flatMap(({ short, arg }) => (short === undefined ? [] : [short + suffixes[arg]]));
    assert.deepEqual([...ours].sort(), letters.split(/\s+/).sort(), `${program}: the letters`);
  }
});

test('an option that Slurm does not have says so, and no other one', () => {
  for (const [program, { long }] of Object.entries(slurmOptions)) {
    const names = long.split(/\s+/).map((name) => name.replace(/\[?=\]?$/, ''));
    for (const row of rowsOf(program)) {
      const isKnown = [row.long, ...(row.aliases ?? [])].some((name) => names.includes(name));
      assert.equal(row.ours === true, !isKnown, `${program} --${row.long}`);
    }
  }
});

/** Names that mean different things in Slurm itself. */
const homonyms: ReadonlySet<string> = new Set(['wait']);

test('a name means the same in sbatch and srun: it is the same row', () => {
  for (const row of rowsOf('sbatch')) {
    const other = rowsOf('srun').find(({ long }) => long === row.long);
    if (other !== undefined && !homonyms.has(row.long)) assert.equal(other, row, row.long);
  }
});

test('a name sets the same value everywhere', () => {
  // A list in one command, one name in the other, in Slurm too.
  const differing = new Set(['account', 'all', 'array', 'name', 'nodes', 'nodelist', 'partition', 'signal']);
  const keys = new Map<string, unknown>();
  for (const { rows, program } of tables) {
    for (const row of rows as readonly Row[]) {
      if (row.key === undefined || differing.has(row.long) || homonyms.has(row.long)) continue;
      if (row.long === 'gpus' && program === 'sinfo') continue;
      const before = keys.get(row.long);
      assert.ok(before === undefined || before === row.key, `${program} --${row.long}: ${before} ${row.key}`);
      keys.set(row.long, row.key);
    }
  }
});

test('srun takes no variable of a refused option that Slurm sets in every job', () => {
  const setInJobs = [
    'SLURM_JOB_ID',
    'SLURM_CPU_BIND',
    'SLURM_DISTRIBUTION',
    'SLURM_MEM_PER_CPU',
    'SLURM_NPROCS',
  ];
  const read = rowsOf('srun').flatMap((row) => (row.refused === undefined ? [] : (row.env?.['srun'] ?? [])));
  for (const variable of setInJobs) assert.ok(!read.includes(variable), variable);
});

test('the options of the administration commands are sorted, told apart and explained', () => {
  const programs: readonly AdminProgram[] = [mgpuProgram, mgpudProgram];
  for (const { program, options, commands } of programs) {
    checkAdminOptions(program, options);
    for (const { name, options: own, help } of commands) {
      checkAdminOptions(`${program} ${name}`, own);
      assert.ok(!own.some((one) => options.some((other) => other.name === one.name)), name);
      assert.ok(help !== '' && !help.endsWith('.'), name);
    }
  }
});

function checkAdminOptions(where: string, options: readonly AdminOption[]): void {
  const names = options.map(({ name }) => name);
  assert.deepEqual(names, [...names].sort(), where);
  const letters = options.flatMap(({ letter }) => letter ?? []);
  assert.equal(new Set(letters).size, letters.length, where);
  for (const { name, type, metavar, help } of options) {
    assert.equal(metavar === undefined, type === 'switch' || type === 'count', `${where} --${name}`);
    assert.ok(help !== '' && !help.endsWith('.'), `${where} --${name}`);
  }
}
