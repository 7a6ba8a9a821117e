/** A feature, perhaps with how many nodes of the job are to have it at least: `a100*2`. */
export interface Feature {
  readonly kind: 'feature';
  readonly name: string;
  readonly count?: number;
}

/** Features in parentheses, which count as one: `(a100&nvlink)*2`. */
export interface FeatureGroup {
  readonly kind: 'group';
  readonly features: Chain<Feature>;
  readonly count?: number;
}

/** `[rack1|rack2]`: all nodes of the job the same one of these. */
export interface FeatureChoice {
  readonly kind: 'choice';
  readonly choices: readonly (Feature | FeatureGroup)[];
}

/** `[a*1&b*2]`: so many nodes of each. */
export interface FeatureCounts {
  readonly kind: 'counts';
  readonly features: readonly Feature[];
}

export type Term = Feature | FeatureGroup | FeatureChoice | FeatureCounts;
/** What stands before each but the first, where it is `&`. */
export type Chain<T> = readonly { readonly operator: '&' | '|'; readonly term: T }[];

/**
 * What --constraint asks of nodes; nothing if it is empty. It is taken from the left, `&` not before `|`, as
 * Slurm does: `a|b&c` is `(a|b)&c`.
 */
export type Constraint = Chain<Term>;

/** A longer text is no constraint that anybody wrote. */
const textLengthMax = 65_536;
/** How many features one constraint may name. */
const featuresMax = 1000;
/** The most nodes that a count may ask for. */
const countMax = 65_536;

/**
 * The value of --constraint: features with `&` (or `,`), `|`, parentheses of one level, counts, and one pair
 * of brackets. An operator at the end, which Slurm takes, is refused. Whether a feature exists is the
 * cluster's to say.
 */
export function parseConstraint(text: string): Constraint | undefined {
  if (text === '') return [];
  if (text.length > textLengthMax) return undefined;
  const parts = splitChain(text.replaceAll(',', '&'));
  if (text.split(/[&|,]/).length > featuresMax) return undefined;
  const terms = parts?.map(({ operator, text: part }) => ({ operator, term: parseTerm(part) }));
  if (terms === undefined || !isWhole<Term>(terms)) return undefined;
  return terms.filter(isBracket).length <= 1 ? terms : undefined;
}

/** The constraint as a text that parses to it; squeue's %f prints it so. */
export function formatConstraint(constraint: Constraint): string {
  return chainText(constraint, formatTerm);
}

/** The features that are named, each once; one that no node has makes a submission fail. */
export function featuresOf(constraint: Constraint): readonly string[] {
  const names = constraint.flatMap(({ term }) => {
    if (term.kind === 'feature') return [term.name];
    if (term.kind === 'group') return term.features.map((one) => one.term.name);
    if (term.kind === 'counts') return term.features.map((one) => one.name);
    return term.choices.flatMap((one) => featuresOf([{ operator: '&', term: one }]));
  });
  return [...new Set(names)];
}

/** What the nodes of a job are to be, all together. */
export interface NodeDemand {
  /** True for a node's features if the node may be one of them. */
  readonly allows: (features: ReadonlySet<string>) => boolean;
  /** Of how many nodes, at least, more than that is to be true. */
  readonly counts: readonly {
    readonly allows: (features: ReadonlySet<string>) => boolean;
    readonly count: number;
  }[];
}

/**
 * The demands of a constraint: a job's nodes have to meet any one of them, all the same one. Brackets make
 * several. Where a count stands outside of brackets, any nodes will do as long as so many meet the whole.
 */
export function demandsOf(constraint: Constraint): readonly NodeDemand[] {
  const place = constraint.findIndex(isBracket);
  const term = constraint[place]?.term;
  if (term?.kind === 'choice') {
    return term.choices.map((choice) =>
      demandOf(constraint.with(place, replaced(constraint, place, choice))),
    );
  }
  if (term?.kind !== 'counts') return [demandOf(constraint)];
  const counts = term.features.map(({ name, count = 1 }) => ({
    allows: (features: ReadonlySet<string>) => features.has(name),
    count,
  }));
  const rest = constraint.filter((_, index) => index !== place);
  return [{ allows: (features) => evaluate(rest, features), counts }];
}

/**
 * The constraint with `[a|b]` taken as `(a|b)`: each node of the job any of these. Undefined where it has no
 * such brackets, or more in them than names.
 */
export function withoutChoice(constraint: Constraint): Constraint | undefined {
  const place = constraint.findIndex(({ term }) => term.kind === 'choice');
  const term = constraint[place]?.term;
  if (term?.kind !== 'choice') return undefined;
  const names = term.choices.filter((one) => one.kind === 'feature');
  if (names.length < term.choices.length) return undefined;
  const features = names.map((one) => ({ operator: '|', term: one }) as const);
  return constraint.with(place, replaced(constraint, place, { kind: 'group', features }));
}

/** True if nodes with these features, one set a node, meet a demand. */
export function meets(demand: NodeDemand, nodes: readonly ReadonlySet<string>[]): boolean {
  return (
    nodes.every((features) => demand.allows(features)) &&
    demand.counts.every(({ allows, count }) => nodes.filter((features) => allows(features)).length >= count)
  );
}

function isBracket({ term }: Constraint[number]): boolean {
  return term.kind === 'choice' || term.kind === 'counts';
}

function replaced(constraint: Constraint, place: number, term: Term): Constraint[number] {
  return { operator: constraint[place]?.operator ?? '&', term };
}

function demandOf(constraint: Constraint): NodeDemand {
  const allows = (features: ReadonlySet<string>): boolean => evaluate(constraint, features);
  const counts = constraint.flatMap(({ term }) => ('count' in term ? [term.count ?? 1] : []));
  if (counts.length === 0) return { allows, counts: [] };
  return { allows: () => true, counts: [{ allows, count: Math.max(...counts) }] };
}

function evaluate(chain: Chain<Term>, features: ReadonlySet<string>): boolean {
  let isMet = true;
  for (const { operator, term } of chain) {
    const has = hasTerm(term, features);
    isMet = operator === '&' ? isMet && has : isMet || has;
  }
  return isMet;
}

function hasTerm(term: Term, features: ReadonlySet<string>): boolean {
  if (term.kind === 'feature') return features.has(term.name);
  if (term.kind === 'group') return evaluate(term.features, features);
  if (term.kind === 'choice') return term.choices.some((one) => hasTerm(one, features));
  return term.features.some((one) => features.has(one.name));
}

interface Part {
  readonly operator: '&' | '|';
  readonly text: string;
}

/** The text at its operators outside of parentheses and brackets; undefined if these do not match. */
function splitChain(text: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  let operator: '&' | '|' = '&';
  let closing = '';
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (closing !== '') {
      if (character === closing) closing = '';
    } else if (character === '(') closing = ')';
    else if (character === '[') closing = ']';
    else if (character === '&' || character === '|') {
      parts.push({ operator, text: text.slice(start, at) });
      operator = character;
      start = at + 1;
    }
  }
  return closing === '' ? [...parts, { operator, text: text.slice(start) }] : undefined;
}

function isWhole<T>(
  chain: readonly { readonly operator: '&' | '|'; readonly term: T | undefined }[],
): chain is Chain<T> {
  return chain.every(({ term }) => term !== undefined);
}

function parseTerm(text: string): Term | undefined {
  const [, inner] = /^\[(.*)\]$/s.exec(text) ?? [];
  return inner === undefined ? parseUnit(text) : parseBrackets(inner);
}

/** A feature or a group, perhaps with a count. */
function parseUnit(text: string): Feature | FeatureGroup | undefined {
  const [, inner, name, digits] =
    /^(?:\(([^()[\]]+)\)|([^\s&|()[\]*]{1,255}))(?:\*(\d{1,5}))?$/.exec(text) ?? [];
  const count = digits === undefined ? {} : { count: Number(digits) };
  if (count.count !== undefined && (count.count < 1 || count.count > countMax)) return undefined;
  if (name !== undefined) return { kind: 'feature', name, ...count };
  if (inner === undefined) return undefined;
  const features = splitChain(inner)?.map(({ operator, text: part }) => ({
    operator,
    term: parsePlain(part),
  }));
  return features !== undefined && isWhole(features) ? { kind: 'group', features, ...count } : undefined;
}

/** A feature without a count. */
function parsePlain(text: string): Feature | undefined {
  const unit = parseUnit(text);
  return unit?.kind === 'feature' && unit.count === undefined ? unit : undefined;
}

function parseBrackets(inner: string): FeatureChoice | FeatureCounts | undefined {
  const parts = splitChain(inner);
  const units = parts?.map((part) => parseUnit(part.text)) ?? [];
  const isAnd = parts?.every(({ operator }) => operator === '&') === true;
  const counted = units.filter((unit) => unit?.kind === 'feature' && unit.count !== undefined);
  if (isAnd && units.length > 0 && counted.length === units.length) {
    return { kind: 'counts', features: units as readonly Feature[] };
  }
  const isOr = parts?.slice(1).every(({ operator }) => operator === '|') === true;
  const choices = units.filter((unit) => unit !== undefined && unit.count === undefined);
  if (!isOr || choices.length !== units.length) return undefined;
  return { kind: 'choice', choices: choices as readonly (Feature | FeatureGroup)[] };
}

function formatTerm(term: Term): string {
  switch (term.kind) {
    case 'feature':
      return term.name + countText(term.count);
    case 'group':
      return `(${chainText(term.features, formatTerm)})${countText(term.count)}`;
    case 'choice':
      return `[${term.choices.map(formatTerm).join('|')}]`;
    case 'counts':
      return `[${term.features.map(formatTerm).join('&')}]`;
    default:
      return term satisfies never;
  }
}

function chainText<T>(chain: Chain<T>, textOf: (term: T) => string): string {
  return chain.map(({ operator, term }, index) => (index === 0 ? '' : operator) + textOf(term)).join('');
}

function countText(count: number | undefined): string {
  return count === undefined ? '' : `*${count}`;
}
