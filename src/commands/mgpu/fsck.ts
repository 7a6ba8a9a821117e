import { printable } from '../../base/text.ts';
import { type Flaw, type FsckReport, remedyText } from '../../services/fsck.ts';
import type { RepairReport } from '../../services/repair.ts';
import type { CommandIo } from '../io.ts';

/** Prints what an examination of the spool found, a line for each finding; gives the exit code. */
export function fsck(report: FsckReport, io: CommandIo): number {
  for (const flaw of report.flaws) say(io, `${wordOf(flaw)} ${flaw.path}: ${flaw.what}; ${todo(flaw)}`);
  return sumUp(report, io, []);
}

/** The same for a repair: what was mended, and what is left and why. */
export function repair(report: RepairReport, io: CommandIo): number {
  for (const { path, what, remedy } of report.mended)
    say(io, `mended ${path}: ${what}; done: ${remedyText(remedy) ?? ''}`);
  for (const flaw of report.flaws) {
    const why = flaw.left === undefined ? '' : `; not mended: ${flaw.left}`;
    say(io, `${wordOf(flaw)} ${flaw.path}: ${flaw.what}; ${todo(flaw)}${why}`);
  }
  const mended = report.mended.length === 0 ? [] : [`${report.mended.length} mended`];
  const kept = report.kept.length === 0 ? [] : [`what was removed lies in ${report.kept.join(' and ')}`];
  return sumUp(report, io, [...mended, ...kept]);
}

function say(io: CommandIo, text: string): void {
  io.out(`${printable(text)}\n`);
}

function wordOf({ severity }: Flaw): string {
  return severity.padEnd(6);
}

const conditions = {
  any: '',
  stopped: ', while no daemon runs',
  force: ' and --force, while no daemon runs',
} as const;

function todo({ remedy }: Flaw): string {
  if (remedy.kind === 'advice') return `to do: ${remedy.text}`;
  return `--repair${conditions[remedy.when]}: ${remedyText(remedy)}`;
}

function sumUp({ flaws, files, seq }: FsckReport, io: CommandIo, more: readonly string[]): number {
  const isSound = flaws.every(({ severity }) => severity === 'note');
  const counts = (['error', 'warn', 'note'] as const).flatMap((severity) => countOf(flaws, severity));
  const found = [...counts, ...more].join(', ');
  const verdict = isSound ? 'sound' : 'not sound';
  io.out(`${verdict}: ${files} files up to commit ${seq}${found === '' ? '' : `: ${found}`}\n`);
  return isSound ? 0 : 1;
}

const words = { error: 'errors', warn: 'warnings', note: 'notes' } as const;

function countOf(flaws: readonly Flaw[], severity: Flaw['severity']): readonly string[] {
  const count = flaws.filter((flaw) => flaw.severity === severity).length;
  if (count === 0) return [];
  return [`${count} ${count === 1 ? words[severity].slice(0, -1) : words[severity]}`];
}
