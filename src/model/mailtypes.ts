/** When mail is sent, in the order in which scontrol's MailType prints it. */
const types = [
  'ARRAY_TASKS',
  'INVALID_DEPEND',
  'BEGIN',
  'END',
  'FAIL',
  'REQUEUE',
  'STAGE_OUT',
  'TIME_LIMIT_50',
  'TIME_LIMIT_80',
  'TIME_LIMIT_90',
  'TIME_LIMIT',
] as const;
export type MailType = (typeof types)[number];

/** What ALL stands for. */
const all: readonly MailType[] = ['INVALID_DEPEND', 'BEGIN', 'END', 'FAIL', 'REQUEUE', 'STAGE_OUT'];

/**
 * The value of --mail-type: words between commas in either case, ALL for most of them; NONE anywhere is no
 * mail. Empty items are skipped. An unknown word, which Slurm takes beside others and ignores, is refused.
 */
export function parseMailTypes(text: string): readonly MailType[] | undefined {
  const words = text.split(',').filter((word) => word !== '');
  const chosen = words.map((word) => readWord(word.toUpperCase()));
  if (words.length === 0 || chosen.includes(undefined)) return undefined;
  if (words.some((word) => word.toUpperCase() === 'NONE')) return [];
  return types.filter((type) => chosen.some((one) => one?.includes(type)));
}

/** The types as a text that parses to them: `BEGIN,END`. */
export function formatMailTypes(chosen: readonly MailType[]): string {
  return chosen.length === 0 ? 'NONE' : types.filter((type) => chosen.includes(type)).join(',');
}

function readWord(word: string): readonly MailType[] | undefined {
  if (word === 'NONE') return [];
  if (word === 'ALL') return all;
  const type = types.find((one) => one === word);
  return type === undefined ? undefined : [type];
}
