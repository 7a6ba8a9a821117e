import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { LocalCommand, RunningCommand } from '../ports/localcommand.ts';
import { codeOf } from './files/fault.ts';

/** Runs a program with this process's own streams and terminal. */
export function startCommand(command: LocalCommand): Promise<RunningCommand | undefined> {
  const { words, environment, workDir } = command;
  const [program = '', ...args] = words;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: workDir, env: environment, stdio: 'inherit' });
    let hasEnded = false;
    const ended = new Promise<{ code: number; signal: number }>((settle) => {
      child.once('exit', (code, signal) => {
        hasEnded = true;
        settle({ code: code ?? 0, signal: signal === null ? 0 : constants.signals[signal] });
      });
    });
    child.once('error', (error) => {
      // Not there, or nothing that can be run: whatever the system says, there is no command.
      if (codeOf(error) === undefined) reject(error);
      else resolve(undefined);
    });
    child.once('spawn', () => {
      resolve({ ended, hasEnded: () => hasEnded, signal: (number) => void child.kill(number) });
    });
  });
}
