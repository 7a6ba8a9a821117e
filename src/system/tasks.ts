import { type ChildProcess, spawn } from 'node:child_process';
import { constants as fsConstants, readFileSync } from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  type FileHandle,
  lstat,
  open,
  rename,
  rm,
  stat,
  utimes,
} from 'node:fs/promises';
import { constants as osConstants } from 'node:os';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { MgpuError } from '../base/error.ts';
import type { OpenFile, RunningTask, SystemFault, TaskLaunch, Tasks } from '../ports/tasks.ts';
import { errnoOf, errnoWords } from './errnowords.ts';
import { codeOf } from './files/fault.ts';
import { limitedWords } from './limited.ts';
import { makePipe, type Pipe } from './pipes.ts';
import { endOnTerminal, setWindow, startOnTerminal, type TerminalTask, terminalFault } from './pty.ts';

const { O_APPEND, O_CREAT, O_NOCTTY, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY, X_OK } = fsConstants;

/** The processes of this machine. */
export function systemTasks(): Tasks {
  return {
    open: openFile,
    folderFault: (path) => faultOf(() => enterable(path)),
    terminalFault: () => terminalFault(),
    copyProgram: (from, to, kept) => faultOf(() => copyWhole(from, to, kept)),
    start,
    childTimes,
  };
}

/** Of a second, in the times of /proc. */
const msPerTick = 10;

/** As the kernel adds up what was waited for: fields 16 and 17 of proc(5). */
function childTimes(): { readonly userMs: number; readonly systemMs: number } {
  try {
    const line = readFileSync('/proc/self/stat', 'latin1');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ', 15);
    return { userMs: Number(fields[13]) * msPerTick, systemMs: Number(fields[14]) * msPerTick };
  } catch (error) {
    // No /proc here: nobody knows.
    if (codeOf(error) === undefined) throw error;
    return { userMs: 0, systemMs: 0 };
  }
}

const flagsFor = {
  read: O_RDONLY,
  append: O_WRONLY | O_CREAT | O_APPEND,
  truncate: O_WRONLY | O_CREAT | O_APPEND | O_TRUNC,
} as const;

async function openFile(path: string, how: keyof typeof flagsFor, mode: number): Promise<OpenFile> {
  try {
    const handle = await openUnlinked(path, flagsFor[how] | O_NOCTTY, mode);
    return {
      fd: handle.fd,
      write: async (text) => void (await handle.writeFile(text)),
      close: () => handle.close(),
    };
  } catch (cause) {
    const code = codeOf(cause);
    if (code === undefined) throw cause;
    throw new MgpuError(code, `${path}: ${errnoWords(code)}`, { cause });
  }
}

/**
 * In a folder where everybody may write, a stranger's link would lead the output where the stranger wants
 * it.
 */
async function openUnlinked(path: string, flags: number, mode: number): Promise<FileHandle> {
  try {
    return await open(path, flags | O_NOFOLLOW, mode);
  } catch (error) {
    if (codeOf(error) !== 'ELOOP') throw error;
    const { uid } = await lstat(path);
    if (uid !== 0 && uid !== process.geteuid?.()) throw error;
    return open(path, flags, mode);
  }
}

async function start(launch: TaskLaunch): Promise<RunningTask | SystemFault> {
  const [name = '', ...args] = launch.command;
  const program = await findProgram(name, launch);
  if (typeof program !== 'string') return program;
  const pipe = launch.input === 'fed' ? await makePipe() : undefined;
  try {
    const { input, output, error, terminal } = launch;
    const words = limitedWords([program, ...args], launch);
    if (terminal !== undefined) {
      const stdio = [streamOf(input, pipe), streamOf(output), streamOf(error)] as const;
      const task = startOnTerminal(words, { ...launch, terminal }, stdio);
      return await startedOnTerminal(task, pipe?.writer ?? task.keeper.stdin);
    }
    const stdio = [streamOf(input, pipe), streamOf(output), streamOf(error)];
    // Not in a session of its own: by the shim's session the daemon finds what has lost its mark.
    const [first, ...others] = words;
    const child = spawn(first, others, { cwd: launch.workDir, env: launch.environment, stdio });
    return await started(child, pipe?.writer ?? child.stdin);
  } catch (error) {
    pipe?.writer.destroy();
    // Arguments with a NUL byte, and what the system refuses before there is a process.
    return systemFault(codeOf(error) === 'ERR_INVALID_ARG_VALUE' ? 'EINVAL' : codeOf(error), error);
  } finally {
    await pipe?.reader.close();
  }
}

function streamOf(stream: TaskLaunch['output']): number | 'ignore';
function streamOf(stream: TaskLaunch['input'], pipe: Pipe | undefined): number | 'pipe' | 'ignore';
function streamOf(stream: TaskLaunch['input'], pipe?: Pipe): number | 'pipe' | 'ignore' {
  if (stream === 'fed') return pipe?.reader.fd ?? 'pipe';
  return stream === 'none' ? 'ignore' : stream.fd;
}

/** What is asked of the task reaches the process on the terminal, and not the one that keeps it. */
async function startedOnTerminal(
  { keeper, about }: TerminalTask,
  input: Writable | null,
): Promise<RunningTask | SystemFault> {
  const task = await started(keeper, input);
  if ('errno' in task) return task;
  const known = await about;
  if (known === undefined) return task;
  return {
    ...task,
    pid: known.pid,
    ended: task.ended.then(({ code, signal }) => (signal === 0 ? endOnTerminal(code) : { code, signal })),
    signal: (number) => signalProcess(known.pid, number),
    resize: (window) => setWindow(known.tty, window),
  };
}

function signalProcess(pid: number, number: number): void {
  try {
    process.kill(pid, number);
  } catch (error) {
    // It has just ended.
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

function started(child: ChildProcess, input: Writable | null): Promise<RunningTask | SystemFault> {
  let hasEnded = false;
  const ended = new Promise<{ code: number; signal: number }>((resolved) => {
    child.once('exit', (code, signal) => {
      hasEnded = true;
      input?.destroy();
      resolved({ code: code ?? 0, signal: signal === null ? 0 : osConstants.signals[signal] });
    });
  });
  // A task that does not read its input closes it, and what is written then fails; `write` says so.
  input?.on('error', () => input.destroy());
  return new Promise((resolved) => {
    child.on('error', (error) => {
      input?.destroy();
      resolved(systemFault(codeOf(error) ?? 'EPERM', error));
    });
    child.once('spawn', () => {
      resolved({
        pid: child.pid ?? 0,
        ended,
        hasEnded: () => hasEnded,
        write: (bytes) => writeTo(input, bytes),
        endInput: () => void input?.end(),
        signal: (number) => void child.kill(number),
        resize: () => {},
      });
    });
  });
}

function writeTo(input: Writable | null, bytes: Uint8Array): Promise<boolean> {
  if (input === null || !input.writable) return Promise.resolve(false);
  return new Promise((resolved) => {
    const gone = (): void => resolved(false);
    input.once('close', gone);
    input.write(bytes, (error) => {
      input.off('close', gone);
      resolved(!error);
    });
  });
}

/**
 * A name without a slash is looked for in the task's own PATH; without PATH it is not found
 * (srun.export_path).
 */
async function findProgram(
  name: string,
  { environment, workDir }: TaskLaunch,
): Promise<string | SystemFault> {
  if (name.includes('/')) {
    const path = resolve(workDir, name);
    return (await faultOf(() => runnable(path))) ?? path;
  }
  for (const folder of name === '' ? [] : (environment['PATH']?.split(':') ?? [])) {
    const path = resolve(workDir, folder, name);
    if ((await faultOf(() => runnable(path))) === undefined) return path;
  }
  return systemFault('ENOENT');
}

/** Nobody sees half of it, and who runs the old one keeps that. */
async function copyWhole(
  from: string,
  to: string,
  { mode, mtime }: { readonly mode: number; readonly mtime: number },
): Promise<void> {
  const fresh = `${to}.${process.pid}`;
  try {
    await copyFile(from, fresh);
    await chmod(fresh, mode);
    await utimes(fresh, mtime, mtime);
    await rename(fresh, to);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

async function runnable(path: string): Promise<void> {
  if (!(await stat(path)).isFile()) throw withCode('EACCES');
  await access(path, X_OK);
}

async function enterable(path: string): Promise<void> {
  if (!(await stat(path)).isDirectory()) throw withCode('ENOTDIR');
  await access(path, X_OK);
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

async function faultOf(step: () => Promise<unknown>): Promise<SystemFault | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    // The system's answer; without a code it is thrown again.
    return systemFault(codeOf(error), error);
  }
}

/** Throws the error itself where it is not the system's. */
function systemFault(code: string | undefined, error?: unknown): SystemFault {
  if (code === undefined) throw error;
  return { errno: errnoOf(code), words: errnoWords(code) };
}
