import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** A folder that several machines see, each through a mount of its own that can be taken away. */
export interface Shared {
  /** What it is, for the summary. */
  readonly kind: string;
  /** What can be done to it; the rest of the functions does nothing where it cannot. */
  readonly can: ReadonlySet<SharedFault>;
  /** Where the machine sees it. */
  pathOf(machine: string): string;
  /** What runs a command within the machine's own network; nothing where all have one. */
  inside(machine: string): readonly string[];
  /** Takes the machine's line to the server away: calls hang, then fail. */
  cut(machine: string): Promise<void>;
  heal(machine: string): Promise<void>;
  unmount(machine: string): Promise<void>;
  mount(machine: string): Promise<void>;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  /** Leaves no room for anybody. */
  fill(): Promise<void>;
  empty(): Promise<void>;
  /** Takes all of it down. Does not throw for what is gone already. */
  close(): Promise<void>;
}

export type SharedFault = 'cut' | 'remount' | 'server' | 'full';

/** The same folder for all, where no file system can be mounted: nothing can be taken away. */
export function localFolder(folder: string): Shared {
  const path = join(folder, 'shared');
  mkdirSync(path);
  const nothing = async (): Promise<void> => {};
  return {
    kind: 'one local folder',
    can: new Set(),
    pathOf: () => path,
    inside: () => [],
    cut: nothing,
    heal: nothing,
    unmount: nothing,
    mount: nothing,
    stopServer: nothing,
    startServer: nothing,
    fill: nothing,
    empty: nothing,
    close: nothing,
  };
}
