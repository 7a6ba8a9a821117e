import { padLeft, padRight, printable, truncate } from '../base/text.ts';

/** A colour of a terminal, as far as our tables use any. */
export type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'gray';

/** Puts a colour around a text. */
export type Paint = (colour: Colour, text: string) => string;

/**
 * A column of a table that users lay out themselves (`squeue -o`, `-O`). Width and side belong to the
 * format.
 */
export interface FieldRow<T> {
  /** What -O calls it; letters of either case are alike. */
  readonly name: string;
  /** What -o calls it. */
  readonly letter?: string;
  readonly head: string;
  /** What stands in the line of `item`; control characters are made visible by the renderer. */
  readonly get: (item: T) => string;
  /** By which lines are sorted; missing: the text. */
  readonly sortKey?: (item: T) => number | string;
  /** A length of time: as captured, Slurm does not cut it in a column that fills from the left. */
  readonly isLength?: boolean;
  /** On a terminal. */
  readonly colour?: (item: T) => Colour | undefined;
}

/** One column as it is printed. A width of 0 is the text's own. */
export interface Column<T> {
  readonly field: FieldRow<T>;
  readonly width: number;
  readonly isRight: boolean;
  readonly suffix: string;
}

/** Text between columns, or a column. */
export type Part<T> = string | Column<T>;

export interface Format<T> {
  readonly parts: readonly Part<T>[];
  /** What the format names and no field is called, in order. */
  readonly unknown: readonly string[];
}

/** The widest column that a format may ask for; a wider one would only fill the memory. */
const widthMax = 4096;

/**
 * Reads the language of -o: `%[[.]width]letter`, with any text before and after. As captured from Slurm: an
 * unknown letter is printed as it was written and complained about, `%%` is the one before what follows,
 * `%all` is every lettered field with bars between.
 */
export function parseFormat<T>(text: string, fields: readonly FieldRow<T>[]): Format<T> {
  const parts: Part<T>[] = [];
  const unknown: string[] = [];
  const [prefix = '', ...tokens] = text.split('%');
  if (prefix !== '') parts.push(prefix);
  for (const token of tokens) {
    if (token === '') continue;
    const { dot = '', digits = '', letter = '', suffix = '' } = tokenForm.exec(token)?.groups ?? {};
    const field = fields.find((one) => one.letter === letter);
    if (token === 'all') {
      parts.push(...allFields(fields));
    } else if (field === undefined) {
      parts.push(`%${token}`);
      unknown.push(letter);
    } else {
      parts.push({ field, width: widthOf(digits), isRight: dot !== '', suffix });
    }
  }
  return { parts, unknown };
}

/** Every character may be the letter, also a second dot or a blank. */
const tokenForm = /^(?<dot>\.?)(?<digits>\d*)(?<letter>.?)(?<suffix>.*)$/su;

function allFields<T>(fields: readonly FieldRow<T>[]): readonly Column<T>[] {
  // Slurm's order: small letters before capitals.
  const lettered = fields
    .filter((field) => field.letter !== undefined)
    .sort((a, b) => letterRank(a) - letterRank(b));
  return lettered.map((field, index) => {
    const suffix = index < lettered.length - 1 ? '|' : '';
    return { field, width: 0, isRight: false, suffix };
  });
}

function letterRank<T>({ letter = '' }: FieldRow<T>): number {
  return letter.charCodeAt(0) + (letter < 'a' ? 256 : 0);
}

/** A column without a width has this one in -O. */
const longWidth = 20;

/**
 * Reads the language of -O: `name[:[.][width][suffix]]` between commas. Of an unknown name only its suffix is
 * left.
 */
export function parseLongFormat<T>(text: string, fields: readonly FieldRow<T>[]): Format<T> {
  const parts: Part<T>[] = [];
  const unknown: string[] = [];
  for (const token of text.split(',')) {
    if (token === '') continue;
    const colon = token.indexOf(':');
    const name = colon < 0 ? token : token.slice(0, colon);
    const field = fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
    const size = longForm.exec(token.slice(name.length + 1))?.groups ?? {};
    const { dot = '', digits = '', suffix = '' } = size;
    if (field === undefined) {
      unknown.push(name);
      if (suffix !== '') parts.push(suffix);
      continue;
    }
    const width = colon < 0 ? longWidth : widthOf(digits);
    parts.push({ field, width, isRight: dot !== '', suffix });
  }
  return { parts, unknown };
}

/** Blanks and a `+` before the width are taken, as atoi does. */
const longForm = /^(?<dot>\.?)(?:\s*\+?(?=\d))?(?<digits>\d*)(?<suffix>.*)$/su;

function widthOf(digits: string): number {
  return Math.min(Number(digits), widthMax);
}

/** The line of heads, without its end. */
export function headLine<T>({ parts }: Format<T>): string {
  return parts
    .map((part) => (typeof part === 'string' ? part : cutInto(part.field.head, part) + part.suffix))
    .join('');
}

/** Makes the lines of items, without their ends. */
export function lineMaker<T>({ parts }: Format<T>, paint?: Paint): (item: T) => string {
  const makers = parts.map((part) => (typeof part === 'string' ? () => part : cellMaker(part, paint)));
  return (item) => {
    let line = '';
    for (let index = 0; index < makers.length; index += 1) line += makers[index]?.(item);
    return line;
  };
}

/** Makes the cells of a column. Most of a long table's columns hold the same text line after line. */
function cellMaker<T>(column: Column<T>, paint: Paint | undefined): (item: T) => string {
  const { field, suffix } = column;
  let lastText: string | undefined;
  let lastColour: Colour | undefined;
  let lastCell = '';
  return (item) => {
    const text = field.get(item);
    const colour = paint && field.colour?.(item);
    if (text === lastText && colour === lastColour) return lastCell;
    lastText = text;
    lastColour = colour;
    const cell = intoColumn(printable(text), column);
    lastCell = (paint && colour ? paint(colour, cell) : cell) + suffix;
    return lastCell;
  };
}

/** What Slurm prints of a text that is not there, if it has the room for it. */
const nothing = '(null)';

function intoColumn<T>(text: string, column: Column<T>): string {
  const { field, width, isRight } = column;
  if (isRight && field.isLength === true) return padLeft(text, width);
  // As captured: printf does not cut the word where it would have to pad behind it.
  return cutInto(text === nothing && !isRight && width < nothing.length && width > 0 ? '' : text, column);
}

/** A text in its column: cut without a mark, as Slurm cuts, or filled with spaces. */
function cutInto<T>(text: string, { width, isRight }: Column<T>): string {
  if (width === 0) return text;
  const cut = truncate(text, width);
  return isRight ? padLeft(cut, width) : padRight(cut, width);
}
