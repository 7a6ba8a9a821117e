// The rules of the house that no linter checks. Each takes a file and returns its problems as `line: what`.
import { posix } from 'node:path';
import { deniedRooms, isRoom, outerRooms, pureRooms } from './rooms.ts';
import type { Source } from './source.ts';
import { closeOf, importsOf, lineAt, parseSource } from './source.ts';

interface File {
  /** From the checkout, with slashes: `src/core/plan.ts`. */
  readonly path: string;
  readonly source: Source;
}

type Rule = (file: File) => readonly string[];

const fileLinesMax = 500;
const lineColumnsMax = 110;

/** The problems of one file, each with its path and line. */
export function problemsOf(path: string, text: string): readonly string[] {
  const file = { path, source: parseSource(text) };
  return rules.flatMap((rule) => rule(file)).map((problem) => `${path}:${problem}`);
}

const size: Rule = ({ source }) => {
  const lines = source.text.split('\n');
  const long = lines.flatMap((line, index) =>
    [...line].length > lineColumnsMax ? [`${index + 1}: more than ${lineColumnsMax} columns`] : [],
  );
  return lines.length - 1 > fileLinesMax
    ? [`${lines.length}: more than ${fileLinesMax} lines`, ...long]
    : long;
};

// Written apart, so that this file passes its own rule.
const marks = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`, 'g');

const unfinished: Rule = ({ source }) =>
  [...source.text.matchAll(marks)].map(
    ({ 0: mark, index }) => `${lineAt(source, index)}: ${mark} left behind`,
  );

const arrows: Rule = ({ path, source }) => {
  const room = roomOf(path);
  if (room === undefined) return [];
  if (!isRoom(room)) return [`1: no such room: ${room}`];
  return importsOf(source).flatMap(({ specifier, kind, line }) => {
    if (specifier.startsWith('.')) {
      const target = posix.join(posix.dirname(path), specifier);
      const other = roomOf(target);
      if (other === undefined) return [`${line}: imports from outside src: ${specifier}`];
      if (!specifier.endsWith('.ts'))
        return [`${line}: name the file that is imported, with .ts: ${specifier}`];
      return deniedRooms(room).includes(other)
        ? [`${line}: ${room} may not import ${other}: ${specifier}`]
        : [];
    }
    if (!outerRooms.includes(room)) return [`${line}: only system and main name packages: ${specifier}`];
    if (kind === 'static' && !specifier.startsWith('node:')) {
      return [`${line}: import a package by import(), so that only its users load it: ${specifier}`];
    }
    return [];
  });
};

const folderNames: Rule = ({ path }) =>
  path.split('/').some((name) => /^(?:utils?|helpers?)(?:\.ts)?$/.test(name))
    ? ['1: name it for what it holds']
    : [];

const purity: Rule = ({ path, source }) => {
  const room = roomOf(path);
  if (room === undefined || room === 'system') return [];
  const banned = pureRooms.includes(room)
    ? /\b(?:Math\.random|globalThis|await|async)\b/g
    : /\bMath\.random\b/g;
  return [...source.code.matchAll(banned)].map(
    ({ 0: name, index }) => `${lineAt(source, index)}: ${name} has no place in ${room}`,
  );
};

const catches: Rule = ({ path, source }) => {
  if (!path.startsWith('src/')) return [];
  return [...source.code.matchAll(/\bcatch\b/g)].flatMap(({ index }) => {
    const line = lineAt(source, index);
    const block = /^catch\s*(?:\([^)]*\)\s*)?(?=\{)/.exec(source.code.slice(index));
    const call = /^catch\s*(?=\()/.exec(source.code.slice(index));
    const head = source.code.charAt(index - 1) === '.' ? call : block;
    if (head === null) return [];
    const open = index + head[0].length;
    const end = closeOf(source, open);
    const hasComment = source.text.slice(open, end) !== source.withoutComments.slice(open, end);
    const isCommentAbove = /^\s*(?:\/\/|\*)/.test(source.text.split('\n')[line - 2] ?? '');
    const rethrowsOrNamesCode = /\bthrow\b|\bcode\b|[cC]ode\(|'E[A-Z]{3,}'/.test(
      source.withoutComments.slice(open, end),
    );
    if (hasComment || isCommentAbove || rethrowsOrNamesCode) return [];
    return [`${line}: a catch says why, names a code or throws again`];
  });
};

const rules: readonly Rule[] = [size, unfinished, arrows, folderNames, purity, catches];

/** The room of a file of src/, and undefined elsewhere. */
function roomOf(path: string): string | undefined {
  const [top, room, ...rest] = path.split('/');
  return top === 'src' && rest.length > 0 ? room : undefined;
}
