// File handling shared by the scripts.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Paths, relative to the checkout, of the files below `folder`; none when there is no such folder.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  return readdirIfThere(join(root, folder))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * Makes `folder` hold exactly these files. A file is replaced by rename and only when it differs, so that
 * tests, commands and daemons which run from the folder at the same time never meet half a file.
 * @param {string} folder
 * @param {readonly { path: string, contents: Uint8Array }[]} files with absolute paths
 */
export function syncFolder(folder, files) {
  const wanted = new Set(files.map((file) => relative(root, file.path)));
  for (const path of filesBelow(folder)) {
    // A bundle's code belongs to it; what somebody else is just writing is left alone.
    if (wanted.has(path.replace(/\.code$/, '')) || path.endsWith('.part')) continue;
    rmSync(join(root, path), { force: true });
  }
  for (const { path, contents } of files) {
    if (readIfThere(path)?.equals(contents)) continue;
    mkdirSync(dirname(path), { recursive: true });
    const part = `${path}.${process.pid}.part`;
    writeFileSync(part, contents);
    renameSync(part, path);
  }
}

/** @param {string} path */
export function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @param {string} path */
function readdirIfThere(path) {
  try {
    return readdirSync(path, { withFileTypes: true, recursive: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** @param {unknown} error */
function isMissing(error) {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
