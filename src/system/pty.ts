import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { stepMarkVariable } from '../model/step.ts';
import type { WindowSize } from '../model/window.ts';
import type { TaskLaunch } from '../ports/tasks.ts';

/*
 * A terminal for a task. Node has no call that makes one, so script(1) of util-linux does: it makes the
 * terminal, runs a shell on it as the leader of a new session, and copies between the terminal and its own
 * streams. That shell sets the window, says on descriptor 3 who it is and which terminal it has, and becomes
 * the task.
 */

/** A task on a terminal: the process that keeps the terminal, and what the task said of itself. */
export interface TerminalTask {
  readonly keeper: ChildProcess;
  readonly about: Promise<{ readonly pid: number; readonly tty: string } | undefined>;
}

/** Which program for terminals this machine lacks, with what to do about it; undefined if it has all. */
export function terminalFault(path: string = toolFolders()): string | undefined {
  const missing = ['script', 'stty'].filter((name) => toolPath(name, path) === undefined);
  if (missing.length === 0) return undefined;
  const packages = 'util-linux (bsdutils, util-linux-script) and coreutils';
  return `--pty needs ${missing.join(' and ')}, not found on this node: install ${packages}`;
}

/** Starts a program, the first of the words, on a terminal of its own; `stdio` is the keeper's. */
export function startOnTerminal(
  words: readonly string[],
  launch: TaskLaunch & { readonly terminal: WindowSize },
  stdio: readonly [number | 'pipe' | 'ignore', number | 'ignore', number | 'ignore'],
): TerminalTask {
  const { environment, workDir, terminal } = launch;
  const { SHELL, ...others } = environment;
  const isMark = (name: string): boolean => markNames.includes(name);
  const own = Object.entries(others).filter(([name]) => !isMark(name));
  const marks = Object.entries(others).filter(([name]) => isMark(name));
  const back = SHELL === undefined ? marks : [...marks, ['SHELL', SHELL] as const];
  const text = taskText(words, terminal, back);
  const keeper = spawn(toolPath('script') ?? 'script', ['-qefc', text, '/dev/null'], {
    cwd: workDir,
    // In whose syntax the text above is.
    env: {
      ...Object.fromEntries([...own, ...markNames.map((name) => [name, 'terminal'])]),
      SHELL: '/bin/sh',
    },
    stdio: [...stdio, 'pipe'],
  });
  return { keeper, about: firstLine(keeper) };
}

/**
 * By these those who signal the processes of a job or of a step find them (see members.ts). The keeper bears
 * another mark, which is nobody's: SIGTERM would make it end its task in its own way. It ends with its task.
 */
const markNames: readonly string[] = ['MGPU_JOB_MARK', stepMarkVariable];

/** Sets the window of a terminal; the kernel tells its foreground processes. */
export function setWindow(tty: string, { rows, columns }: WindowSize): void {
  const size = ['rows', String(rows), 'cols', String(columns)];
  // The task may have ended, and its terminal with it.
  execFile(toolPath('stty') ?? 'stty', ['-F', tty, ...size], () => {});
}

/**
 * How a task on a terminal ended: script(1) ends with 128 and more for a signal, as shells do, so that a task
 * which ends with such a code by itself counts as ended by the signal.
 */
export function endOnTerminal(code: number): { readonly code: number; readonly signal: number } {
  const signal = code - 128;
  return signal > 0 && signal <= signalMax ? { code: 0, signal } : { code, signal: 0 };
}

const signalMax = 31;

function taskText(
  words: readonly string[],
  window: WindowSize,
  variables: readonly (readonly [string, string])[],
): string {
  const stty = toolPath('stty') ?? 'stty';
  return [
    `${quoted(stty)} rows ${window.rows} cols ${window.columns}`,
    'echo "$$ $(tty)" >&3',
    'exec 3>&-',
    'unset SHELL',
    ...variables.map(([name, value]) => `${name}=${quoted(value)} export ${name}`),
    `exec ${words.map(quoted).join(' ')}`,
  ].join('; ');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function firstLine(keeper: ChildProcess): TerminalTask['about'] {
  const stream = keeper.stdio[3] as Readable | null | undefined;
  return new Promise((resolve) => {
    let text = '';
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const [, pid, tty] = /^(\d+) (\/dev\/\S+)\n/.exec(text) ?? [];
      if (pid !== undefined && tty !== undefined) resolve({ pid: Number(pid), tty });
    });
    // Of a task that never came as far there is nothing to know.
    for (const event of ['error', 'close'] as const) stream?.once(event, () => resolve(undefined));
    keeper.once('error', () => resolve(undefined));
  });
}

function toolPath(name: string, folders: string = toolFolders()): string | undefined {
  const paths = folders.split(':').map((folder) => join(folder, name));
  return paths.find((path) => path.startsWith('/') && existsSync(path));
}

/** A task's own PATH has no say in this. */
function toolFolders(): string {
  return `${process.env['PATH'] ?? ''}:/usr/bin:/bin`;
}
