import { closeSync, fstatSync } from 'node:fs';

/**
 * Ends this process. Node looks at its standard streams as it ends, and aborts where one of them lies on a
 * file system that is away (seen on GlusterFS): what had gone well would end by SIGABRT. Such a one is closed
 * before.
 */
export function leave(exitCode?: number): never {
  for (const fd of [0, 1, 2]) closeIfLost(fd);
  process.exit(exitCode);
}

function closeIfLost(fd: number): void {
  try {
    fstatSync(fd);
  } catch {
    try {
      closeSync(fd);
    } catch {
      // It was closed, or is by now, whatever that says.
    }
  }
}
