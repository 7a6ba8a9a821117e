import { bool, fail, type Infer, int, list, object, oneOf, type Schema } from '../base/schema.ts';
import { parseIndexList } from './indexlist.ts';
import { taskIdMax } from './ranges.ts';

/** How many clauses one dependency may have. */
export const dependencyClausesMax = 16_384;
/** How many clauses a text may say, repetitions included, so that a hostile one cannot take long. */
const mentionsMax = 8 * dependencyClausesMax;
/** A longer text is no list that anybody wrote: so many clauses need less. */
const textLengthMax = 2 ** 20;
/** Any job id that fits into Slurm's 32 bits may be named; one that no job has is as good as done. */
const jobIdMax = 2 ** 32 - 1;
/** As many minutes as fit into 32 bits of seconds; beyond, Slurm's count wraps around. */
export const dependencyDelayMax = Math.floor((2 ** 32 - 1) / 60);

const types = ['after', 'afterany', 'afternotok', 'afterok', 'aftercorr', 'afterburstbuffer'] as const;
const taskIdSchema: Schema<number | 'all'> = (value) => (value === 'all' ? value : int(0, taskIdMax)(value));

const clauseShape = object(
  { type: oneOf(...types, 'singleton') },
  { jobId: int(1, jobIdMax), taskId: taskIdSchema, delayMinutes: int(1, dependencyDelayMax) },
);
/**
 * One condition. All but `singleton` name a job, perhaps one task of it, or all of its tasks (`7_*`). Only
 * `after` may wait some minutes more.
 */
export type DependencyClause = Infer<typeof clauseShape>;
export type DependencyType = DependencyClause['type'];

const clauseSchema: Schema<DependencyClause> = (value) => {
  const clause = clauseShape(value);
  const { type, jobId, taskId, delayMinutes } = clause;
  if ((jobId === undefined) !== (type === 'singleton')) return fail('a job, and none for singleton');
  if (jobId === undefined && taskId !== undefined) return fail('a task only with its job');
  return delayMinutes === undefined || type === 'after' ? clause : fail('a delay only with after');
};

/** What a job waits for: all of the clauses, or any of them. Without clauses it waits for nothing. */
export const dependencySchema = object({ any: bool, clauses: list(clauseSchema, dependencyClausesMax) });
export type Dependency = Infer<typeof dependencySchema>;

/** How a clause stands that is not met. A clause that is met is no longer shown. */
export type ClauseState = 'unfulfilled' | 'failed';
export type ShownClause = DependencyClause & { readonly state?: ClauseState };

/** Slurm's sentences about a dependency that is refused, and ours; after `Batch job submission failed: `. */
const complaints = {
  problem: 'Job dependency problem',
  expand: 'Requested operation not supported on this system',
} as const;

type Fault = keyof typeof complaints;

/**
 * The value of --dependency: `afterok:5:6,after:7_3+10?singleton`. A comma means all of them, one `?`
 * anywhere any of them. Types are in either case; a bare id means afterany and may be followed by bare ids
 * alone. An empty text and `0` take a dependency away. Of two for the same type, job and task the first one
 * counts, and a delay holds for the ids behind it up to the next comma. What squeue's %E prints is read too:
 * how a clause stood then is not part of it.
 *
 * Slurm takes a delay with other types than `after` and ignores it; that is refused, and so is what it reads
 * by accident (letters behind a delay, a negative id). `dependencyComplaint` says why a text was refused.
 */
export function parseDependency(text: string): Dependency | undefined {
  const read = readDependency(text);
  return typeof read === 'string' ? undefined : read;
}

/** The sentence about a --dependency that does not parse; undefined if it parses. */
export function dependencyComplaint(text: string): string | undefined {
  const read = readDependency(text);
  return typeof read === 'string' ? complaints[read] : undefined;
}

/**
 * The clauses as squeue's %E prints them, `afterok:5(unfulfilled),after:7_*+10(failed)`; without a state they
 * are what a user would write. No clauses are an empty text, for which squeue prints `(null)`.
 */
export function formatDependency(shown: { any: boolean; clauses: readonly ShownClause[] }): string {
  return shown.clauses.map(formatClause).join(shown.any ? '?' : ',');
}

function formatClause({ type, jobId, taskId, delayMinutes, state }: ShownClause): string {
  const job = jobId === undefined ? '' : `:${jobId}`;
  const task = taskId === undefined ? '' : `_${taskId === 'all' ? '*' : taskId}`;
  const delay = delayMinutes === undefined ? '' : `+${delayMinutes}`;
  return `${type}${job}${task}${delay}${state === undefined ? '' : `(${state})`}`;
}

function readDependency(text: string): Dependency | Fault {
  if (text === '' || text === '0') return { any: false, clauses: [] };
  if (text.length > textLengthMax) return 'problem';
  const lastColon = text.lastIndexOf(':');
  const clauses = new Map<string, DependencyClause>();
  let mentions = 0;
  for (const { item, start, separator } of splitItems(text)) {
    // Slurm takes an item for a bare id only if no colon follows, and a `?` for a part of it.
    const isBare = start > lastColon && separator !== '?';
    const read = readItem(item, isBare);
    if (typeof read === 'string') return read;
    for (const clause of read) {
      const key = `${clause.type} ${clause.jobId} ${clause.taskId}`;
      if (!clauses.has(key)) clauses.set(key, clause);
    }
    mentions += read.length;
    if (clauses.size > dependencyClausesMax || mentions > mentionsMax) return 'problem';
  }
  return { any: clauses.size > 1 && text.includes('?'), clauses: [...clauses.values()] };
}

interface Item {
  readonly item: string;
  readonly start: number;
  readonly separator: string;
}

/** The text at its commas and question marks outside of brackets. */
function* splitItems(text: string): IterableIterator<Item> {
  let start = 0;
  let isInside = false;
  for (let at = 0; at <= text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '[') isInside = true;
    if (character === ']') isInside = false;
    if (at < text.length && (isInside || (character !== ',' && character !== '?'))) continue;
    yield { item: text.slice(start, at), start, separator: character };
    start = at + 1;
  }
}

const state = /\((?:unfulfilled|failed)\)$/;

function readItem(item: string, isBare: boolean): readonly DependencyClause[] | Fault {
  if (/^singleton$/i.test(item.replace(state, ''))) return [{ type: 'singleton' }];
  if (isBare && /^\d+(?:_(?:\d+|\*))?$/.test(item)) return readIds('afterany', item);
  const colon = item.indexOf(':');
  const word = item.slice(0, Math.max(colon, 0)).toLowerCase();
  if (word === 'expand') return word;
  const type = types.find((one) => one === word);
  return type === undefined ? 'problem' : readIds(type, item.slice(colon + 1));
}

/** Blanks and a `+` before a number are taken, as strtol does. */
const idForm = /^\s*\+?(\d+)(?:_(?:(\*)|\+?(\d+)|\[([\d,-]+)\]))?(?:\+\s*\+?(\d+))?$/;

function readIds(type: (typeof types)[number], text: string): readonly DependencyClause[] | Fault {
  const clauses: DependencyClause[] = [];
  let delay: { readonly delayMinutes?: number } = {};
  for (const id of text.split(':')) {
    const [, job, all, task, tasks, minutes] = idForm.exec(id.replace(state, '')) ?? [];
    const jobId = Number(job ?? 0);
    const taskIds = all !== undefined ? (['all'] as const) : readTasks(task ?? tasks);
    if (jobId < 1 || jobId > jobIdMax || taskIds === undefined) return 'problem';
    const named = taskIds.length === 0 ? [{ jobId }] : taskIds.map((taskId) => ({ jobId, taskId }));
    // Of several tasks in brackets only the last one gets the delay that is said behind them.
    for (const one of named.slice(0, -1)) clauses.push({ type, ...one, ...delay });
    if (minutes !== undefined) {
      const delayMinutes = Number(minutes);
      if (type !== 'after' || delayMinutes < 1 || delayMinutes > dependencyDelayMax) return 'problem';
      delay = { delayMinutes };
    }
    for (const one of named.slice(-1)) clauses.push({ type, ...one, ...delay });
    if (clauses.length > dependencyClausesMax) return 'problem';
  }
  return clauses;
}

/** The tasks that are named, none if there is no text; undefined if they are not right or too many. */
function readTasks(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return [];
  return parseIndexList(text, { indexMax: taskIdMax, mentionsMax: dependencyClausesMax });
}
