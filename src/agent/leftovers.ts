import { temporaryPrefix } from '../store/put.ts';
import type { Agent } from './agent.ts';
import type { Memory } from './memory.ts';

/*
 * Temporaries that lie in `jobs/` and in the node's own folder since their writers died. Whoever replaces a
 * file takes it for success that its temporary is gone (see store/put), so that only those may go of which a
 * writer who slept may believe so: the hint for the next job id, which may be lost; and this node's inventory
 * and heartbeat. A heartbeat that was not written must not renew a lease: so what goes has lain here for
 * longer than the node timeout, and with it the lease is over that such a writer could renew. The inbox is
 * none of these: who sent a request would say that it is there.
 */

/** What it takes of a daemon to look for leftovers. */
type Finder = Pick<Agent, 'store' | 'node' | 'settings'>;

/** A temporary is removed that was there at two looks; between them lies as much, and the node timeout. */
const lookSecondsMin = 3600;

/** Looks, if it is time, and removes what was there at the last look as well. */
export async function removeLeftovers({ store, node, settings }: Finder, memory: Memory): Promise<void> {
  const { clock, files, layout } = store;
  const nowMs = clock.monotonicMs();
  if (nowMs < memory.leftovers.nextMs) return;
  const seconds = Math.max(lookSecondsMin, settings.nodeTimeoutSeconds * 1.5);
  const { seen } = memory.leftovers;
  const found = new Set<string>();
  for (const folder of [layout.jobs, layout.node(node.name).path]) {
    for (const name of (await files.list(folder)) ?? [])
      if (name.startsWith(temporaryPrefix)) found.add(`${folder}/${name}`);
  }
  memory.leftovers = { seen: found, nextMs: nowMs + seconds * 1000 };
  for (const path of found) if (seen.has(path)) await files.unlink(path);
}
