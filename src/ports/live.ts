import type { LiveOffer } from '../model/steplive.ts';

/** One connection between srun and a supervisor, both of whom have shown that they know the key. */
export interface LiveLink {
  /** Takes the bytes over; how many of them wait is the business of whoever sends. */
  send(pieces: readonly Uint8Array[]): void;
  /** Says what to do with what comes and at the end, of whatever kind; to be called once, at once. */
  listen(handlers: LiveHandlers): void;
  /** What was sent before is sent still. */
  close(): void;
}

export interface LiveHandlers {
  bytes(chunk: Uint8Array): void;
  /** Called once, and nothing after it. */
  end(): void;
}

/** Where somebody listens, until it is closed; connections that were made live on. */
export interface LiveListener extends Pick<LiveOffer, 'addresses' | 'port' | 'key'> {
  close(): void;
}

/** Connections between machines. */
export interface LiveNet {
  /** Listens on a free port, with a key that was just drawn, and hands over whoever knows that. */
  listen(accept: (link: LiveLink) => void, linksMax: number): Promise<LiveListener>;
  /** Undefined when no connection came about in time. */
  connect(
    offer: Pick<LiveOffer, 'addresses' | 'port' | 'key'>,
    timeoutMs: number,
  ): Promise<LiveLink | undefined>;
}

/** Pipes of the kernel into which tasks write. */
export interface TaskPipes {
  make(count: number): Promise<readonly TaskPipe[]>;
}

export interface TaskPipe {
  /** What a task gets to write to. */
  readonly fd: number;
  /** Once the tasks have it: this process gives it up. */
  closeWriter(): Promise<void>;
  /** What comes is handed over, until `pause`. */
  resume(): void;
  pause(): void;
  listen(bytes: (chunk: Uint8Array) => void): void;
  /** Hands over what lies in it now, paused or not. */
  drain(): void;
  close(): void;
}
