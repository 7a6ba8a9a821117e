import { isMgpuError, type MgpuError } from '../../base/error.ts';

/** What an examination found out about one thing. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  /** The thing. */
  readonly what: string;
  /** How it is. */
  readonly finding: string;
  /** What to do about it. */
  readonly advice?: string;
}

export function ok(what: string, finding: string): Finding {
  return { level: 'ok', what, finding };
}

export function warn(what: string, finding: string, advice?: string): Finding {
  return { level: 'warn', what, finding, ...(advice !== undefined && { advice }) };
}

export function fail(what: string, finding: string, advice?: string): Finding {
  return { level: 'fail', what, finding, ...(advice !== undefined && { advice }) };
}

/** The finding of a check; one that cannot even be made has failed. */
export async function examined(
  what: string,
  check: () => Promise<Finding>,
  advice?: string,
): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    if (!isMgpuError(error)) throw error;
    return failure(what, error, advice);
  }
}

export function failure(what: string, error: MgpuError, advice?: string): Finding {
  return fail(what, error.message, error.hint ?? advice);
}
