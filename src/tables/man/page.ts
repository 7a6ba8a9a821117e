import { MgpuError } from '../../base/error.ts';
import { groupsOf, visible } from '../help.ts';
import type { AdminCommand, AdminOption, AdminProgram } from '../options/admin.ts';
import { type AnyRow, type CommandTable, compare, type OptionRow } from '../row.ts';
import { escapeCode, escapeText, inline, roff } from './roff.ts';

/** The day that the pages bear. */
const manualDate = '2026-11-22';

/**
 * The prose of a page: sections in the markup of roff.ts, from DESCRIPTION on. On a line of its own,
 * `{{options}}`, `{{refused}}`, `{{environment}}` and `{{commands}}` stand for what is printed from the
 * tables.
 */
export interface Prose {
  readonly text: string;
}

interface Heading {
  /** The name of the command and of its page. */
  readonly command: string;
  readonly section: 1 | 8;
  readonly summary: string;
}

/** The page of a Slurm-like command. */
export function manualPage<V>(
  table: CommandTable<V>,
  { command, prose }: { command: string; prose: Prose },
): string {
  const heading: Heading = { command, section: 1, summary: table.summary };
  const operands = table.operands === '' ? '' : ` ${operandForm(table.operands)}`;
  const hasRefused = table.rows.some((row) => row.refused !== undefined);
  const hasVariables = servedRows(table.rows).some((row) => row.env?.[table.program] !== undefined);
  return page(heading, prose, {
    synopsis: [`\\fB${escapeCode(command)}\\fR [\\fIoption\\fR...]${operands}`],
    parts: {
      options: optionList(table.rows),
      ...(hasRefused ? { refused: refusedList(table.rows) } : {}),
      ...(hasVariables ? { environment: variableList(table) } : {}),
    },
  });
}

/** The page of an administration command. */
export function adminManualPage(
  program: AdminProgram,
  { section, prose }: { section: 1 | 8; prose: Prose },
): string {
  const { program: command, summary, options, commands } = program;
  const name = `\\fB${escapeCode(command)}\\fR`;
  const synopsis =
    commands.length === 0
      ? [`${name} [\\fIoption\\fR...]`]
      : commands.map(
          (one) => `${name} \\fB${one.name}\\fR${adminOperands(one.operands)} [\\fIoption\\fR...]`,
        );
  return page({ command, section, summary }, prose, {
    synopsis,
    parts: {
      options: options.flatMap(adminOptionEntry),
      ...(commands.length === 0 ? {} : { commands: commands.flatMap(commandEntry) }),
    },
  });
}

interface Generated {
  readonly synopsis: readonly string[];
  /** What each placeholder stands for; the prose has to hold every one of them. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
}

function page(
  { command, section, summary }: Heading,
  { text }: Prose,
  { synopsis, parts }: Generated,
): string {
  const head = [
    `.TH ${command.toUpperCase()} ${section} ${manualDate} mgpu "mgpu manual"`,
    '.SH NAME',
    `${escapeCode(command)} \\- ${escapeText(summary)}`,
    '.SH SYNOPSIS',
    ...synopsis.flatMap((line, index) => (index === 0 ? [line] : ['.br', line])),
  ];
  const body = text
    .split(/^\{\{(.*)\}\}$/m)
    .map((piece, index) => (index % 2 === 0 ? roff(piece) : `${part(command, piece, parts).join('\n')}\n`));
  for (const name of Object.keys(parts)) {
    if (text.split(`{{${name}}}`).length !== 2) {
      throw new MgpuError('PROSE', `${command}: the prose has to hold {{${name}}} once`);
    }
  }
  return `${head.join('\n')}\n${body.join('')}`;
}

function part(command: string, name: string, parts: Generated['parts']): readonly string[] {
  const lines = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (lines === undefined)
    throw new MgpuError('PROSE', `${command}: there is nothing to put in place of {{${name}}}`);
  return lines;
}

function optionList<V>(rows: readonly OptionRow<V>[]): readonly string[] {
  return groupsOf(rows).flatMap(([group, members]) => [
    `.SS ${escapeText(group)}`,
    ...members.flatMap((row) => entry(optionForm(row), `${sentence(row.help)}`)),
  ]);
}

/** One paragraph for each reason. */
function refusedList<V>(rows: readonly OptionRow<V>[]): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const row of visible(rows)) {
    if (row.refused === undefined) continue;
    reasons.set(row.refused, [...(reasons.get(row.refused) ?? []), `\\fB\\-\\-${escapeCode(row.long)}\\fR`]);
  }
  return [...reasons].flatMap(([reason, names]) => [
    '.TP',
    escapeText(sentence(reason).replace(/\.$/, '')),
    ...names.map((name, index) => (index < names.length - 1 ? `${name},` : `${name}.`)),
  ]);
}

function servedRows<V>(rows: readonly OptionRow<V>[]): readonly OptionRow<V>[] {
  return visible(rows).filter((row) => row.refused === undefined);
}

function variableList<V>({ rows, program }: CommandTable<V>): readonly string[] {
  const lines = servedRows(rows).flatMap((row) =>
    (row.env?.[program] ?? []).map((variable) => ({ variable, row })),
  );
  return lines
    .sort((a, b) => compare(a.variable, b.variable))
    .flatMap(({ variable, row }) =>
      entry(`\\fB${escapeCode(variable)}\\fR`, `As \\fB\\-\\-${escapeCode(row.long)}\\fR.`, true),
    );
}

/** `-n, --ntasks=count`, and other names behind it. */
function optionForm(row: Pick<AnyRow, 'long' | 'short' | 'aliases' | 'arg' | 'metavar'>): string {
  const argument = row.metavar === undefined ? '' : `\\fI${escapeText(row.metavar)}\\fR`;
  const tail = row.arg === 'optional' ? `[=${argument}]` : argument === '' ? '' : `=${argument}`;
  const names = [row.long, ...(row.aliases ?? [])].map((name) => `\\fB\\-\\-${escapeCode(name)}\\fR${tail}`);
  return [...(row.short === undefined ? [] : [`\\fB\\-${row.short}\\fR`]), ...names].join(', ');
}

function adminOptionEntry({ name, letter, metavar, help }: AdminOption): readonly string[] {
  const argument = metavar === undefined ? {} : { metavar };
  const short = letter === undefined ? {} : { short: letter };
  return entry(
    optionForm({ long: name, arg: metavar === undefined ? 'none' : 'required', ...short, ...argument }),
    sentence(help),
  );
}

/** A command with its own options below it. */
function commandEntry({ name, help, operands, options }: AdminCommand): readonly string[] {
  const head = entry(`\\fB${name}\\fR${adminOperands(operands)}`, sentence(help));
  return options.length === 0 ? head : [...head, '.RS', ...options.flatMap(adminOptionEntry), '.RE'];
}

function adminOperands(operands: AdminProgram['commands'][number]['operands']): string {
  return operands
    .map(({ name, isRequired }) => (isRequired ? ` \\fI${name}\\fR` : ` [\\fI${name}\\fR]`))
    .join('');
}

function entry(head: string, text: string, isRoff = false): readonly string[] {
  return ['.TP', head, isRoff ? text : inline(text).replace(/^(?=[.'])/, '\\&')];
}

/** `[script [argument...]]` with its words in italics. */
function operandForm(operands: string): string {
  return escapeText(operands).replaceAll(/[A-Za-z]+/g, '\\fI$&\\fR');
}

function sentence(phrase: string): string {
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`;
}
