import { type Fact, idsShown, textsOf } from './fact.ts';
import { keyOf, Matcher } from './match.ts';
import { sideBySide } from './sidebyside.ts';
import { withoutDay } from './tokens.ts';

/** What a fact's lines came to with our commands. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | string;
  /** The files in the working folder, when the jobs had ended; undefined if nobody looked. */
  readonly files?: Readonly<Record<string, string>>;
  readonly post?: { readonly stdout: string; readonly stderr: string; readonly exit: number | string };
  /** The ids that our cluster gave meanwhile. */
  readonly ours: { readonly first: number; readonly last: number };
  /** For how long the shared queue had stood. */
  readonly ageSeconds: number;
}

export type Part = 'stdout' | 'stderr' | 'exit' | 'files' | 'post_stdout' | 'post_stderr' | 'post_exit';

export interface Difference {
  readonly part: Part;
  /** Of a file, its name as the fact gives it. */
  readonly name?: string;
  /** Lines with two blanks before what is the same, `- ` before Slurm's and `+ ` before ours. */
  readonly lines: readonly string[];
}

/** What differs; `inputs` are the lines that were run to come there. */
export function compare(fact: Fact, outcome: Outcome, inputs: string): readonly Difference[] {
  const ids = idsShown(textsOf(fact));
  const matcher = new Matcher({ ids, ours: outcome.ours, ageSeconds: outcome.ageSeconds, inputs });
  const anyOrder = mixesTasks(inputs);
  const how = { ids, matcher, inputs, anyOrder };
  const differences: Difference[] = [];
  const texts = (part: Part, expected: string, got: string): void => {
    const lines = compareTexts(expected, got, how);
    if (lines !== undefined) differences.push({ part, lines });
  };
  const exits = (part: Part, expected: number, got: number | string): void => {
    if (expected !== got) differences.push({ part, lines: [`- ${expected}`, `+ ${got}`] });
  };
  texts('stdout', fact.stdout, outcome.stdout);
  texts('stderr', fact.stderr, outcome.stderr);
  exits('exit', fact.exit, outcome.exit);
  if (fact.files !== undefined) differences.push(...compareFiles(fact, outcome.files ?? {}, how));
  if (fact.post_cmd !== undefined) {
    const post = outcome.post ?? { stdout: '', stderr: '', exit: 'was not run' };
    texts('post_stdout', fact.post_stdout ?? '', post.stdout);
    texts('post_stderr', fact.post_stderr ?? '', post.stderr);
    exits('post_exit', fact.post_exit ?? 0, post.exit);
  }
  return differences;
}

interface How {
  readonly ids: ReadonlySet<number>;
  readonly matcher: Matcher;
  readonly anyOrder: boolean;
  readonly inputs: string;
}

/** Several tasks of one srun print as they come: their lines have no order. */
function mixesTasks(inputs: string): boolean {
  return /\bsrun\b/.test(inputs) && /\s-[nN] ?(?:[2-9]|1\d)/.test(inputs);
}

/** srun, its step's slurmstepd and the job's tell of an end each by itself, in no order of their own. */
function mixesEnds(text: string): boolean {
  return /^srun: /m.test(text) && /^slurmstepd\S*: error: \*{3} /m.test(text);
}

/** Our own variables, which a job has beside Slurm's: a listing of its environment shows them. */
const ownVariable = /^(?:\d+: )?MGPU_[A-Z_]+=/;

/** The lines side by side, or undefined if they say the same. */
function compareTexts(expected: string, got: string, how: How): readonly string[] | undefined {
  const theirs = linesOf(withoutDay(expected, how.inputs));
  const ours = linesOf(withoutDay(got, how.inputs)).filter((line) => !ownVariable.test(line));
  if (isSame(theirs, ours, how.matcher)) return undefined;
  const sorted = (lines: readonly string[]): readonly string[] =>
    lines.toSorted((one, other) => (keyOf(one, how.ids) < keyOf(other, how.ids) ? -1 : 1));
  const anyOrder = how.anyOrder || mixesEnds(expected);
  if (anyOrder && isSame(sorted(theirs), sorted(ours), how.matcher)) return undefined;
  return sideBySide(theirs, ours, how.matcher);
}

/** A text as lines; the last is empty if the text ends with a newline, and told apart if it does not. */
function linesOf(text: string): readonly string[] {
  return text.split('\n');
}

function isSame(theirs: readonly string[], ours: readonly string[], matcher: Matcher): boolean {
  return (
    theirs.length === ours.length && theirs.every((line, index) => matcher.line(line, ours[index] ?? ''))
  );
}

function compareFiles(fact: Fact, got: Readonly<Record<string, string>>, how: How): readonly Difference[] {
  const left = new Map(Object.entries(got));
  const differences: Difference[] = [];
  for (const [name, text] of Object.entries(fact.files ?? {})) {
    const found = [...left.keys()].find((other) => how.matcher.line(name, other));
    if (found === undefined) {
      differences.push({ part: 'files', name, lines: [`- ${name}`, `+ (no such file)`] });
      continue;
    }
    const lines = compareTexts(text, left.get(found) ?? '', how);
    if (lines !== undefined) differences.push({ part: 'files', name, lines });
    left.delete(found);
  }
  // What was put there before is not always told again.
  for (const name of Object.keys(fact.scripts ?? {})) left.delete(name);
  for (const name of left.keys())
    differences.push({ part: 'files', name, lines: ['- (no such file)', `+ ${name}`] });
  return differences;
}
