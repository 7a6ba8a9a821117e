import { type ForeignLine, foreignWords } from './options/foreign.ts';
import { type DirectiveWord, readDirectives } from './precedence.ts';
import { type CommandTable, type Failed, failed } from './row.ts';

/**
 * What a batch script says to sbatch. `#SBATCH` lines stand before the first command; their words form one
 * command line of options across all of these lines. Everything here is as observed of Slurm 22.05
 * ('#SBATCH parsing').
 */
export interface BatchScript {
  readonly text: string;
  /** The script as the user named it, for messages. */
  readonly fileName: string;
}

/**
 * Why a script is refused before anything in it is read; undefined for a good one. A folder reads as
 * empty.
 */
export function scriptFault(text: string, program: string): Failed | undefined {
  const refuse = (...lines: readonly string[]): Failed =>
    failed(1, ...lines.map((line) => `${program}: error: ${line}`));
  if (text === '') return refuse('Batch script is empty!');
  if (/^\s*(?:\0|$)/.test(text)) return refuse('Batch script contains only whitespace!');
  if (!text.startsWith('#!')) {
    return refuse(
      'This does not look like a batch script.  The first',
      'line must start with #! followed by the path to an interpreter.',
      'For instance: #!/bin/sh',
    );
  }
  if (text.includes('\0')) {
    return refuse('The Slurm controller does not allow scripts that', "contain a NULL character '\\0'.");
  }
  if (text.includes('\r\n')) {
    return refuse(
      'Batch script contains DOS line breaks (\\r\\n)',
      'instead of expected UNIX line breaks (\\n).',
    );
  }
  return undefined;
}

/** The script that --wrap makes; Slurm's has the same lines. */
export function wrappedScript(command: string): string {
  return `#!/bin/sh\n# This script was created by sbatch --wrap.\n\n${command}\n`;
}

interface ScriptReading<V> {
  readonly table: CommandTable<V>;
  /** True if the command line or the environment said --ignore-pbs; the script may say so too. */
  readonly ignorePbs: boolean;
}

/** The options that a script gives by its directive lines. Those of other batch systems win over #SBATCH. */
export function readScript<V extends { readonly ignorePbs?: boolean }>(
  script: BatchScript,
  { table, ignorePbs }: ScriptReading<V>,
): { readonly values: V } | Failed {
  const words = directiveWords(script, table.program);
  if ('failed' in words) return words;
  const read = readDirectives(words, table);
  if ('failed' in read || ignorePbs || read.values.ignorePbs === true) return read;
  const foreign = foreignWords(
    (magic) => magicLines(script, { magic, program: table.program }),
    table.program,
  );
  if ('failed' in foreign) return foreign;
  return foreign.length === 0 ? read : readDirectives([...words, ...foreign], table);
}

const magic = '#SBATCH';

function directiveWords(script: BatchScript, program: string): readonly DirectiveWord[] | Failed {
  const words: DirectiveWord[] = [];
  for (const [index, text] of script.text.split('\n').entries()) {
    const line = index + 1;
    if (!/^\s*(#|$)/.test(text)) break;
    if (!text.startsWith(magic)) continue;
    const split = splitWords(text.slice(magic.length), { program, fileName: script.fileName, line });
    if ('failed' in split) return split;
    if (split.includes('hetjob') || split.includes('packjob')) {
      const reason = 'heterogeneous jobs are not supported by this release';
      return failed(1, `${program}: error: ${reason} (line ${line} of the script)`);
    }
    words.push(...split.map((word) => ({ text: word, line })));
  }
  return words;
}

interface Magic {
  readonly magic: string;
  readonly program: string;
}

/** All lines that begin with the magic word; unlike #SBATCH they count to the end of the script. */
function magicLines(script: BatchScript, { magic, program }: Magic): readonly ForeignLine[] | Failed {
  const lines: ForeignLine[] = [];
  for (const [index, text] of script.text.split('\n').entries()) {
    if (!text.startsWith(magic)) continue;
    const line = index + 1;
    const words = splitWords(text.slice(magic.length), { program, fileName: script.fileName, line });
    if ('failed' in words) return words;
    lines.push({ words, line });
  }
  return lines;
}

interface LinePlace {
  readonly program: string;
  readonly fileName: string;
  readonly line: number;
}

/**
 * The words of a directive line. Quotes of either kind may open and close within a word; a backslash takes
 * the next character as it is, also within quotes, but cannot keep a blank outside of them; `#` outside of
 * quotes begins a comment; an empty word ends the line.
 */
function splitWords(line: string, place: LinePlace): readonly string[] | Failed {
  const words: string[] = [];
  let rest = line.trimStart();
  for (;;) {
    const word = nextWord(rest);
    const where = `${place.program}: fatal: ${place.fileName}: line ${place.line}`;
    if (word.fault !== undefined) return failed(1, `${where}: ${word.fault} in [${rest}]`);
    if (word.text === '') return words;
    words.push(word.text);
    rest = rest.slice(word.length);
  }
}

interface Word {
  readonly text: string;
  /** Characters of the line that it took, the blanks before it included. */
  readonly length: number;
  readonly fault?: string;
}

function nextWord(rest: string): Word {
  let at = rest.length - rest.trimStart().length;
  if (rest[at] === ':') return { text: '', length: at, fault: 'Unexpected `:`' };
  let text = '';
  let quote = '';
  for (; at < rest.length; at += 1) {
    const char = rest[at] as string;
    const next = rest[at + 1] ?? '';
    if (char === '\\') {
      if (quote === '' && /^\s?$/.test(next)) continue;
      text += next;
      at += 1;
    } else if (char === quote) quote = '';
    else if (quote !== '') text += char;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '#' || /\s/.test(char)) break;
    else text += char;
  }
  if (quote !== '') return { text, length: at, fault: `Unmatched \`${quote}\`` };
  return { text, length: at };
}
