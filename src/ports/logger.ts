/** The daemon's own log: one structured line an event. */
export interface Logger {
  error(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  debug(message: string, facts?: LogFacts): void;
}

export interface LogFacts {
  readonly jobId?: number;
  readonly attempt?: number;
  readonly node?: string;
  readonly pid?: number;
  readonly [fact: string]: unknown;
}
