import { parseIndexList } from './indexlist.ts';
import { type Ranges, rangesHas, rangesOf } from './ranges.ts';

/** What some tasks of a step run, by --multi-prog. */
export interface TaskProgram {
  readonly tasks: Ranges;
  readonly args: readonly string[];
  /** The tasks as the line names them, by which %o counts; missing in steps of a release before 0.4. */
  readonly numbers?: string;
}

/**
 * The file of srun --multi-prog: on each line the numbers of tasks (`0`, `1-3`, `4,6`, `*` for all others),
 * then the words to run; `#` begins a comment, a backslash at the end of a line goes on in the next, quotes
 * hold words together. Gives the programs, or Slurm's sentence about what is wrong (srun.multi_bad).
 */
export function parseMultiProg(
  text: string,
  { file, ntasks }: { readonly file: string; readonly ntasks: number },
): readonly TaskProgram[] | string {
  const programs: TaskProgram[] = [];
  const isTaken = (task: number): boolean => programs.some(({ tasks }) => rangesHas(tasks, task));
  for (const line of text.replace(/\\\n/g, ' ').split('\n')) {
    const [numbers, ...args] = wordsOf(line);
    if (numbers === undefined) continue;
    if (args.length === 0) return `Configuration file ${file} invalid, no program for task ${numbers}`;
    const all = Array.from({ length: ntasks }, (_, task) => task);
    const own = numbers === '*' ? all.filter((task) => !isTaken(task)) : parseIndexList(numbers);
    if (own === undefined) return `Configuration file ${file} invalid, bad task id ${numbers}`;
    // The first line that names a task counts.
    const tasks = rangesOf(own.filter((task) => !isTaken(task)));
    if (tasks.length > 0) programs.push({ tasks, args, numbers });
  }
  for (let task = 0; task < ntasks; task += 1) {
    if (!isTaken(task)) return `Configuration file ${file} invalid, no record for task id ${task}`;
  }
  return programs;
}

/** The words of a task: %t stands for its number, %o for its place among those that the line names. */
export function wordsOfTask(program: TaskProgram, task: number): readonly string[] {
  const place = placeOf(program, task);
  return program.args.map((word) =>
    word.replace(/%[to]/g, (letter) => String(letter === '%t' ? task : place)),
  );
}

/** Its place from 0 in the order of the line; where the line means all others, its own number. */
function placeOf({ tasks, numbers }: TaskProgram, task: number): number {
  if (numbers === undefined) return task - (tasks[0]?.[0] ?? 0);
  let passed = 0;
  for (const item of numbers.split(',')) {
    const [first = 0, last = first] = item.split('-').map(Number);
    if (task >= first && task <= last) return passed + task - first;
    passed += last - first + 1;
  }
  return task;
}

/** Words between blanks; quotes hold blanks, a backslash takes the next character as it is. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at] ?? '';
    if (quote === '' && letter === '#' && word === undefined) break;
    if (quote === '' && /\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (letter === quote) quote = '';
    else if (quote === '' && (letter === '"' || letter === "'")) {
      quote = letter;
      word ??= '';
    } else if (letter === '\\' && quote !== "'" && at + 1 < line.length) {
      at += 1;
      word = (word ?? '') + (line[at] ?? '');
    } else word = (word ?? '') + letter;
  }
  return word === undefined ? words : [...words, word];
}
