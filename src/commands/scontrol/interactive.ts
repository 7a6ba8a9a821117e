import { printable } from '../../base/text.ts';
import type { CommandIo } from '../io.ts';

/** What it takes to ask for commands. */
export interface Asking {
  readLine(): Promise<string | undefined>;
  readonly isInputTerminal: boolean;
  /** Runs a command line and gives its exit code. */
  runOne(words: readonly string[]): Promise<number>;
}

const prompt = 'scontrol: ';
/** What changes how the commands after it answer: the option that it stands for. */
const modes: Readonly<Record<string, string>> = {
  all: '--all',
  details: '--details',
  oneliner: '--oneliner',
  quiet: '--quiet',
  verbose: '--verbose',
};

/**
 * Asks for commands until `exit`, `quit` or the end of the input, as Slurm's does: one that failed makes the
 * exit code 1, whatever comes after it. Where nobody types, the lines are shown behind the prompt.
 */
export async function runInteractively(
  argv: readonly string[],
  io: CommandIo,
  { readLine, isInputTerminal, runOne }: Asking,
): Promise<number> {
  const options = [...argv];
  let exitCode = 0;
  let last: readonly string[] = [];
  for (;;) {
    io.out(prompt);
    const line = await readLine();
    if (line === undefined || !isInputTerminal) io.out(`${printable(line ?? '')}\n`);
    if (line === undefined) return exitCode;
    const typed = wordsOf(line);
    const words = typed[0] === '!!' ? last : typed;
    last = words;
    const [keyword = ''] = words;
    if (keyword === '') continue;
    if (/^(?:exit|quit)$/i.test(keyword)) return exitCode;
    const option = modes[keyword.toLowerCase()];
    if (option !== undefined && words.length === 1) options.push(option);
    else if (!(keyword.toLowerCase() === 'hide' && words.length === 1)) {
      exitCode = (await runOne([...options, ...words])) === 0 ? exitCode : 1;
    }
  }
}

/** Blanks part words, quotes of either kind keep them together. */
function wordsOf(line: string): readonly string[] {
  const words = line.matchAll(/(?:[^\s"']|"[^"]*"?|'[^']*'?)+/g);
  return [...words].map(([word]) => word.replaceAll(/"([^"]*)"?|'([^']*)'?/g, '$1$2'));
}
