import { readFileSync } from 'node:fs';
import { codeOf } from '../../system/files/fault.ts';

/** How long a directory service may take to tell whether it knows somebody, in ms. */
const directoryTimeoutMs = 2000;

/** Whether this machine knows a user of that name, or of that uid in digits. */
export async function isUser(name: string): Promise<boolean> {
  if (name === '' || name.startsWith('-')) return false;
  return isInTable(name) || (await isInDirectory(name));
}

/** The number of a user of that name; undefined where nobody is known by it. */
export async function uidOf(name: string): Promise<number | undefined> {
  if (name === '' || name.startsWith('-')) return undefined;
  const named = ([own]: Entry): boolean => own === name;
  const [, , uid] = tableEntries().find(named) ?? (await directoryEntries(name)).find(named) ?? [];
  return uid !== undefined && /^\d{1,10}$/.test(uid) ? Number(uid) : undefined;
}

function isInTable(name: string): boolean {
  return tableEntries().some(([own, , uid]) => own === name || uid === name);
}

type Entry = readonly string[];

function tableEntries(): readonly Entry[] {
  try {
    return entriesOf(readFileSync('/etc/passwd', 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EACCES') return [];
    throw error;
  }
}

function entriesOf(text: string): readonly Entry[] {
  return text.split('\n').map((line) => line.split(':'));
}

async function isInDirectory(name: string): Promise<boolean> {
  return (await directoryEntries(name)).length > 0;
}

async function directoryEntries(name: string): Promise<readonly Entry[]> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    // Where the tool is missing, or slow, nobody else is known.
    execFile('getent', ['passwd', name], { timeout: directoryTimeoutMs }, (error, stdout) =>
      resolve(error === null ? entriesOf(stdout) : []),
    );
  });
}
