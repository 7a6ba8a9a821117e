import { padLeft, padRight, printable, truncate } from '../base/text.ts';

/**
 * A column of sacct and its like, which have widths of their own and a line of dashes under their heads;
 * `--format=name%width` chooses among them.
 */
export interface ColumnField<T> {
  /** Also its head, unless that is said. */
  readonly name: string;
  readonly head?: string;
  readonly width: number;
  /** Missing: right. */
  readonly side?: 'left';
  /** How a text that is too wide is cut, if it is; missing: with a plus as its last character. */
  readonly cut?: 'plain' | 'never';
  readonly get: (item: T) => string;
}

/** A column as it is printed. */
export interface Columns<T> {
  readonly field: ColumnField<T>;
  readonly width: number;
  readonly isLeft: boolean;
}

/** What stands between columns for programs to read; undefined for columns that stand below each other. */
export interface Layout {
  readonly delimiter?: string;
  /** Behind the last column too. */
  readonly endsLines?: boolean;
}

const widthMax = 4096;

/**
 * Reads `name[%[-]width]` between commas; names may be cut short and are in either case, `ALL` is every
 * column (captures 'tab.sacct.owidth'). An empty name ends the list. The width is read as atoi does, so that
 * what is no number is a width of 0; the last width that is said for a column holds wherever it stands. The
 * first name that none has is given back instead.
 */
export function parseColumns<T>(
  text: string,
  fields: readonly ColumnField<T>[],
): { readonly columns: readonly Columns<T>[] } | { readonly unknown: string } {
  const chosen: ColumnField<T>[] = [];
  const sizes = new Map<ColumnField<T>, { readonly width: number; readonly isLeft: boolean }>();
  for (const item of text.split(',').map((one) => one.trimStart())) {
    if (item === '') break;
    const [name = '', size] = item.split('%');
    const found = /^all$/i.test(name) ? fields : fieldOf(name, fields);
    if (found.length === 0) return { unknown: name };
    const [, sign, digits = '0'] = /^\s*([+-]?)(\d+)/.exec(size ?? '') ?? [];
    for (const field of found) {
      chosen.push(field);
      if (size === undefined) continue;
      sizes.set(field, { width: Math.min(Number(digits), widthMax), isLeft: sign === '-' });
    }
  }
  const columns = chosen.map((field) => ({
    field,
    width: field.width,
    isLeft: field.side === 'left',
    ...sizes.get(field),
  }));
  return { columns };
}

function fieldOf<T>(name: string, fields: readonly ColumnField<T>[]): readonly ColumnField<T>[] {
  const wanted = name.toLowerCase();
  const found = wanted === '' ? undefined : fields.find((one) => one.name.toLowerCase().startsWith(wanted));
  return found === undefined ? [] : [found];
}

/** The lines of heads, without their ends. */
export function columnHeads<T>(columns: readonly Columns<T>[], layout: Layout): readonly string[] {
  const names = columns.map(({ field }) => headOf(field));
  if (layout.delimiter !== undefined) return [joined(names, layout)];
  const heads = columns.map((column) => inColumn(truncate(headOf(column.field), column.width), column));
  return [
    joined(heads, layout),
    joined(
      columns.map(({ width }) => '-'.repeat(width)),
      layout,
    ),
  ];
}

/** The line of an item, without its end. */
export function columnLine<T>(columns: readonly Columns<T>[], item: T, layout: Layout): string {
  const texts = columns.map((column) => {
    const text = printable(column.field.get(item));
    return layout.delimiter === undefined ? inColumn(cut(text, column), column) : text;
  });
  return joined(texts, layout);
}

function headOf<T>({ head, name }: ColumnField<T>): string {
  return head ?? name;
}

function joined(texts: readonly string[], { delimiter, endsLines }: Layout): string {
  if (delimiter === undefined) return texts.map((text) => `${text} `).join('');
  return texts.join(delimiter) + (endsLines === true ? delimiter : '');
}

function cut<T>(text: string, { field, width }: Columns<T>): string {
  if (field.cut === 'never') return text;
  const short = truncate(text, width);
  if (short === text || field.cut === 'plain' || width === 0) return short;
  return `${truncate(text, width - 1)}+`;
}

function inColumn<T>(text: string, { width, isLeft }: Columns<T>): string {
  return isLeft ? padRight(text, width) : padLeft(text, width);
}

/** The names of all columns, four a line, as `--helpformat` prints them. */
export function columnNames<T>(fields: readonly ColumnField<T>[]): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < fields.length; at += 4) {
    const names = fields.slice(at, at + 4).map(({ name }) => padRight(name, 19));
    lines.push(names.join(' '));
  }
  return lines;
}
