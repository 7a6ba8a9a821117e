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
  EDQUOT: 'Disk quota exceeded',
  ENOLCK: 'No locks available',
  EBADFD: 'File descriptor in bad state',
};

/** What Linux has and Node names nowhere: a file that was open when its file server came back says it. */
const otherNumbers: Readonly<Record<string, number>> = { EBADFD: 77 };

const namelessPattern = /^Unknown system error -(\d+)$/;

/**
 * The system's name for a failed call, of the code that Node gives it: that has no names for some which file
 * servers say, `Unknown system error -116` for `ESTALE` and -122 for `EDQUOT`.
 */
export function errnoName(code: string): string {
  const number = Number(namelessPattern.exec(code)?.[1] ?? 0);
  if (number === 0) return code;
  const names = Object.entries({ ...otherNumbers, ...constants.errno });
  return names.find(([, known]) => known === number)?.[0] ?? code;
}

/**
 * The number of a system's error, such as 2 for `ENOENT`; 1 (EPERM) for a name that the system does not
 * know.
 */
export function errnoOf(code: string): number {
  return Object.entries({ ...otherNumbers, ...constants.errno }).find(([name]) => name === code)?.[1] ?? 1;
}

/** What the C library says for a system's error: `No such file or directory` for `ENOENT`. */
export function errnoWords(code: string): string {
  const known = otherWords[code] ?? getSystemErrorMap().get(0 - errnoOf(code))?.[1] ?? code;
  return known.charAt(0).toUpperCase() + known.slice(1);
}
