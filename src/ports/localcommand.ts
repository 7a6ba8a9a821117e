/** A command that runs where its user is, on the user's own terminal. */
export interface LocalCommand {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workDir: string;
}

export interface RunningCommand {
  /** Settles when it has ended. */
  readonly ended: Promise<{ readonly code: number; readonly signal: number }>;
  hasEnded(): boolean;
  signal(number: number): void;
}

/** Starts it; undefined when there is no such program. */
export type StartCommand = (command: LocalCommand) => Promise<RunningCommand | undefined>;
