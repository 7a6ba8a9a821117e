import { getSystemErrorMap } from 'node:util';
import { MgpuError } from '../../base/error.ts';
import { errnoName, errnoWords } from '../errnowords.ts';

/** The system's name for what went wrong (`ENOSPC`); undefined if it was not the system. */
export function codeOf(error: unknown): string | undefined {
  const isNamed = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return isNamed ? errnoName(error.code as string) : undefined;
}

/**
 * Makes the port's error of a system's error: "PATH: cannot be written: no space left on device (ENOSPC)".
 * Anything else, a bug above all, stays as it is.
 */
export function fault(path: string, what: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof MgpuError || !(error instanceof Error)) return error;
  return new MgpuError(code, `${path}: ${what}: ${words(error, code)} (${code})`, { cause: error });
}

/** The system's own text, "no space left on device", without what Node writes around it. */
function words(error: Error, code: string): string {
  const known = 'errno' in error ? getSystemErrorMap().get(Number(error.errno)) : undefined;
  if (known !== undefined) return known[1];
  const others = errnoWords(code);
  return others === code ? error.message : others.toLowerCase();
}
