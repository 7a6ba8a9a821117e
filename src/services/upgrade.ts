import { MgpuError } from '../base/error.ts';
import type { Cluster } from '../model/cluster.ts';
import { formatVersion } from '../model/version.ts';
import { openJournal } from '../store/journal.ts';
import { fileLog } from '../store/log.ts';
import { raiseFormat, type Store } from '../store/spool.ts';

/** What came of an upgrade: the spool's format before and now, and the daemons that are away. */
export interface UpgradeReport {
  readonly from: number;
  readonly to: number;
  /** Nodes whose daemon does not run, and whose last one did not know the format: they have to be updated. */
  readonly older: readonly string[];
}

/**
 * Raises the format of a spool to the newest that this program knows. Throws `OLD_DAEMONS`, naming the nodes,
 * when a daemon that is up does not know it: it would end. The log follows when a daemon has seen it.
 */
export async function upgrade(store: Store): Promise<UpgradeReport> {
  const journal = await openJournal(fileLog(store, 'upgrade'), store);
  const older = olderNodes(journal.cluster());
  const running = older.filter(({ isUp }) => isUp).map(({ name }) => name);
  if (running.length > 0) {
    throw new MgpuError(
      'OLD_DAEMONS',
      `these nodes run a mgpud that does not know format ${formatVersion}: ${running.join(', ')}`,
      { hint: 'install this version there and start mgpud anew (jobs run on), then try again' },
    );
  }
  const from = store.spool.format;
  if (from < formatVersion) await raiseFormat(store, formatVersion);
  return { from, to: Math.max(from, formatVersion), older: older.map(({ name }) => name) };
}

function olderNodes({ nodes }: Cluster): readonly { readonly name: string; readonly isUp: boolean }[] {
  return [...nodes.values()]
    .filter(({ record }) => (record.format ?? 1) < formatVersion)
    .map(({ record, presence }) => ({ name: record.name, isUp: presence === 'up' }));
}
