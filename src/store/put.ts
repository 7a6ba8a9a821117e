import { isMgpuError, MgpuError } from '../base/error.ts';
import { limits } from '../model/limits.ts';
import type { Files } from '../ports/files.ts';

/** How the store writes: with what rights, and whether it waits for the disk. */
export interface WriteOptions {
  readonly mode: number;
  /** False only for throwaway spools. */
  readonly durable: boolean;
  /** A name that no one else uses for a temporary. */
  readonly nonce: string;
}

export const temporaryPrefix = '.tmp.';

/**
 * Puts a whole file under a name that is free, or leaves what is there: the one step of the store that two
 * writers can race for. A crash before the link leaves a temporary that nobody reads; after it, the whole
 * file.
 */
export async function putIfAbsent(
  files: Files,
  folder: string,
  name: string,
  content: Uint8Array,
  options: WriteOptions,
): Promise<'put' | 'exists'> {
  for (let tries = 1; ; tries += 1) {
    const temporary = await makeTemporary(files, folder, content, options);
    try {
      if ((await files.link(temporary, `${folder}/${name}`)) === 'exists') return 'exists';
      break;
    } catch (error) {
      // Somebody who tidied up took the temporary for that of a dead writer.
      if (!isMgpuError(error, 'ENOENT') || tries === triesMax) throw error;
    } finally {
      await files.unlink(temporary);
    }
  }
  if (options.durable) await files.syncDir(folder);
  return 'put';
}

const triesMax = 5;

async function makeTemporary(
  files: Files,
  folder: string,
  content: Uint8Array,
  options: WriteOptions,
): Promise<string> {
  const path = `${folder}/${temporaryPrefix}${options.nonce}`;
  const made = await files.create(path, content, { mode: options.mode, sync: options.durable });
  // What lies there is another's or a half: it must not get the final name.
  if (made === 'exists') throw new MgpuError('EEXIST', `${path}: the name of a temporary is taken`);
  return path;
}

/**
 * Puts a whole file under a name of its own, in place of what may be there. A retry whose first try took
 * effect finds the temporary gone; so a name that was put and taken away again is not put twice. After an
 * error it may have been there all the same, if somebody took it away before this could look.
 */
export async function replace(
  files: Files,
  folder: string,
  name: string,
  content: Uint8Array,
  options: WriteOptions,
): Promise<void> {
  const temporary = await makeTemporary(files, folder, content, options);
  try {
    await files.rename(temporary, `${folder}/${name}`);
  } catch (error) {
    if (await files.unlink(temporary)) throw error;
    // The temporary is gone: the rename took effect and its reply was lost, or that of the unlink was.
    if (!(await isRenamed(files, { folder, name, content }, error))) throw error;
  }
  if (options.durable) await files.syncDir(folder);
}

/**
 * Whether a rename that failed was done: the name tells, or that the temporary was gone when it came again.
 */
async function isRenamed(
  files: Files,
  file: { readonly folder: string; readonly name: string; readonly content: Uint8Array },
  error: unknown,
): Promise<boolean> {
  const { folder, name, content } = file;
  const { bytes } = (await files.read(`${folder}/${name}`, limits.commitBytes)) ?? {};
  if (bytes?.length === content.length && bytes.every((byte, index) => byte === content[index])) return true;
  return isMgpuError(error, 'ENOENT') && (await files.stat(folder)) !== undefined;
}

/** What a name may be that anybody can put something under: no file, too large, a part of no folder. */
const noFileCodes: ReadonlySet<string> = new Set(['NOT_REGULAR', 'TOO_LARGE', 'ENOTDIR', 'ELOOP']);

/**
 * The text of a small file that others may spoil: undefined when it is not there, empty for what is none.
 * What may not be read counts as spoilt too, unless `isReadable` says that only this reader may lack the
 * right.
 */
export async function readSpoilt(
  store: { readonly files: Files },
  path: string,
  { isReadable = false }: { readonly isReadable?: boolean } = {},
): Promise<string | undefined> {
  try {
    const content = await store.files.read(path, limits.smallFileBytes);
    return content && decodeText(content.bytes);
  } catch (error) {
    if (!(error instanceof MgpuError)) throw error;
    if (noFileCodes.has(error.code) || (error.code === 'EACCES' && !isReadable)) return '';
    throw error;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeText(content: string): Uint8Array {
  return encoder.encode(content);
}

export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
