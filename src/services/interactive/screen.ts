import type { WindowSize } from '../../model/window.ts';

/** The terminal that srun runs on, for a task that has one of its own (--pty). */
export interface Screen {
  /**
   * Makes what is typed reach the task as it is, Ctrl-C too; gives what puts the terminal back as it was.
   * However this process ends, the terminal is put back.
   */
  raw(): Promise<() => Promise<void>>;
  /** The window as it is now. */
  window(): WindowSize;
  /** Tells of each change, until the function it gives is called. */
  onResize(handler: () => void): () => void;
}

export interface Showing {
  /** What the task's terminal began with. */
  readonly begin: WindowSize;
  /** Tells the task's node of another window. */
  send(window: WindowSize): Promise<void>;
}

/** Gives the terminal to the task, until what it gives is called. */
export async function giveScreen(screen: Screen, { begin, send }: Showing): Promise<() => Promise<void>> {
  const restore = await screen.raw();
  let told = begin;
  let sending: Promise<void> | undefined;
  const tell = async (): Promise<void> => {
    // What came while one was sent is told as it is in the end.
    for (let now = screen.window(); !isSame(now, told); now = screen.window()) {
      told = now;
      await send(now);
    }
  };
  const look = (): void => {
    sending ??= tell().finally(() => {
      sending = undefined;
    });
    // A room that cannot be written shows in all that follows; a window of another size is no reason to end.
    sending.catch(() => {});
  };
  const release = screen.onResize(look);
  look();
  return async () => {
    release();
    await restore();
  };
}

function isSame(one: WindowSize, other: WindowSize): boolean {
  return one.rows === other.rows && one.columns === other.columns;
}
