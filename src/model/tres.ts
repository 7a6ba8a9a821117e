import { formatMemory, parseMemoryMb } from './memory.ts';

/** Some of a trackable resource: CPUs, nodes, devices; MiB of `mem`. */
export interface TresCount {
  /** `cpu`, `mem`, `node`, `billing`, `gres/gpu`, `gres/gpu:a100`, `license/foo`, ... */
  readonly name: string;
  readonly count: number;
}

/** Those without a name of their own behind a slash. */
const plainNames = ['cpu', 'mem', 'node', 'billing', 'energy', 'vmem', 'pages'] as const;
const textLengthMax = 65_536;

/**
 * A TRES string, as limits, reservations and scontrol's TRES= have it: `cpu=2,mem=4G,gres/gpu=1`. Names are
 * in either case, those behind a slash as they are written. Of two alike the last one counts.
 */
export function parseTres(text: string): readonly TresCount[] | undefined {
  if (text === '') return [];
  if (text.length > textLengthMax) return undefined;
  const counts = new Map<string, number>();
  for (const item of text.split(',')) {
    const [, written = '', value = ''] = /^([^=]+)=([^=]+)$/.exec(item) ?? [];
    const name = readName(written);
    const count = name === 'mem' ? parseMemory(value) : readCount(value);
    if (name === undefined || count === undefined) return undefined;
    counts.set(name, count);
  }
  return [...counts].map(([name, count]) => ({ name, count }));
}

/** The resources as a text that parses to them, as scontrol prints it. */
export function formatTresCounts(list: readonly TresCount[]): string {
  return list
    .map(({ name, count }) => `${name}=${name === 'mem' && count > 0 ? formatMemory(count) : count}`)
    .join(',');
}

function readName(written: string): string | undefined {
  const plain = plainNames.find((name) => name === written.toLowerCase());
  if (plain !== undefined) return plain;
  const [, kind, own] = /^(gres|license|bb|fs|ic)\/([\w.-]+(?::[\w.+-]+)?)$/i.exec(written) ?? [];
  return kind === undefined ? undefined : `${kind.toLowerCase()}/${own}`;
}

/** As scontrol prints it too, which has halves: `1.50G`. */
function parseMemory(value: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,6}\.[05]0)([GT])$/.exec(value) ?? [];
  return amount === undefined ? parseMemoryMb(value) : Number(amount) * 1024 ** ('GT'.indexOf(unit) + 1);
}

function readCount(value: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15})([km]?)$/i.exec(value) ?? [];
  if (digits === undefined) return undefined;
  const count = Number(digits) * 1024 ** ['', 'k', 'm'].indexOf(unit.toLowerCase());
  return Number.isSafeInteger(count) ? count : undefined;
}
