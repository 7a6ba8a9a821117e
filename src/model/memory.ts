import { limits } from './limits.ts';

const unitMb: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1 / 1024],
  ['m', 1],
  ['g', 1024],
  ['t', 1024 ** 2],
]);

/**
 * The value of --mem in MiB, where 0 means all that the node has. A unit is one of K, M, G, T in either case,
 * perhaps with a B; none is M. KiB are rounded up. Fractions, blanks after the number, `%`, `P` and `GiB` are
 * refused, as Slurm does, and so is more than the cluster can store.
 */
export function parseMemoryMb(text: string): number | undefined {
  const [, digits, unit = ''] = /^\s*\+?(\d+)(?:([kmgt])b?)?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const mb = Math.ceil(Number(digits) * (unitMb.get(unit.toLowerCase()) ?? 1));
  return mb <= limits.memoryMbMax ? mb : undefined;
}

/**
 * MiB as squeue's %m and scontrol print them: in the largest unit that holds them in halves (`4G`, `1.50G`,
 * `1500M`), and a bare `0`. Slurm looks only at whole units, so 1049088 MiB is `1.00T` there and here, and
 * counts in floats of 32 bits: the last digits of more than 16 TiB may be others.
 */
export function formatMemory(mb: number): string {
  if (mb === 0) return '0';
  let amount = Math.fround(mb);
  let unit = 0;
  while (amount >= 1024 && Math.floor(amount) % 512 === 0 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${Number.isInteger(amount) ? amount : amount.toFixed(2)}${units[unit]}`;
}

const units = ['M', 'G', 'T', 'P', 'E'] as const;
