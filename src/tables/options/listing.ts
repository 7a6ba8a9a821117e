import { parseHostlist } from '../../model/hostlist.ts';
import { type Failed, failed, ok } from '../row.ts';
import type { Parser } from './parsers.ts';

/** What squeue, sinfo and scancel have in common. */

/** Nodes to look at, as a hostlist. */
export const listedNodes: Parser<readonly string[]> = (text, { program }) => {
  const names = parseHostlist(text);
  return names === undefined ? failed(1, `${program}: error: Invalid node name ${text}`) : ok(names);
};

interface Layout {
  readonly format?: string;
  readonly long?: boolean;
}

/** The complaint about a command line that asks for both a format and the long one. */
export function formatFault({ format, long }: Layout, program: string): Failed | undefined {
  if (format === undefined || long !== true) return undefined;
  const what = 'Options -o(--format) and -l(--long) are mutually exclusive. Please remove one and retry.';
  return failed(1, `${program}: fatal: ${what}`);
}
