import type { Bell } from '../model/bell.ts';
import type { Store } from '../store/spool.ts';
import type { Present } from './present.ts';

/** An open cluster, as a command works with it. */
export interface Session {
  readonly store: Store;
  readonly present: Present;
  /** Where the command is rung while it waits; missing where the kernel tells it of all changes. */
  readonly bells?: readonly Bell[];
}
