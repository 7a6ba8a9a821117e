import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ProgramFile } from '../../commands/srun/extras.ts';
import { codeOf } from '../../system/files/fault.ts';

/** The program that a shell would run by this word, as it is; undefined when there is none. */
export async function findProgram(
  word: string,
  { workDir, path }: { readonly workDir: string; readonly path: string },
): Promise<ProgramFile | undefined> {
  if (word === '') return undefined;
  const folders = word.includes('/') ? [''] : path.split(':');
  for (const folder of folders) {
    const program = readProgram(resolve(workDir, folder, word));
    if (program !== undefined) return program;
  }
  return undefined;
}

function readProgram(path: string): ProgramFile | undefined {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return undefined;
    accessSync(path, constants.X_OK);
    return {
      path,
      bytes: readFileSync(path),
      mode: stat.mode & 0o777,
      mtime: Math.floor(stat.mtimeMs / 1000),
    };
  } catch (error) {
    // Not there, or not for this user.
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}
