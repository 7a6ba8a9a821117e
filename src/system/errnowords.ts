import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** Where Node's words for an error are not those of the C library. */
const otherWords: Readonly<Record<string, string>> = {
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENOMEM: 'Cannot allocate memory',
  ETXTBSY: 'Text file busy',
  EIO: 'Input/output error',
  ESTALE: 'Stale file handle',
};

/**
 * The number of a system's error, such as 2 for `ENOENT`; 1 (EPERM) for a name that the system does not
 * know.
 */
export function errnoOf(code: string): number {
  return Object.entries(constants.errno).find(([name]) => name === code)?.[1] ?? 1;
}

/** What the C library says for a system's error: `No such file or directory` for `ENOENT`. */
export function errnoWords(code: string): string {
  const known = otherWords[code] ?? getSystemErrorMap().get(0 - errnoOf(code))?.[1] ?? code;
  return known.charAt(0).toUpperCase() + known.slice(1);
}
