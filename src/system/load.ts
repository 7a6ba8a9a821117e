import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { NodeLoad } from '../model/node.ts';

/** How busy this machine is. */
export function machineLoad(): NodeLoad {
  return {
    cpuLoad: Math.round((os.loadavg()[0] ?? 0) * 100),
    freeMemoryMb: Math.floor(os.freemem() / 2 ** 20),
  };
}

/** When this machine was booted, in seconds since 1970: as the kernel tells, so that it stays the same. */
export function bootTime(): number {
  const [, seconds] = /^btime (\d+)$/m.exec(readStat()) ?? [];
  return seconds === undefined ? Math.round(Date.now() / 1000 - os.uptime()) : Number(seconds);
}

function readStat(): string {
  try {
    return readFileSync('/proc/stat', 'utf8');
  } catch (error) {
    // A system without it counts from now.
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}
