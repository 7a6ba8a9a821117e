/**
 * What a terminal would act on instead of showing: control characters, marks that reorder or hide text, line
 * and paragraph separators, halves of surrogate pairs.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Nearly every text. Compiling the pattern above takes longer than all else here. */
const plain = /^[ -~]*$/;

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/**
 * The text with everything that is not plainly visible written as an escape (`\n`, `\x1b`, `\u{202e}`), so
 * that a name chosen by somebody else cannot move the cursor or forge a line. Backslashes stay single, as
 * Slurm prints them; doing it twice changes nothing.
 */
export function printable(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(unprintable, (character) => shortEscapes.get(character) ?? escapeCharacter(character));
}

function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
}

const surrogate = /[\ud800-\udfff]/;

/** The number of characters, where a surrogate pair is one. */
export function textWidth(text: string): number {
  return surrogate.test(text) ? [...text].length : text.length;
}

/** The first `width` characters; surrogate pairs are not split. */
export function truncate(text: string, width: number): string {
  if (text.length <= width) return text;
  return [...text.slice(0, 2 * width)].slice(0, width).join('');
}

/** Spaces after the text up to `width` characters. A longer text stays whole. */
export function padRight(text: string, width: number): string {
  return text.padEnd(width + text.length - textWidth(text));
}

/** Spaces before the text up to `width` characters. A longer text stays whole. */
export function padLeft(text: string, width: number): string {
  return text.padStart(width + text.length - textWidth(text));
}
