import type { WindowSize } from '../model/window.ts';

/** The processes of a step, as its supervisor starts them. */
export interface Tasks {
  /**
   * Opens a file for a task: to read it, or to add to its end after emptying it if asked. A link as its
   * last part is followed only if this user or the system's made it. A new file gets the mode, less the
   * umask. Throws an `MgpuError` with the system's code.
   */
  open(path: string, how: 'read' | 'append' | 'truncate', mode: number): Promise<OpenFile>;
  /** Why a task could not work in this folder; undefined if it can. */
  folderFault(path: string): Promise<SystemFault | undefined>;
  /** Why no task can have a terminal here; undefined if it can. */
  terminalFault(): string | undefined;
  /**
   * Puts a copy of a program in place, whole, over what may be there; what the system refuses is told.
   * `mtime` is in seconds.
   */
  copyProgram(
    from: string,
    to: string,
    kept: { readonly mode: number; readonly mtime: number },
  ): Promise<SystemFault | undefined>;
  /** Starts a process; what the system refuses is told. */
  start(launch: TaskLaunch): Promise<RunningTask | SystemFault>;
  /** The processor time of all processes that were started and waited for, theirs included. */
  childTimes(): { readonly userMs: number; readonly systemMs: number };
}

/** An error of the system: its number, and its words as C programs print them. */
export interface SystemFault {
  readonly errno: number;
  readonly words: string;
}

export interface OpenFile {
  readonly fd: number;
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

export interface TaskLaunch {
  /** The program, looked for in PATH of `environment` unless it has a slash, and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workDir: string;
  /** `fed`: from what `write` gives it. */
  readonly input: OpenFile | 'fed' | 'none';
  readonly output: OpenFile | 'none';
  readonly error: OpenFile | 'none';
  /** It gets a terminal of its own with this window, which `output` gets to see. */
  readonly terminal?: WindowSize;
  /** Soft limits to set before the program, as words for ulimit: see model/ulimit.ts. */
  readonly limits?: string;
}

export interface RunningTask {
  readonly pid: number;
  /** Settles once the process is gone, whatever its children do. */
  readonly ended: Promise<{ readonly code: number; readonly signal: number }>;
  hasEnded(): boolean;
  /** Gives it input; false when it does not read any more. Done when there is room for more. */
  write(bytes: Uint8Array): Promise<boolean>;
  endInput(): void;
  signal(number: number): void;
  /** The window of its terminal is another now; without a terminal nothing happens. */
  resize(window: WindowSize): void;
}
