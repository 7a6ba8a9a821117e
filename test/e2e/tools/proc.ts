import { readdirSync, readFileSync } from 'node:fs';

/** A living process that bears a mark of a cluster's jobs. */
export interface Marked {
  readonly pid: number;
  readonly command: string;
}

/**
 * The living processes of a cluster's jobs, or of a job or one of its attempts, by the mark in their
 * environment.
 */
export function markedProcesses(clusterId: string, jobId?: number, attempt?: number): readonly Marked[] {
  const words = [clusterId, jobId, attempt].filter((word) => word !== undefined);
  const mark = `MGPU_JOB_MARK=${words.join('.')}`;
  const isMarked = (entry: string): boolean => entry === mark || entry.startsWith(`${mark}.`);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const environment = readProc(name, 'environ');
      if (!environment?.split('\0').some(isMarked) || isZombie(Number(name))) return [];
      return [{ pid: Number(name), command: (readProc(name, 'cmdline') ?? '').replaceAll('\0', ' ') }];
    });
}

/** True while there is such a process and it has not ended. */
export function isAlive(pid: number): boolean {
  return readProc(String(pid), 'stat') !== undefined && !isZombie(pid);
}

/** When the process started, in clock ticks since boot. */
export function startTicks(pid: number): number {
  const fields = (readProc(String(pid), 'stat') ?? '').split(') ').at(-1)?.split(' ') ?? [];
  return Number(fields[19]);
}

/** Kills a process that may be gone. */
export function killProcess(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function isZombie(pid: number): boolean {
  return /\) [ZX] /.test(readProc(String(pid), 'stat') ?? '');
}

function readProc(pid: string, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch (error) {
    // Gone, or not ours to look at.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return undefined;
    throw error;
  }
}
