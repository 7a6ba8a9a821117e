/** Some of a countable device, for each node, or of each type asked for. */
export interface GresRequest {
  /** `gpu`. */
  readonly name: string;
  /** Such as `a100`; absent if any will do. */
  readonly type?: string;
  readonly count: number;
  /** Set where no number was written, which is 1: squeue shows a request as it was written. */
  readonly isCountImplied?: true;
}

/** Some GPUs, of a type if one is said. */
export type GpuCount = Omit<GresRequest, 'name'>;

/** Slurm's three sentences about a gres text that does not parse, after the command's `error: `. */
const complaints = {
  syntax: 'Invalid generic resource (gres) specification',
  mixed: 'Invalid GRES specification (with and without type identification)',
  count: 'Batch job submission failed: Invalid Trackable RESource (TRES) specification',
} as const;

type Fault = keyof typeof complaints;
type Read = readonly GresRequest[] | Fault;

/**
 * The value of --gres: `gpu`, `gpu:2`, `gpu:a100`, `gpu:a100:1`, several with commas, perhaps with the
 * `gres:` that squeue prints. `none` is the empty list. Of two for the same name and type the last
 * one counts. Whether the name exists is the cluster's to say. A name with and without a type is refused;
 * `gresComplaint` says why.
 */
export function parseGres(text: string): readonly GresRequest[] | undefined {
  const read = readGres(text);
  return typeof read === 'string' ? undefined : read;
}

/** Slurm's sentence about a --gres that does not parse; undefined if it parses. */
export function gresComplaint(text: string): string | undefined {
  const read = readGres(text);
  return typeof read === 'string' ? complaints[read] : undefined;
}

/**
 * The value of --gpus and its like: `2`, `a100:2`, `a100`, several with commas. As in Slurm, empty
 * items are skipped, so that an empty text asks for nothing, and of two for the same type the last one
 * counts.
 */
export function parseGpuCount(text: string): readonly GpuCount[] | undefined {
  const read = readGpuCount(text);
  return typeof read === 'string' ? undefined : read.map(({ name: _, ...rest }) => rest);
}

/** Slurm's sentence about a --gpus that does not parse; undefined if it parses. */
export function gpuCountComplaint(text: string): string | undefined {
  const read = readGpuCount(text);
  return typeof read === 'string' ? complaints[read] : undefined;
}

/**
 * The requests as a text that parses to them: `gpu:a100:2,gpu:1`. The prefix `gres:`, set before each of
 * them, makes squeue's %b and scontrol's TresPerNode.
 */
export function formatGres(requests: readonly GresRequest[], prefix: '' | 'gres:' = ''): string {
  if (requests.length === 0) return prefix === '' ? 'none' : '';
  return requests
    .map(({ name, type, count, isCountImplied }) =>
      [prefix + name, ...(type === undefined ? [] : [type]), ...(isCountImplied ? [] : [count])].join(':'),
    )
    .join(',');
}

function readGres(text: string): Read {
  if (/^none$/i.test(text)) return [];
  const items = text.split(',').map((item) => readItem(item.replace(/^gres:/, '')));
  return joinItems(items);
}

function readGpuCount(text: string): Read {
  const items = text.split(',').filter((item) => item !== '');
  return joinItems(items.map((item) => readItem(`gpu:${item}`)));
}

/** Blanks and a `+` before a count are taken, as strtol does; behind it stands at most a unit. */
const countForm = /^\s*\+?(\d+)([kmgtp](?:i?b)?)?$/i;

function readItem(item: string): GresRequest | Fault {
  if (item === '') return 'count';
  const [name = '', ...rest] = item.split(':');
  if (!/^[A-Za-z_][\w.-]*$/.test(name) || rest.length > 2) return 'syntax';
  const [first, second] = rest;
  if (first === undefined) return { name, count: 1, isCountImplied: true };
  if (second === undefined && /^\s*[-+]?\d/.test(first)) {
    const count = parseUnits(first);
    return count === undefined ? 'count' : { name, count };
  }
  const count = second === undefined ? 1 : parseUnits(second);
  // An equals sign is a letter like others: `a100=2` is one of a type that hardly any node has.
  if (count === undefined || !/^\w[\w.+=-]*(?<!=)$/.test(first)) return 'syntax';
  return { name, type: first, count, ...(second === undefined && { isCountImplied: true as const }) };
}

/** `2`, `1k` (1024), `1kb` (1000). */
function parseUnits(text: string): number | undefined {
  const [, digits, unit = ''] = countForm.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const power = unit === '' ? 0 : 'kmgtp'.indexOf(unit.charAt(0).toLowerCase()) + 1;
  const count = Number(digits) * (unit.length === 2 ? 1000 : 1024) ** power;
  return Number.isSafeInteger(count) ? count : undefined;
}

function joinItems(items: readonly (GresRequest | Fault)[]): Read {
  const byKey = new Map<string, GresRequest>();
  const isTyped = new Map<string, boolean>();
  for (const item of items) {
    if (typeof item === 'string') return item;
    const hasType = item.type !== undefined;
    if ((isTyped.get(item.name) ?? hasType) !== hasType) return 'mixed';
    isTyped.set(item.name, hasType);
    byKey.set(`${item.name}:${item.type ?? ''}`, item);
  }
  return [...byKey.values()];
}
