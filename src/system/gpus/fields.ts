/** The longest text taken over from a tool into a message or a name. */
const textLengthMax = 200;

/** A whole number in strict digits. Everything else, in whatever spelling, is no number. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * What stands in a column instead of a value: the words of `[Not Supported]`, `[N/A]`, `N/A`, or of nothing.
 */
export function noValueWords(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || /^n\/a$/i.test(trimmed)) return 'N/A';
  return /^\[(.*)\]$/.exec(trimmed)?.[1];
}

/** A text column, or undefined if it holds no value. */
export function textValue(text: string | undefined): string | undefined {
  if (text === undefined || noValueWords(text) !== undefined) return undefined;
  return oneLine(text);
}

/**
 * Splits a line of unquoted CSV from both ends: the column after `before` others and before `after` others
 * may hold commas itself. Undefined if the line has too few columns.
 */
export function splitColumns(
  line: string,
  { before, after }: { readonly before: number; readonly after: number },
): readonly string[] | undefined {
  const parts = line.split(',').map((part) => part.trim());
  if (parts.length < before + 1 + after) return undefined;
  const end = parts.length - after;
  // Joined with the blank that the tool prints after each comma.
  return [...parts.slice(0, before), parts.slice(before, end).join(', '), ...parts.slice(end)];
}

/** Lines with something in them. */
export function filledLines(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

/** A tool's text made fit for a name or a message: one line, no control characters, not too long. */
export function oneLine(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return clean.length <= textLengthMax ? clean : `${clean.slice(0, textLengthMax - 3)}...`;
}

/** The field if it has a value: an absent number must stay absent. */
export function some<K extends string, V>(key: K, value: V | undefined): { readonly [N in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [N in K]: V });
}
