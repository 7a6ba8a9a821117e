/** How a process ended: with a code, or by a signal. Slurm keeps both, and one of them is 0. */
export interface ExitCode {
  /** 0 to 255. */
  readonly code: number;
  /** 0 to 127; beyond the real signals lie Slurm's own, such as 53 for an output file that cannot be made. */
  readonly signal: number;
}

/** As scontrol's ExitCode and sacct print it: `0:9`. */
export function formatExitCode(exitCode: ExitCode): string {
  return `${exitCode.code}:${exitCode.signal}`;
}

export function parseExitCode(text: string): ExitCode | undefined {
  const [, code, signal] = /^(\d{1,3}):(\d{1,3})$/.exec(text) ?? [];
  if (code === undefined || signal === undefined) return undefined;
  const exitCode = { code: Number(code), signal: Number(signal) };
  return exitCode.code <= 255 && exitCode.signal <= 127 ? exitCode : undefined;
}
