import { isMgpuError, type MgpuError } from '../../base/error.ts';
import type { FileContent, FileStat } from '../../ports/files.ts';
import type { ParseYaml } from '../../ports/yaml.ts';
import { temporaryPrefix } from '../put.ts';
import { isHidden } from '../remove.ts';
import type { Store } from '../spool.ts';
import { advise, type Flaw, misplaced } from './flaw.ts';

/** What the examination of a spool works with. */
export interface Inspection {
  readonly store: Store;
  /** Whose all files should be. */
  readonly uid: number;
  /** How long ago a name was written, in seconds by the file server's clock; undefined when it is gone. */
  ageSeconds(path: string): Promise<number | undefined>;
  readonly parseYaml: ParseYaml;
  /** How many files were looked at. */
  readonly tally: { files: number };
}

/**
 * What is younger may be in use: a file that is being written, a room whose request is on its way. Whatever
 * writes to the log makes its temporary anew if need be; a command does not, and may have been suspended.
 */
const daySeconds = 24 * 60 * 60;
export const graceSeconds = { daemon: 600, command: daySeconds } as const;

/** The path from the spool's folder, as people are shown it. */
export function shownPath({ layout }: Store, path: string): string {
  return path === layout.root ? '.' : path.slice(layout.root.length + 1);
}

export async function isOld(
  { ageSeconds }: Inspection,
  path: string,
  whose: keyof typeof graceSeconds,
): Promise<boolean> {
  return ((await ageSeconds(path)) ?? 0) >= graceSeconds[whose];
}

/** A file that was read, or what is wrong with it. */
export type Reading =
  | { readonly is: 'file'; readonly content: FileContent }
  | { readonly is: 'gone' }
  | { readonly is: 'bad'; readonly error: MgpuError };

/** Reads a file; what cannot be read is told, not thrown. */
export async function look(inspection: Inspection, path: string, bytesMax: number): Promise<Reading> {
  inspection.tally.files += 1;
  try {
    const content = await inspection.store.files.read(path, bytesMax);
    return content === undefined ? { is: 'gone' } : { is: 'file', content };
  } catch (error) {
    if (isMgpuError(error)) return { is: 'bad', error };
    throw error;
  }
}

/** What a step gives, or what is wrong with that which it works on. */
export async function tried<T>(step: () => T | Promise<T>): Promise<T | MgpuError> {
  try {
    return await step();
  } catch (error) {
    if (isMgpuError(error)) return error;
    throw error;
  }
}

/** The message without the path that it begins with: the finding names it. */
export function whyOf(error: MgpuError, path: string): string {
  return error.message.startsWith(`${path}: `) ? error.message.slice(path.length + 2) : error.message;
}

/** Whose a name is, and who else may write to it. */
export function rights(inspection: Inspection, path: string, stat: FileStat): readonly Flaw[] {
  const { store, uid } = inspection;
  const shown = shownPath(store, path);
  if (stat.uid !== uid) {
    const what = `it belongs to uid ${stat.uid}, the spool to uid ${uid}: daemons may not be able to use it`;
    return [advise('warn', shown, what, `as root: chown ${uid} ${path}`)];
  }
  if ((stat.mode & 0o022) === 0) return [];
  return [advise('warn', shown, 'others may write to it', `chmod go-w ${path}`)];
}

/** One that nobody has open any more is left by a machine that went down; who has it cannot be seen. */
async function hidden(inspection: Inspection, path: string): Promise<readonly Flaw[]> {
  if (!(await isOld(inspection, path, 'command'))) return [];
  const what = 'a file that was removed while a process had it open, a day ago or longer';
  const text = 'delete it if the machine that had it open was booted since';
  return [advise('note', shownPath(inspection.store, path), what, text)];
}

/**
 * What lies in a folder beside the files of its own: temporaries of writers that died, and what is not the
 * spool's. Young ones are passed over.
 */
export async function strangers(
  inspection: Inspection,
  folder: string,
  names: readonly string[],
  whose: keyof typeof graceSeconds,
): Promise<readonly Flaw[]> {
  const flaws: Flaw[] = [];
  for (const name of names) {
    const path = `${folder}/${name}`;
    if (isHidden(name)) {
      flaws.push(...(await hidden(inspection, path)));
      continue;
    }
    inspection.tally.files += 1;
    if (!name.startsWith('.'))
      flaws.push(misplaced(shownPath(inspection.store, path), "it is none of the spool's"));
    else if (await isOld(inspection, path, whose)) {
      const isTemporary = name.startsWith(temporaryPrefix);
      const what = isTemporary ? 'it was left by a writer that died' : "it is none of the spool's";
      flaws.push(misplaced(shownPath(inspection.store, path), what));
    }
  }
  return flaws;
}
