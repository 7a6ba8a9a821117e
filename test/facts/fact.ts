import { readFileSync } from 'node:fs';
import { checked, dictionary, type Infer, int, list, object, text } from '../../src/base/schema.ts';

const long = text(1_000_000);

const factSchema = object(
  { id: long, topic: long, cmd: long, stdout: long, stderr: long, exit: int(0, 255) },
  {
    shows: long,
    setup: list(long, 1000),
    user: long,
    env: dictionary(long, 1000),
    stdin: long,
    scripts: dictionary(long, 1000),
    files: dictionary(long, 1000),
    post_cmd: long,
    post_stdout: long,
    post_stderr: long,
    post_exit: int(0, 255),
    secs: (value: unknown): unknown => value,
  },
);

/** One invocation of a real Slurm with what it printed and left, as a line of the file holds it. */
export type Fact = Infer<typeof factSchema>;

/** Reads a file of facts, one JSON object a line; throws naming the line that is none. */
export function readFacts(path: string): readonly Fact[] {
  const facts = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [factOf(line, `${path}:${index + 1}`)]));
  const ids = new Set<string>();
  for (const { id } of facts) {
    if (ids.has(id)) throw new Error(`${path}: two facts have the id ${id}`);
    ids.add(id);
  }
  return facts;
}

function factOf(line: string, origin: string): Fact {
  const fact = checked(factSchema, JSON.parse(line), origin);
  // A name that leads out of the working folder would be written where it says.
  for (const name of [...Object.keys(fact.scripts ?? {}), ...Object.keys(fact.files ?? {})]) {
    if (name.startsWith('/') || name.split('/').includes('..'))
      throw new Error(`${origin}: a file outside the working folder: ${name}`);
  }
  return fact;
}

/**
 * What a fact says that was printed or left, all of it; the id in a file's name where a pattern put it there
 * stands as one for certain.
 */
export function textsOf(fact: Fact): readonly string[] {
  const files = Object.entries(fact.files ?? {}).flat();
  const isPut = /%\d*[jJA]/.test(fact.cmd);
  const named = isPut ? Object.keys(fact.files ?? {}).flatMap((name) => /\d{2,}/.exec(name) ?? []) : [];
  const ids = named.map((id) => `job ${id}`);
  return [fact.stdout, fact.stderr, ...files, fact.post_stdout ?? '', fact.post_stderr ?? '', ...ids];
}

const unknownId = 999_999;

/** Where Slurm prints a job's id and nothing else can stand: group 1 is the id. */
const idContexts: readonly RegExp[] = [
  /\b(?:[Jj]ob|JOB|STEP|allocation) (\d+)/g,
  /(?<![A-Za-z])(?:JobId|ArrayJobId|StepId|JOBID|JOB_ID)=(\d+)/g,
  /\bslurm-(\d+)/g,
];
/** Where it may be an id, as in columns that somebody chose. */
const likelyContexts: readonly RegExp[] = [
  /(?<![A-Za-z])(?:J|A)=(\d+)/g,
  /\b(?:after[a-z]*:|expand:)(\d+)/g,
  /(?:^|\s)(\d+)_(?:\[|\d)/gm,
  /(?:^|\s)(\d+)\.(?:batch|extern|\d+)(?=[\s|]|$)/gm,
  /^(\d+)(?:\||_| [A-Z(])/gm,
  // squeue's own first column.
  /^ {10,}(\d+)(?= )/gm,
];
/** How far from an id that is certain others may lie. */
const spreadMax = 100;

/** The job ids that a fact shows, in places where only an id stands. */
export function idsShown(texts: readonly string[]): ReadonlySet<number> {
  const found = (contexts: readonly RegExp[]): readonly number[] =>
    texts
      .flatMap((each) => contexts.flatMap((context) => [...each.matchAll(context)]))
      .map((match) => Number(match[1]))
      .filter((id) => id > 0 && id < unknownId);
  const certain = found(idContexts);
  const isNear = (id: number): boolean =>
    certain.length === 0 || certain.some((other) => Math.abs(id - other) <= spreadMax);
  return new Set([...certain, ...found(likelyContexts).filter(isNear)]);
}
