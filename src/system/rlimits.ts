import { readFileSync } from 'node:fs';
import type { RlimitName } from '../model/rlimits.ts';
import { codeOf } from './files/fault.ts';

/** What /proc calls them. */
const procNames: ReadonlyMap<string, RlimitName> = new Map([
  ['Max cpu time', 'CPU'],
  ['Max file size', 'FSIZE'],
  ['Max data size', 'DATA'],
  ['Max stack size', 'STACK'],
  ['Max core file size', 'CORE'],
  ['Max resident set', 'RSS'],
  ['Max processes', 'NPROC'],
  ['Max open files', 'NOFILE'],
  ['Max locked memory', 'MEMLOCK'],
  ['Max address space', 'AS'],
]);

export type SoftLimits = Readonly<Partial<Record<RlimitName, string>>>;

/**
 * The soft limits of whoever started this process, as numbers or `unlimited`; none where there is no /proc.
 * Node raises its own limit of open files to the hard one, so that is asked of the parent process. A shell
 * that lowers the soft one alone and then becomes this process (`exec`) is not seen.
 */
export function softLimits(): SoftLimits {
  const own = tableOf('self');
  const parent = tableOf(String(process.ppid));
  const limits = parseLimits(own);
  const { NOFILE = limits.NOFILE } = hardFiles(own) === hardFiles(parent) ? parseLimits(parent) : {};
  return { ...limits, ...(NOFILE !== undefined && { NOFILE }) };
}

/** Another one than the parent's: this process took the place of a shell that lowered both. */
function hardFiles(table: string): string | undefined {
  return /^Max open files\s+\S+\s+(\S+)/m.exec(table)?.[1];
}

function tableOf(process: string): string {
  try {
    return readFileSync(`/proc/${process}/limits`, 'utf8');
  } catch (error) {
    // No /proc, a parent of another user, or one that has just ended.
    if (codeOf(error) === undefined) throw error;
    return '';
  }
}

/** The table of /proc/PID/limits: names, soft limits, hard limits. */
export function parseLimits(table: string): SoftLimits {
  const found: { [K in RlimitName]?: string } = {};
  for (const line of table.split('\n')) {
    const [, label = '', soft] = /^(.+?)\s{2,}(\d+|unlimited)\s/.exec(line) ?? [];
    const name = procNames.get(label);
    if (name !== undefined && soft !== undefined) found[name] = soft;
  }
  return found;
}
