import { closeSync, openSync, writeSync } from 'node:fs';
import { MgpuError } from '../base/error.ts';
import { printable } from '../base/text.ts';
import type { LogFacts, Logger } from '../ports/logger.ts';
import { codeOf, fault } from './files/fault.ts';
import { createRepeats } from './repeats.ts';

export interface LoggerOptions {
  /** A file, which is added to, or standard error. */
  readonly to: { readonly file: string } | 'stderr';
  /** `json`: a JSON line an event. `text`: a line for people. */
  readonly form: 'json' | 'text';
  /** How often --verbose was given. */
  readonly verbosity: number;
}

export interface SystemLogger extends Logger {
  /** Opens the file anew, after a rotation gave it another name. If that fails the log goes on as before. */
  reopen(): void;
}

/** A log that is written when a call returns: a crash loses nothing. Throws if the file cannot be opened. */
export async function createLogger(options: LoggerOptions): Promise<SystemLogger> {
  const sink = openSink(options);
  const { default: pino } = await import('pino');
  const log = pino(
    {
      level: options.verbosity > 0 ? 'debug' : 'info',
      // Else pino adds its own pid and host name, where ours are those of a job.
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Errors are made plain by `plainFacts`, whatever they are called.
      serializers: { err: (value) => value },
      formatters: { level: (label) => ({ level: label }), log: plainFacts },
    },
    { write: (line) => sink.write(options.form === 'json' ? jsonLine(line) : textLine(line)) },
  );
  const repeats = createRepeats(() => performance.now());
  const complain = (level: 'error' | 'warn', message: string, facts: LogFacts): void => {
    const heldBack = repeats(`${level} ${message} ${facts.jobId ?? ''} ${facts['file'] ?? ''}`);
    if (heldBack !== undefined) log[level](heldBack === 0 ? facts : { ...facts, heldBack }, message);
  };
  return {
    error: (message, facts = {}) => complain('error', message, facts),
    warn: (message, facts = {}) => complain('warn', message, facts),
    info: (message, facts = {}) => log.info(facts, message),
    debug: (message, facts = {}) => log.debug(facts, message),
    reopen() {
      try {
        sink.reopen();
      } catch (error) {
        // A signal asked for it, so nobody waits for an answer.
        log.error({ error }, 'the log cannot be opened anew');
      }
    },
  };
}

/** Errors among the facts as an object that says what went wrong. */
function plainFacts(facts: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(facts);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value instanceof Error ? plainError(value) : value]),
  );
}

function plainError(error: Error): object {
  const cause = error.cause instanceof Error ? { cause: plainError(error.cause) } : {};
  const hint = error instanceof MgpuError && error.hint !== undefined ? { hint: error.hint } : {};
  // An operating error says by itself where it is; of a bug only the stack tells.
  const stack = error instanceof MgpuError ? {} : { stack: error.stack };
  return { code: codeOf(error), message: error.message, ...hint, ...cause, ...stack };
}

/** JSON escapes what steers a terminal but for the newer signs of it, and marks that reorder text. */
function jsonLine(line: string): string {
  const text = line.trimEnd();
  if (text === printable(text)) return line;
  const hex = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const shown = (sign: string): string =>
    printable(sign) === sign ? sign : sign.split('').map(hex).join('');
  return `${[...text].map(shown).join('')}\n`;
}

/** `12:34:56 info   job starts  jobId=7 attempt=1 node=n1 pid=4711`, in this machine's time. */
export function textLine(json: string): string {
  const { time, level, msg, ...facts } = JSON.parse(json);
  const told = Object.entries(facts).map(([key, value]) => `${key}=${word(value)}`);
  const line = [new Date(time).toTimeString().slice(0, 8), String(level).padEnd(5), msg, ...told].join(' ');
  // What others chose, a job's name for one, must neither make lines nor steer the terminal.
  return `${printable(line)}\n`;
}

/** As it is if that is one plain word, else as JSON. */
function word(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@%+,-]+$/.test(value) ? value : JSON.stringify(value);
}

interface Sink {
  readonly write: (line: string) => void;
  readonly reopen: () => void;
}

/** How long a full pipe or terminal may hold the daemon up for one line, in ms. */
const stallMsMax = 100;

/** A log that cannot be written must not end the daemon: lines are lost, and the next one tells of it. */
function openSink({ to, form }: LoggerOptions): Sink {
  let fd = openLog(to);
  let lost = 0;
  const noteOfLoss = (): string => {
    const note = {
      level: 'warn',
      time: new Date().toISOString(),
      msg: 'lines of this log were lost',
      lines: lost,
    };
    const line = `${JSON.stringify(note)}\n`;
    // The last of them may be there in part.
    return `\n${form === 'json' ? line : textLine(line)}`;
  };
  return {
    write(line) {
      if (writeLine(fd, lost === 0 ? line : noteOfLoss() + line)) lost = 0;
      else lost += 1;
    },
    reopen() {
      if (to === 'stderr') return;
      const next = openLog(to);
      closeSync(fd);
      fd = next;
    },
  };
}

function openLog(to: LoggerOptions['to']): number {
  if (to === 'stderr') return 2;
  try {
    return openSync(to.file, 'a', 0o640);
  } catch (error) {
    throw fault(to.file, 'the log cannot be opened', error);
  }
}

function writeLine(fd: number, line: string): boolean {
  const bytes = new TextEncoder().encode(line);
  const deadlineMs = performance.now() + stallMsMax;
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      if (codeOf(error) !== 'EAGAIN' || performance.now() > deadlineMs) return false;
      pause(1);
    }
  }
  return true;
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
