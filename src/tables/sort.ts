import type { FieldRow } from './format.ts';
import { compare } from './row.ts';

/** One place of an order: a column, and which way. */
interface SortKey<T> {
  readonly field: FieldRow<T>;
  readonly isFalling: boolean;
}

/** How lines of a table are ordered. */
export type Order<T> = readonly SortKey<T>[];

/**
 * Reads the language of -S: letters of columns between commas or side by side, each perhaps after `+` or
 * `-`; the first counts most. Gives the character that names no column instead.
 */
export function parseOrder<T>(
  text: string,
  fields: readonly FieldRow<T>[],
): { readonly order: Order<T> } | { readonly unknown: string } {
  const order: SortKey<T>[] = [];
  let isFalling = false;
  for (const letter of text) {
    if (letter === ',' || letter === '+' || letter === '-' || letter === ' ') {
      isFalling = letter === '-';
      continue;
    }
    const field = fields.find((one) => one.letter === letter);
    if (field === undefined) return { unknown: letter };
    order.push({ field, isFalling });
    isFalling = false;
  }
  return { order };
}

/** The items in that order; those that are alike stay as they are. */
export function sorted<T>(items: readonly T[], order: Order<T>): readonly T[] {
  // Column by column: a long table then has a few long lists of keys, and not a short one for each line.
  const columns = order
    .map(({ field, isFalling }) => ({
      keys: items.map((item) => keyOf(field, item)),
      sign: isFalling ? -1 : 1,
    }))
    .filter(({ keys }) => keys.some((key) => key !== keys[0]));
  if (columns.length === 0) return items;
  const places = items.map((_, place) => place);
  places.sort((a, b) => {
    for (const { keys, sign } of columns) {
      const difference = compareKeys(keys[a] ?? 0, keys[b] ?? 0);
      if (difference !== 0) return sign * difference;
    }
    return 0;
  });
  return places.map((place) => items[place] as T);
}

function keyOf<T>(field: FieldRow<T>, item: T): number | string {
  return field.sortKey?.(item) ?? field.get(item);
}

function compareKeys(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compare(String(a), String(b));
}
