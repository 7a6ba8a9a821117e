import type { CommandIo } from '../io.ts';

/** Runs one command line of scontrol and gives its exit code. */
type RunLine = (words: readonly string[]) => Promise<number>;

const prompt = 'scontrol: ';

/** `scontrol` without a command: reads one a line, until `quit` or the end. The last failure counts. */
export async function interact(lines: AsyncIterable<string>, io: CommandIo, run: RunLine): Promise<number> {
  let exitCode = 0;
  io.out(prompt);
  for await (const line of lines) {
    const words = wordsOf(line);
    const [keyword = ''] = words;
    if (/^(?:exit|quit)$/i.test(keyword)) return exitCode;
    if (words.length > 0) exitCode = (await run(words)) || exitCode;
    io.out(prompt);
  }
  io.out('\n');
  return exitCode;
}

/** Blanks part words, quotes of either kind keep them together. */
function wordsOf(line: string): readonly string[] {
  const words = line.matchAll(/(?:[^\s"']|"[^"]*"?|'[^']*'?)+/g);
  return [...words].map(([word]) => word.replaceAll(/"([^"]*)"?|'([^']*)'?/g, '$1$2'));
}
