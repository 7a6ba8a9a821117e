/** What an operating error may carry beside its code and message. */
export interface MgpuErrorOptions {
  /** What the user can do next, in one line. */
  readonly hint?: string;
  /** What is said before the message, in lines of their own. */
  readonly before?: readonly string[];
  /** What lies behind it, for who asks with -v. */
  readonly detail?: string;
  /** The error underneath, as it was caught. */
  readonly cause?: unknown;
}

/**
 * An operating error: a file, a peer or a setting is not as it has to be. `code` is stable and in capitals
 * (`SPOOL_NEWER`); the message names the path or id that it is about. Bugs are `assert`s, and refusals are
 * values.
 */
export class MgpuError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly before: readonly string[];
  readonly detail: string | undefined;

  constructor(code: string, message: string, options: MgpuErrorOptions = {}) {
    // An absent cause must stay absent: `cause: undefined` would be printed as if there were one.
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'MgpuError';
    this.code = code;
    this.hint = options.hint;
    this.before = options.before ?? [];
    this.detail = options.detail;
  }
}

/** True if `error` is an MgpuError, and of that code if one is given. */
export function isMgpuError(error: unknown, code?: string): error is MgpuError {
  return error instanceof MgpuError && (code === undefined || error.code === code);
}
