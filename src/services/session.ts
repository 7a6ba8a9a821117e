import type { Store } from '../store/spool.ts';
import type { Present } from './present.ts';

/** An open cluster, as a command works with it. */
export interface Session {
  readonly store: Store;
  readonly present: Present;
}
