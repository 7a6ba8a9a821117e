/** The limits of a process that a job can take along from where it was submitted, without their `RLIMIT_`. */
const names = ['AS', 'CORE', 'CPU', 'DATA', 'FSIZE', 'MEMLOCK', 'NOFILE', 'NPROC', 'RSS', 'STACK'] as const;
export type RlimitName = (typeof names)[number];

/**
 * The value of --propagate: `ALL`, `NONE`, or names between commas, `CORE,NOFILE`, perhaps with `RLIMIT_`
 * before them, in capitals.
 */
export function parseRlimits(text: string): readonly RlimitName[] | undefined {
  const read = readRlimits(text);
  return 'bad' in read ? undefined : read.names;
}

/** Slurm's two sentences about a --propagate that does not parse; none if it parses. */
export function rlimitComplaints(text: string): readonly string[] {
  const read = readRlimits(text);
  return 'bad' in read ? [`Bad rlimit name: ${read.bad}`, `--propagate=${text} is not valid.`] : [];
}

/** The limits as a text that parses to them. */
export function formatRlimits(chosen: readonly RlimitName[]): string {
  if (chosen.length === 0) return 'NONE';
  return chosen.length === names.length ? 'ALL' : chosen.join(',');
}

function readRlimits(text: string): { readonly names: readonly RlimitName[] } | { readonly bad: string } {
  if (text === 'ALL') return { names };
  if (text === 'NONE') return { names: [] };
  const chosen = new Set<RlimitName>();
  for (const word of text.split(/[,\s]+/)) {
    const bare = word.replace(/^RLIMIT_/, '');
    const name = names.find((one) => one === bare);
    if (name !== undefined) chosen.add(name);
    else if (word !== '') return { bad: bare };
  }
  return { names: names.filter((name) => chosen.has(name)) };
}
