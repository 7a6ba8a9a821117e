import type { AnyRow, CommandTable, OptionRow } from './row.ts';

/** `--help` and `--usage`, printed from the rows. */

/** Columns of a line of help, and where the explanation begins. */
const width = 80;
const textColumn = 30;

/** Of options without a heading of their own; in --help Slurm's words stand for it. */
const plainGroup = 'Options';

function headingOf(group: string): string {
  return group === plainGroup ? 'Valid <OPTION> values are' : group;
}

/** The text of --help. `program` is the name that the command was called by. */
export function helpText<V>(table: CommandTable<V>, program: string): string {
  const refused = visible(table.rows).filter((row) => row.refused !== undefined);
  const groups = groupsOf(table.rows);
  const hasPlain = groups.some(([group]) => group === plainGroup);
  const blocks = [
    synopsis(table, program),
    ...(hasPlain ? [] : [`${headingOf(plainGroup)}:`]),
    ...groups.map(([group, rows]) => [`${headingOf(group)}:`, ...rows.flatMap(rowLines)].join('\n')),
  ];
  if (table.commands !== undefined) {
    blocks.push(['Valid <COMMAND> values are:', ...table.commands.flatMap(commandLines)].join('\n'));
  }
  if (refused.length > 0) {
    const names = refused.map((row) => `--${row.long}`).join(', ');
    blocks.push(
      ['Known from Slurm, but refused:', ...wrap(names, width - 2).map((line) => `  ${line}`)].join('\n'),
    );
  }
  return `${blocks.join('\n\n')}\n`;
}

/** The text of --usage: every option, in brief. */
export function usageText<V>(table: CommandTable<V>, program: string): string {
  const { usage } = table;
  if (usage !== undefined) return usage.map((line) => `${line.replace('PROGRAM', program)}\n`).join('');
  const options = visible(table.rows)
    .filter((row) => row.refused === undefined)
    .map((row) => `[${briefForm(row)}]`);
  const head = `Usage: ${program} `;
  const lines = wrapItems(
    [...options, ...(table.operands === '' ? [] : [table.operands])],
    width - head.length,
  );
  return lines.map((line, index) => `${(index === 0 ? head : '').padEnd(head.length)}${line}\n`).join('');
}

/** The one line that tells how the command is called. */
function synopsis<V>({ operands }: CommandTable<V>, program: string): string {
  return `Usage: ${program} [<OPTION>...]${operands === '' ? '' : ` ${operands}`}`;
}

function commandLines([name, help]: readonly [string, string]): readonly string[] {
  const [first = '', ...rest] = wrap(help, width - textColumn);
  return [
    `${`  ${name}`.padEnd(textColumn - 1)} ${first}`,
    ...rest.map((line) => ' '.repeat(textColumn) + line),
  ];
}

/** The rows that are served, by their headings, each in the order of the table. */
export function groupsOf<V>(
  rows: readonly OptionRow<V>[],
): readonly (readonly [string, readonly OptionRow<V>[]])[] {
  const groups = new Map<string, OptionRow<V>[]>();
  for (const row of visible(rows)) {
    if (row.refused !== undefined) continue;
    const group = row.group ?? plainGroup;
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  // What every command has comes last.
  return [...groups].sort(([a], [b]) => Number(a === 'Help options') - Number(b === 'Help options'));
}

export function visible<V>(rows: readonly OptionRow<V>[]): readonly OptionRow<V>[] {
  return rows.filter((row) => row.hidden !== true);
}

type Form = Pick<AnyRow, 'long' | 'short' | 'aliases' | 'arg' | 'metavar' | 'help'>;

/** `-n, --ntasks=count`, aligned so that all long names stand in one column. */
function rowLines(row: Form): readonly string[] {
  const letter = row.short === undefined ? '    ' : `-${row.short}, `;
  const head = `  ${letter}--${row.long}${argumentForm(row)}`;
  const [first = '', ...rest] = wrap(row.help, width - textColumn);
  const indented = rest.map((line) => ' '.repeat(textColumn) + line);
  if (head.length < textColumn) return [head.padEnd(textColumn) + first, ...indented];
  return [head, ' '.repeat(textColumn) + first, ...indented];
}

/** How the argument stands behind a long name. */
function argumentForm({ arg, metavar = '' }: Form): string {
  if (arg === 'none') return '';
  return arg === 'optional' ? `[=${metavar}]` : `=${metavar}`;
}

function briefForm(row: Form): string {
  if (row.short === undefined) return `--${row.long}${argumentForm(row)}`;
  if (row.arg === 'none') return `-${row.short}`;
  return row.arg === 'optional' ? `-${row.short}[${row.metavar}]` : `-${row.short} ${row.metavar}`;
}

function wrap(text: string, columns: number): readonly string[] {
  return wrapItems(text.split(' '), columns);
}

/** Fills lines with items that are not broken. */
function wrapItems(items: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + item.length <= columns)
      lines[lines.length - 1] = `${last} ${item}`;
    else lines.push(item);
  }
  return lines;
}
