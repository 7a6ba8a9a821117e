import { readFileSync } from 'node:fs';
import { codeOf } from '../../system/files/fault.ts';

/** How long a directory service may take to tell whether it knows somebody, in ms. */
const directoryTimeoutMs = 2000;

/** Whether this machine knows a user of that name, or of that uid in digits. */
export async function isUser(name: string): Promise<boolean> {
  if (name === '' || name.startsWith('-')) return false;
  return isInTable(name) || (await isInDirectory(name));
}

function isInTable(name: string): boolean {
  try {
    return readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .some(([own, , uid]) => own === name || uid === name);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EACCES') return false;
    throw error;
  }
}

async function isInDirectory(name: string): Promise<boolean> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    // Where the tool is missing, or slow, nobody else is known.
    execFile('getent', ['passwd', name], { timeout: directoryTimeoutMs }, (error) => resolve(error === null));
  });
}
