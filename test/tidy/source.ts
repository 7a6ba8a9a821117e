// Reads just enough of TypeScript to tell code from comments and text, so that rules look at the right one.

/** Code, and the same with comments, or comments and texts, blanked out. Lines and columns stay. */
export interface Source {
  readonly text: string;
  readonly withoutComments: string;
  readonly code: string;
}

export interface Import {
  readonly specifier: string;
  readonly kind: 'static' | 'type' | 'dynamic';
  readonly line: number;
}

type Part = 'code' | 'comment' | 'text';

/** After one of these a slash begins a regular expression; after a name, a number or a bracket it divides. */
const beforeRegex = /(?:^|[=(,:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|throw|await))\s*$/;

export function parseSource(text: string): Source {
  const parts = [...partsOf(text)];
  const blank = (hidden: readonly Part[]): string =>
    [...parts]
      .map(({ part, value }) => (hidden.includes(part) ? value.replace(/[^\n]/g, ' ') : value))
      .join('');
  return { text, withoutComments: blank(['comment']), code: blank(['comment', 'text']) };
}

/** Every import of a module, wherever it is written: import, export from, import() and types by import(). */
export function importsOf(source: Source): readonly Import[] {
  const statement =
    /^[ \t]*(?:import|export)\b(\s+type\b(?!\s*,|\s+from\b))?(?:[^;'"`()]*?\bfrom)?\s*(['"])(.+?)\2/gm;
  const statements = [...source.withoutComments.matchAll(statement)].map((match) => ({
    specifier: match[3] ?? '',
    kind: match[1] === undefined ? ('static' as const) : ('type' as const),
    line: lineAt(source, match.index),
  }));
  const calls = [...source.withoutComments.matchAll(/\bimport\(\s*(['"`])(.+?)\1/g)]
    .filter(({ index }) => source.code.startsWith('import', index))
    .map((match) => ({
      specifier: match[2] ?? '',
      kind: 'dynamic' as const,
      line: lineAt(source, match.index),
    }));
  return [...statements, ...calls];
}

/** The number, from 1, of the line that holds the character at `index`. */
export function lineAt(source: Source, index: number): number {
  return source.text.slice(0, index).split('\n').length;
}

/** The index just after the bracket that closes the one at `open`. */
export function closeOf(source: Source, open: number): number {
  let depth = 0;
  for (let index = open; index < source.code.length; index += 1) {
    const char = source.code.charAt(index);
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (depth === 0) return index + 1;
  }
  return source.code.length;
}

function* partsOf(text: string): Generator<{ part: Part; value: string }> {
  // For each template that is open, how many braces are open in its current `${}`.
  const templates: number[] = [];
  let code = '';
  let at = 0;
  while (at < text.length) {
    const { part, length } = nextPart(text, at, code, templates);
    const value = text.slice(at, at + length);
    yield { part, value };
    // What came before decides whether a slash divides: a text counts as a value, a comment as nothing.
    if (part === 'code') code = (code + value).slice(-40);
    if (part === 'text') code += '"';
    at += length;
  }
}

function nextPart(
  text: string,
  at: number,
  code: string,
  templates: number[],
): { part: Part; length: number } {
  const char = text.charAt(at);
  const depth = templates.at(-1);
  if (text.startsWith('//', at)) return { part: 'comment', length: lengthOf(/[^\n]*/y, text, at) };
  if (text.startsWith('/*', at)) return { part: 'comment', length: lengthOf(/\/\*[\s\S]*?\*\//y, text, at) };
  if (char === "'") return { part: 'text', length: lengthOf(/'(?:\\[\s\S]|[^'\\\n])*'/y, text, at) };
  if (char === '"') return { part: 'text', length: lengthOf(/"(?:\\[\s\S]|[^"\\\n])*"/y, text, at) };
  if (char === '/' && beforeRegex.test(code)) {
    return {
      part: 'text',
      length: lengthOf(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y, text, at),
    };
  }
  if (char === '`' || (char === '}' && depth === 0)) {
    const length = lengthOf(/[`}](?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y, text, at);
    if (char === '}') templates.pop();
    if (text.charAt(at + length - 1) === '{') templates.push(0);
    return { part: 'text', length };
  }
  if (depth !== undefined && char === '{') templates[templates.length - 1] = depth + 1;
  if (depth !== undefined && char === '}') templates[templates.length - 1] = depth - 1;
  return { part: 'code', length: 1 };
}

/** The length of what the sticky pattern matches at `at`; one character where it does not. */
function lengthOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length || 1;
}
