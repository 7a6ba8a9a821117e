/**
 * How often somebody died at which operation: a row an operation, a column a kind of process. In each cell
 * the crashes, and of the crash points by name (before and after it, for each kind of file) how many of all
 * were reached.
 */
export function crashTable(operations: Iterable<string>, crashes: ReadonlyMap<string, number>): string {
  const rows = new Map<string, Map<string, Cell>>();
  const actors = new Set<string>();
  for (const operation of operations) {
    const [actor = '', op = ''] = operation.split(' ');
    actors.add(actor);
    const row = rows.get(op) ?? new Map<string, Cell>();
    rows.set(op, row);
    const cell = row.get(actor) ?? { crashes: 0, reached: 0, all: 0 };
    row.set(actor, cell);
    for (const side of ['before', 'after']) {
      const count = crashes.get(`${operation} ${side}`) ?? 0;
      cell.crashes += count;
      cell.reached += count > 0 ? 1 : 0;
      cell.all += 1;
    }
  }
  const columns = [...actors].sort();
  const head = ['', ...columns];
  const lines = [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([op, row]) => [op, ...columns.map((actor) => shownCell(row.get(actor)))]);
  const text = [head, ...lines].map((cells) => `  ${shownRow(cells)}\n`).join('');
  return `crashes, and crash points reached of all by name:\n${text}`;
}

interface Cell {
  crashes: number;
  reached: number;
  all: number;
}

const cellWidth = 16;

function shownCell(cell: Cell | undefined): string {
  return cell === undefined ? '' : `${cell.crashes} ${`${cell.reached}/${cell.all}`.padStart(9)}`;
}

function shownRow([op = '', ...cells]: readonly string[]): string {
  return `${op.padEnd(9)}${cells.map((cell) => cell.padStart(cellWidth)).join('')}`;
}
