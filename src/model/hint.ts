/** How a job uses the cores of its nodes. */
const words = ['compute_bound', 'memory_bound', 'multithread', 'nomultithread'] as const;
export type Hint = (typeof words)[number];

/** The value of --hint: words between commas in either case, each once. `help` is the command's to know. */
export function parseHints(text: string): readonly Hint[] | undefined {
  const hints = new Set<Hint>();
  for (const item of text.toLowerCase().split(',')) {
    const word = words.find((one) => one === item);
    if (word === undefined) return undefined;
    hints.add(word);
  }
  return [...hints];
}

/** Slurm's sentence about a --hint that does not parse. */
export function hintComplaint(text: string): string | undefined {
  return parseHints(text) === undefined
    ? `unrecognized --hint argument "${text}", see --hint=help`
    : undefined;
}

/** The hints as a text that parses to them. */
export function formatHints(hints: readonly Hint[]): string {
  return hints.join(',');
}
