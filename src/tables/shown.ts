import { versionLine } from '../model/version.ts';
import { helpText, usageText } from './help.ts';
import type { CommandTable, Shown } from './row.ts';

/** What `--help`, `--usage` and `--version` print. `program` is the name that the command was called by. */
export function shownText<V>(shows: Shown, table: CommandTable<V>, program: string): string {
  switch (shows) {
    case 'help':
      return helpText(table, program);
    case 'usage':
      return usageText(table, program);
    case 'version':
      return `${versionLine(program)}\n`;
    default:
      return shows satisfies never;
  }
}
