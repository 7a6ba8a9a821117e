/** What a person reads on a terminal. Both libraries are loaded only when something is drawn with them. */

/** Puts one of the terminal's colours around a text. */
export async function terminalPaint(): Promise<
  (colour: 'green' | 'yellow' | 'red' | 'cyan' | 'gray', text: string) => string
> {
  const { Chalk } = await import('chalk');
  // Whether there are colours at all was decided before; 1 is the colours that every terminal has.
  const chalk = new Chalk({ level: 1 });
  return (colour, text) => chalk[colour](text);
}

/** A table with lines around its cells; cells may hold colours already. */
export async function drawTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  // The library would paint heads and borders by itself, also where no colours are wanted.
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
