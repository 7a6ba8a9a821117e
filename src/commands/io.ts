/** What a command has of the world besides its services: its words, its streams, its surroundings. */
export interface CommandIo {
  /** The name it was called by: `mgpu_squeue`, or `squeue` through bin/slurm. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly workDir: string;
  out(text: string): void;
  err(text: string): void;
  /** True when standard output is a terminal. */
  readonly isTerminal: boolean;
  /** True when colours are wanted: a terminal, our own name, and neither NO_COLOR nor TERM=dumb. */
  readonly isColoured: boolean;
}
