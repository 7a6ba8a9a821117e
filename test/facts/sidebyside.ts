import type { Matcher } from './match.ts';

/**
 * Two texts as one: two blanks stand before a line that is in both, `- ` before one of theirs alone and `+ `
 * before one of ours. As many lines as can be are in both.
 */
export function sideBySide(
  theirs: readonly string[],
  ours: readonly string[],
  matcher: Matcher,
): readonly string[] {
  const shape = (line: string): string => line.replace(/\w/g, '0');
  const shapes = { theirs: theirs.map(shape), ours: ours.map(shape) };
  const pairs = theirs.map((line, row) =>
    ours.map(
      (other, column) =>
        shapes.theirs[row] === shapes.ours[column] && (line === other || matcher.wouldMatch(line, other)),
    ),
  );
  const isPair = (row: number, column: number): boolean => pairs[row]?.[column] ?? false;
  const lengths = commonLengths(theirs.length, ours.length, isPair);
  const left = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  const shown: string[] = [];
  let [row, column] = [0, 0];
  while (row < theirs.length || column < ours.length) {
    if (isPair(row, column)) {
      shown.push(`  ${theirs[row]}`);
      row += 1;
      column += 1;
    } else if (
      row < theirs.length &&
      (column >= ours.length || left(row + 1, column) >= left(row, column + 1))
    ) {
      shown.push(`- ${theirs[row]}`);
      row += 1;
    } else {
      shown.push(`+ ${ours[column]}`);
      column += 1;
    }
  }
  // The end of texts that end with a newline.
  if (shown.at(-1) === '  ') shown.pop();
  return shown;
}

/** How many lines the rests of both have in common, from every place in them. */
function commonLengths(
  rows: number,
  columns: number,
  isPair: (row: number, column: number) => boolean,
): readonly (readonly number[])[] {
  const lengths = Array.from({ length: rows + 1 }, () => new Array<number>(columns + 1).fill(0));
  for (let row = rows - 1; row >= 0; row -= 1) {
    const [here = [], below = []] = [lengths[row], lengths[row + 1]];
    for (let column = columns - 1; column >= 0; column -= 1) {
      const longer = Math.max(below[column] ?? 0, here[column + 1] ?? 0);
      here[column] = isPair(row, column) ? (below[column + 1] ?? 0) + 1 : longer;
    }
  }
  return lengths;
}
