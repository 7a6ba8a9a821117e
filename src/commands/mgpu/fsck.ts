import { printable } from '../../base/text.ts';
import { type Flaw, type FsckReport, remedyText } from '../../services/fsck.ts';
import type { CommandIo } from '../io.ts';

/** Prints what an examination of the spool found, a line for each finding; gives the exit code. */
export function fsck({ flaws, files, seq }: FsckReport, io: CommandIo): number {
  for (const flaw of flaws) io.out(`${printable(lineOf(flaw))}\n`);
  const wrong = flaws.filter(({ severity }) => severity !== 'note');
  const counts = (['error', 'warn', 'note'] as const).map((severity) => countOf(flaws, severity));
  const found = counts.filter((text) => text !== '').join(', ');
  const verdict = wrong.length === 0 ? 'sound' : 'not sound';
  io.out(`${verdict}: ${files} files up to commit ${seq}${found === '' ? '' : `: ${found}`}\n`);
  return wrong.length === 0 ? 0 : 1;
}

function lineOf({ severity, path, what, remedy }: Flaw): string {
  const mends = remedyText(remedy);
  const todo = remedy.kind === 'advice' ? `to do: ${remedy.text}` : `to mend it: ${mends}`;
  return `${severity.padEnd(5)} ${path}: ${what}; ${todo}`;
}

const words = { error: 'errors', warn: 'warnings', note: 'notes' } as const;

function countOf(flaws: readonly Flaw[], severity: Flaw['severity']): string {
  const count = flaws.filter((flaw) => flaw.severity === severity).length;
  if (count === 0) return '';
  return `${count} ${count === 1 ? words[severity].slice(0, -1) : words[severity]}`;
}
