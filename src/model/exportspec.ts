/** One variable of --export: taken from the submitter's environment, or given with its value. */
export interface ExportItem {
  readonly name: string;
  readonly value?: string;
}

/**
 * What --export asks for. `NIL` differs from `NONE` only by its name, which the job sees in SLURM_EXPORT_ENV.
 */
export type ExportSpec =
  | { readonly kind: 'NONE' }
  | { readonly kind: 'NIL' }
  /** Everything, and the items over it. */
  | { readonly kind: 'ALL'; readonly items: readonly ExportItem[] }
  /** The items alone. */
  | { readonly kind: 'LIST'; readonly items: readonly ExportItem[] };

/**
 * The value of --export: ALL, NONE, NIL (in either case), or a list of NAME and NAME=value, in which ALL may
 * stand too. Quotes keep commas together: around a whole item they vanish, within a value they stay. Empty
 * items are skipped. A quote that is not closed, which Slurm complains about and then takes, is refused; so
 * is an empty name.
 */
export function parseExport(text: string): ExportSpec | undefined {
  const word = text.toUpperCase();
  if (word === 'NONE' || word === 'NIL') return { kind: word };
  const texts = splitItems(text);
  if (texts === undefined) return undefined;
  const isAll = (item: string): boolean => item.toUpperCase() === 'ALL';
  const items = texts.filter((item) => item !== '' && !isAll(item)).map(parseItem);
  if (items.some(({ name }) => name === '')) return undefined;
  return { kind: texts.some(isAll) ? 'ALL' : 'LIST', items };
}

/**
 * The variables that a job gets of its submitter's. Those that start with `SLURM_` always come along and with
 * their old values, as in Slurm, so that a job submitted from within a job knows where it came from.
 */
export function applyExport(
  spec: ExportSpec,
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  const own = Object.entries(environment);
  const chosen = new Map<string, string>(spec.kind === 'ALL' ? own : []);
  for (const { name, value } of 'items' in spec ? spec.items : []) {
    const taken = value ?? (Object.hasOwn(environment, name) ? environment[name] : undefined);
    if (taken !== undefined) chosen.set(name, taken);
  }
  for (const [name, value] of own) if (name.startsWith('SLURM_')) chosen.set(name, value);
  // Unlike an assignment, this also keeps a variable of the name `__proto__`.
  return Object.fromEntries(chosen);
}

/**
 * True if a batch job gets its login environment beneath what it was given: with every --export but a plain
 * ALL, even with `ALL,X=1`, as observed. Steps never do.
 */
export function needsLoginEnvironment(spec: ExportSpec): boolean {
  return spec.kind !== 'ALL' || spec.items.length > 0;
}

/** The text at its commas outside of quotes; undefined if a quote stays open. */
function splitItems(text: string): readonly string[] | undefined {
  const items: string[] = [];
  let quote = '';
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (character === ',') {
      items.push(text.slice(start, index));
      start = index + 1;
    }
  }
  items.push(text.slice(start));
  return quote === '' ? items : undefined;
}

function parseItem(text: string): ExportItem {
  const bare = /^(["'])(.*)\1$/s.exec(text);
  const inner = bare !== null && !bare[2]?.includes(bare[1] ?? '') ? (bare[2] ?? '') : text;
  const equals = inner.indexOf('=');
  return equals < 0 ? { name: inner } : { name: inner.slice(0, equals), value: inner.slice(equals + 1) };
}
