import { closeSync, open, openSync, read, readdirSync, readFileSync, readSync } from 'node:fs';
import { codeOf } from './files/fault.ts';

/*
 * What Linux tells of processes. Their `stat` is read at once: that never waits. Their environment is read on
 * the thread pool, for the kernel makes the reader wait while the process holds its own memory map, and a
 * process that hangs on a file server or a GPU may hold that for ever.
 */

/** One line of the process table. */
export interface ProcessFacts {
  readonly pid: number;
  /** Its number with its start: nobody else's as long as this machine runs. */
  readonly key: string;
  readonly parent: number;
  readonly session: number;
  /** When it started, in clock ticks since boot. */
  readonly startTicks: number;
  /** It has ended and only its parent has not asked yet. */
  readonly isZombie: boolean;
  /** A thread of the kernel, with no program in it. */
  readonly isKernel: boolean;
}

/** Of a second, in the times of /proc; the same on every Linux that runs Node. */
const ticksPerSecond = 100;
const kernelThreadFlag = 0x00200000;

/** What a read fails with about a process that is gone, another user's, or without memory of its own. */
const hiddenOrGone: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EIO']);

/** The process table under a folder: /proc, or what a test makes of it. */
export interface ProcFs {
  /** Throws when this is no Linux. */
  bootId(): string;
  /** How long ago something was that happened so many ticks after boot. */
  secondsSince(ticks: number): number;
  /** How many ticks after boot it was so many seconds ago. */
  ticksAgo(seconds: number): number;
  pids(): readonly number[];
  /** Undefined when there is no such process (any more), or it is hidden from us. */
  facts(pid: number): ProcessFacts | undefined;
  /**
   * The value of the mark in the environment that it was started with; empty when it has none. Undefined
   * when that cannot be read.
   */
  mark(pid: number): Promise<string | undefined>;
}

export function procFs(root = '/proc', markName = 'MGPU_JOB_MARK'): ProcFs {
  const name = Buffer.from(`${markName}=`);
  // A line of `stat` has some 300 bytes.
  const line = Buffer.alloc(4096);
  const uptime = (): number => Number.parseFloat(readFileSync(`${root}/uptime`, 'latin1'));
  return {
    bootId: () => readFileSync(`${root}/sys/kernel/random/boot_id`, 'latin1').trim(),
    secondsSince: (ticks) => uptime() - ticks / ticksPerSecond,
    ticksAgo: (seconds) => (uptime() - seconds) * ticksPerSecond,
    pids: () =>
      readdirSync(root)
        .filter((name) => /^\d+$/.test(name))
        .map(Number),
    facts(pid) {
      try {
        const fd = openSync(`${root}/${pid}/stat`, 'r');
        try {
          return parseStat(line.toString('latin1', 0, readSync(fd, line, 0, line.length, 0)));
        } finally {
          closeSync(fd);
        }
      } catch (error) {
        if (isHiddenOrGone(error)) return undefined;
        throw error;
      }
    },
    mark: (pid) => readMark(`${root}/${pid}/environ`, name),
  };
}

/**
 * Reads a line of /proc/PID/stat. The program's name in it may hold blanks and brackets; its end is the last
 * bracket.
 */
export function parseStat(line: string): ProcessFacts | undefined {
  const end = line.lastIndexOf(')');
  if (end < 0) return undefined;
  // The first is field 3 of proc(5).
  const fields = line.slice(end + 2).split(' ', 20);
  const [state, parent, , session, , , flags] = fields;
  const [threads, startTicks] = [fields[17], fields[19]];
  if (startTicks === undefined) return undefined;
  const pid = Number.parseInt(line, 10);
  return {
    pid,
    key: `${pid}.${startTicks}`,
    parent: Number(parent),
    session: Number(session),
    startTicks: Number(startTicks),
    // A process whose first thread has ended looks like a zombie while the others run.
    isZombie: (state === 'Z' || state === 'X') && Number(threads) <= 1,
    isKernel: (Number(flags) & kernelThreadFlag) !== 0,
  };
}

/** Of an environment, read at a time, in bytes. */
const chunkBytes = 65_536;

async function readMark(path: string, name: Buffer): Promise<string | undefined> {
  let fd: number | undefined;
  try {
    fd = await new Promise<number>((resolve, reject) => {
      open(path, 'r', (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = await readChunk(fd);
      chunks.push(chunk);
      if (chunk.length < chunkBytes) return markIn(Buffer.concat(chunks), name);
    }
  } catch (error) {
    if (isHiddenOrGone(error)) return undefined;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function readChunk(fd: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    read(fd, chunk, 0, chunkBytes, null, (error, count) =>
      error ? reject(error) : resolve(chunk.subarray(0, count)),
    );
  });
}

const jobMark = Buffer.from('MGPU_JOB_MARK=');

/** The mark in an environment, whose entries end in NUL; empty when there is none. */
export function markIn(environment: Buffer, name: Buffer = jobMark): string {
  let at = environment.indexOf(name);
  while (at > 0 && environment[at - 1] !== 0) at = environment.indexOf(name, at + 1);
  if (at < 0) return '';
  const end = environment.indexOf(0, at);
  return environment.toString('utf8', at + name.length, end < 0 ? environment.length : end);
}

function isHiddenOrGone(error: unknown): boolean {
  return hiddenOrGone.has(codeOf(error));
}
