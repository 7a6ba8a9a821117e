/** What became of a tool. All fields are there in every case, so that a caller may look at any of them. */
export interface ToolResult {
  readonly command: string;
  /** Its exit code; undefined if it did not end by itself. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** It was given up after its time, and sent SIGKILL. */
  readonly timedOut: boolean;
  /** There is no such program on PATH. */
  readonly notFound: boolean;
  /** It printed more than allowed and was ended; what is here is the beginning. */
  readonly truncated: boolean;
  /** The pid of an earlier run, then of `command`, that SIGKILL did not end: this run was not started. */
  readonly hungPid: number | undefined;
  /** Why it could not be started, in words, other than for `notFound`. */
  readonly failure: string | undefined;
}

interface ToolOptions {
  /** Milliseconds until it is given up. */
  readonly timeoutMs: number;
  /** Bytes kept of each of the two streams. */
  readonly outputBytesMax: number;
  /** Added to the environment of this process; LC_ALL is always C. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds that a process may take to go after SIGKILL before it counts as hung. */
  readonly killGraceMs: number;
  /** Milliseconds that output may trickle in after its end: a child of it may hold the streams open. */
  readonly drainGraceMs: number;
  /** Ends the process of this pid and all its children at once. */
  readonly kill: (pid: number) => void;
}

/** Runs a tool without a shell and with an empty standard input. Always resolves. */
export type RunTool = (command: string, args: readonly string[]) => Promise<ToolResult>;

const defaults: ToolOptions = {
  timeoutMs: 30_000,
  outputBytesMax: 4 * 2 ** 20,
  env: {},
  killGraceMs: 1_000,
  drainGraceMs: 500,
  kill: killGroup,
};

/**
 * Makes a runner that never has more than one hung process: in uninterruptible sleep (state D, typical of a
 * broken GPU driver) SIGKILL does nothing, and each further process would only join the first.
 */
export function createToolRunner(options: Partial<ToolOptions> = {}): RunTool {
  const settings = { ...defaults, ...options };
  let hung: { readonly command: string; readonly hungPid: number | undefined } | undefined;

  return async (command, args) => {
    if (hung !== undefined) return { ...emptyResult(command), ...hung };
    const { execa } = await import('execa');
    const child = execa(command, [...args], {
      reject: false,
      buffer: false,
      stdin: 'ignore',
      // A working directory on a file server that went away would hang the tool for another reason.
      cwd: '/',
      env: { ...settings.env, LC_ALL: 'C' },
      // A session of its own, so that its children can be ended with it.
      detached: true,
      cleanup: false,
    });
    const stdout = collect(child.stdout, settings.outputBytesMax);
    const stderr = collect(child.stderr, settings.outputBytesMax);
    const exited = new Promise<'exited'>((resolve) => child.once('exit', () => resolve('exited')));
    const closed: Promise<Ended> = child.then((result) => result);
    const full = Promise.race([stdout.full, stderr.full]);
    const outcome = await within<Ended | 'exited' | 'full'>(settings.timeoutMs, [exited, closed, full]);
    const endedItself = outcome !== undefined && outcome !== 'full';
    if (!endedItself) {
      if (child.pid !== undefined) settings.kill(child.pid);
      if ((await within(settings.killGraceMs, [exited])) === undefined) {
        hung = { command, hungPid: child.pid };
        child.once('exit', () => {
          hung = undefined;
        });
        // A process that cannot die must not keep this one from ending.
        child.unref();
      }
    }
    const result = await within(settings.drainGraceMs, [closed]);
    child.stdout.destroy();
    child.stderr.destroy();
    return {
      ...emptyResult(command),
      code: endedItself && child.pid !== undefined ? (child.exitCode ?? undefined) : undefined,
      stdout: stdout.text(),
      stderr: stderr.text(),
      timedOut: outcome === undefined,
      truncated: outcome === 'full',
      ...(child.pid === undefined && startFailure(result)),
    };
  };
}

/**
 * What kept a tool from being useful, in one sentence; undefined if it ended by itself, with whatever code.
 */
export function toolTrouble(result: ToolResult): string | undefined {
  const { command } = result;
  if (result.hungPid !== undefined) {
    return `${command} hangs (pid ${result.hungPid}), cannot be ended, and no tool is started until it goes`;
  }
  if (result.notFound) return `${command} is not on PATH`;
  if (result.timedOut) return `${command} gave no answer in time`;
  if (result.truncated) return `${command} printed without end`;
  if (result.failure !== undefined) return `${command} cannot be run: ${result.failure}`;
  if (result.code === undefined) return `${command} was ended by a signal`;
  return undefined;
}

function emptyResult(command: string): ToolResult {
  return {
    command,
    code: undefined,
    stdout: '',
    stderr: '',
    timedOut: false,
    notFound: false,
    truncated: false,
    hungPid: undefined,
    failure: undefined,
  };
}

/** What execa gives at the end, as far as it matters here. */
interface Ended {
  readonly code?: string | undefined;
  readonly originalMessage?: string | undefined;
}

function startFailure(result: Ended | undefined): Partial<ToolResult> {
  if (result?.code === 'ENOENT') return { notFound: true };
  return { failure: result?.originalMessage ?? result?.code ?? 'it did not start' };
}

interface Output {
  readonly text: () => string;
  /** Resolves when more came than allowed; never, otherwise. */
  readonly full: Promise<'full'>;
}

function collect(stream: NodeJS.ReadableStream, bytesMax: number): Output {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const full = new Promise<'full'>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      if (bytes < bytesMax) chunks.push(chunk.subarray(0, bytesMax - bytes));
      bytes += chunk.length;
      if (bytes > bytesMax) resolve('full');
    });
  });
  return { text: () => Buffer.concat(chunks).toString('utf8'), full };
}

/** What the first of them gives, or undefined after so many ms. */
async function within<T>(ms: number, promises: readonly Promise<T>[]): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([...promises, late]);
  } finally {
    clearTimeout(timer);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It went by itself a moment ago, or it changed its user and is not ours to end: then it counts as hung.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
