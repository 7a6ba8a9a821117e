import type { Answer } from './show.ts';

/** A word of an update: `Reason=x`, `Users+=bob`. */
export interface Setting {
  /** As it was written, for messages. */
  readonly written: string;
  readonly tag: string;
  readonly value: string;
  /** Whether the value comes in place of what was there, is added to it, or taken away. */
  readonly how: 'set' | 'add' | 'remove';
}

/** Undefined for a word without an equals sign. Quotes around a value do not count, as in Slurm. */
export function settingOf(written: string): Setting | undefined {
  const [, tag, sign = '', quoted = ''] = /^([^=+-]+)([+-]?)=(.*)$/s.exec(written) ?? [];
  if (tag === undefined) return undefined;
  const value = /^(["'])(.*)\1$/s.exec(quoted)?.[2] ?? quoted;
  return { written, tag, value, how: sign === '+' ? 'add' : sign === '-' ? 'remove' : 'set' };
}

/** Which of Slurm's tags is meant: they may be cut down to three letters, in either case. */
export function tagNamed<T extends string>(written: string, tags: readonly T[]): T | undefined {
  const word = written.toLowerCase();
  const isFit = (tag: string): boolean => word.length >= 3 && tag.toLowerCase().startsWith(word);
  return tags.find((tag) => tag.toLowerCase() === word) ?? tags.find(isFit);
}

/** The command failed with these lines on stderr. */
export function complaint(...lines: readonly string[]): Answer {
  return { out: '', err: lines.map((line) => `${line}\n`).join(''), exitCode: 1 };
}

export const done: Answer = { out: '', err: '', exitCode: 0 };

/** An error that the controller gives in Slurm: `slurm_update error: Invalid user id`. */
export function updateError(what: string): Answer {
  return complaint(`slurm_update error: ${what}`);
}

/** For what Slurm does and this release does not. */
export function unsupported(what: string, instead = ''): Answer {
  return complaint(`scontrol: error: ${what} is not supported by this release${instead}`);
}
