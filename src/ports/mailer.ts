/** A mail as Slurm gives it to its MailProg: `PROGRAM -s SUBJECT TO`, with an empty input. */
export interface MailOrder {
  readonly program: string;
  readonly subject: string;
  readonly to: string;
  /** Added to the environment of the program. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Mailer {
  /**
   * Starts the program and does not wait for its end. `failed` is told in words why no mail was sent, of each
   * reason once: where there is no mail at all, one line is enough.
   */
  send(order: MailOrder, failed: (why: string) => void): void;
}
