/** The furthest that --nice goes, in either direction; a step of --nice without a number. */
export const niceMax = 2_147_483_645;
const niceDefault = 100;
/** The largest priority that a user may give; the two above it have meanings of their own. */
export const priorityMax = 4_294_967_293;

/**
 * The value of --nice; an empty one is the default. Slurm reads letters as 0 and drops what stands behind the
 * digits; both are refused.
 */
export function parseNice(text: string): number | undefined {
  if (text === '') return niceDefault;
  const nice = readWhole(text);
  return nice !== undefined && Math.abs(nice) <= niceMax ? nice : undefined;
}

/** Slurm's sentence about a --nice out of range, and ours about one that is no number. */
export function niceComplaint(text: string): string | undefined {
  if (parseNice(text) !== undefined) return undefined;
  if (readWhole(text) === undefined) return 'Invalid --nice specification';
  return `Invalid --nice value, out of range (+/- ${niceMax})`;
}

/** The value of --priority: a number, 0 for a held job, or TOP in either case. */
export function parsePriority(text: string): number | 'TOP' | undefined {
  if (/^top$/i.test(text)) return 'TOP';
  const priority = readWhole(text);
  return priority !== undefined && priority >= 0 && priority <= priorityMax ? priority : undefined;
}

/** Slurm's sentence about a --priority out of range, and ours about one that is no number. */
export function priorityComplaint(text: string): string | undefined {
  if (parsePriority(text) !== undefined) return undefined;
  const priority = readWhole(text);
  if (priority === undefined) return 'Invalid --priority specification';
  return priority < 0 ? 'Priority must be >= 0' : `Priority must be < ${priorityMax + 1}`;
}

/** Blanks and a sign before the digits are taken, as strtol does. */
function readWhole(text: string): number | undefined {
  const digits = /^\s*([+-]?\d{1,15})$/.exec(text)?.[1];
  // An unsigned zero, also for `-0`.
  return digits === undefined ? undefined : Number(digits) + 0;
}
