/** The largest count that Slurm keeps; beyond it, it wraps around. */
export const countMax = 2 ** 31 - 1;

/** Bounds of a count, both included. */
export interface CountBounds {
  /** 1 if not given, as for tasks and CPUs. */
  readonly min?: number;
  readonly max?: number;
}

/**
 * The number of --ntasks, --cpus-per-task and their like. As observed, Slurm takes blanks and a `+` before
 * the digits and nothing after them, not even a `k`. What it would wrap around is refused.
 */
export function parseCount(text: string, bounds: CountBounds = {}): number | undefined {
  const digits = /^\s*\+?(\d+)$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const count = Number(digits);
  return count >= (bounds.min ?? 1) && count <= (bounds.max ?? countMax) ? count : undefined;
}

/** How many nodes a job takes, both bounds included. */
export interface NodeCount {
  readonly min: number;
  readonly max: number;
}

/**
 * The range of --nodes: `2`, `1-4`, `-4` (from 1), with `k` for 1024 and `m` for 1024 * 1024. No nodes at all
 * (`0`), which Slurm keeps as a job that never starts, is refused. `nodeCountComplaint` says why a text
 * failed.
 */
export function parseNodeCount(text: string): NodeCount | undefined {
  const read = readNodeCount(text);
  return 'complaint' in read ? undefined : read;
}

/** Slurm's sentence about a node count that does not parse; undefined if it parses. */
export function nodeCountComplaint(text: string): string | undefined {
  const read = readNodeCount(text);
  return 'complaint' in read ? read.complaint : undefined;
}

function readNodeCount(text: string): NodeCount | { readonly complaint: string } {
  const dash = text.indexOf('-');
  const first = dash < 0 ? text : text.slice(0, dash) || '1';
  const last = dash < 0 ? text : text.slice(dash + 1);
  const min = parseNodes(first);
  if (min === undefined) return { complaint: `"${first}" is not a valid node count` };
  // An open end reads as -1 in Slurm, and the complaint says so.
  const max = last === '' ? -1 : parseNodes(last);
  if (max === undefined) return { complaint: `"${last}" is not a valid node count` };
  if (max < min) return { complaint: `Maximum node count ${max} is less than minimum node count ${min}` };
  return { min, max };
}

function parseNodes(text: string): number | undefined {
  const [, digits, unit = ''] = /^\s*\+?(\d+)([km]?)\s*$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const nodes = Number(digits) * 1024 ** ['', 'k', 'm'].indexOf(unit.toLowerCase());
  return nodes >= 1 && nodes <= countMax ? nodes : undefined;
}
