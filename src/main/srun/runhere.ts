import { spawn } from 'node:child_process';
import { MgpuError } from '../../base/error.ts';
import { errnoWords } from '../../system/errnowords.ts';
import { codeOf } from '../../system/files/fault.ts';

/** Runs a program with this process's own streams to its end; how it ends is its own business. */
export function runHere(path: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: 'inherit' });
    child.once('exit', () => resolve());
    child.once('error', (cause) => {
      const code = codeOf(cause);
      reject(code === undefined ? cause : new MgpuError(code, `${path}: ${errnoWords(code)}`, { cause }));
    });
  });
}
