import { formatDuration } from '../model/duration.ts';
import { type CommandTable, compare, type OptionRow } from './row.ts';

/** What `--verbose` tells of the options, as Slurm's commands do: programs look for these lines. */

/** The options that were given, in the form of sbatch, srun and salloc. */
export function definedOptions<V extends object>(table: CommandTable<V>, values: V): readonly string[] {
  const rule = `${'-'.repeat(20)} ${'-'.repeat(20)}`;
  const given = optionRows(table).flatMap((row) => {
    const value = valueIn(row, values);
    if (value === undefined) return [];
    const shown = isMinutes(row, value) ? formatDuration(value * 60, 'scontrol') : textOf(value);
    return [`${row.long.padEnd(20)}: ${shown}`];
  });
  return ['defined options', rule, ...given, rule, 'end of defined options'];
}

/** Time limits are told as squeue tells them. */
function isMinutes<V extends object>({ long }: OptionRow<V>, value: unknown): value is number {
  return (long === 'time' || long === 'time-min') && typeof value === 'number';
}

/** All options with what they are, in the form of the listing commands. */
export function allOptions<V extends object>(table: CommandTable<V>, values: V): readonly string[] {
  const rule = '-'.repeat(29);
  const rows = optionRows(table).map((row) => {
    const value = valueIn(row, values);
    const unset = row.arg === 'none' ? 'false' : '(null)';
    return `${row.long.padEnd(11)} = ${value === undefined ? unset : textOf(value)}`;
  });
  return [rule, ...rows, rule];
}

/** The rows that set something; of several that set the same the first stands for them. */
function optionRows<V extends object>({ rows }: CommandTable<V>): readonly OptionRow<V>[] {
  const seen = new Set<unknown>();
  return [...rows]
    .sort((a, b) => compare(a.long, b.long))
    .filter(({ key }) => {
      const isNew = key !== undefined && !seen.has(key);
      seen.add(key);
      return isNew;
    });
}

function valueIn<V extends object>({ key }: OptionRow<V>, values: V): unknown {
  return key === undefined ? undefined : values[key];
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  // A range of counts is told as it is written: 2, or 1-4.
  if (isRange(value)) return value.min === value.max ? `${value.min}` : `${value.min}-${value.max}`;
  return JSON.stringify(value);
}

function isRange(value: object): value is { readonly min: number; readonly max: number } {
  return Object.keys(value).sort().join() === 'max,min';
}
