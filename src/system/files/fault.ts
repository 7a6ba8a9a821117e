import { getSystemErrorMap } from 'node:util';
import { MgpuError } from '../../base/error.ts';

/** The system's name for what went wrong (`ENOSPC`); undefined if it was not the system. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Makes the port's error of a system's error: "PATH: cannot be written: no space left on device (ENOSPC)".
 * Anything else, a bug above all, stays as it is.
 */
export function fault(path: string, what: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof MgpuError || !(error instanceof Error)) return error;
  return new MgpuError(code, `${path}: ${what}: ${words(error)} (${code})`, { cause: error });
}

/** The system's own text, "no space left on device", without what Node writes around it. */
function words(error: Error): string {
  const known = 'errno' in error ? getSystemErrorMap().get(Number(error.errno)) : undefined;
  return known?.[1] ?? error.message;
}
