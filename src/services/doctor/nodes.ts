import { isMgpuError } from '../../base/error.ts';
import type { Node } from '../../model/node.ts';
import { defaultSettings } from '../../model/settings.ts';
import type { Store } from '../../store/spool.ts';
import { fileServerNow } from '../fileservernow.ts';
import { openPresent } from '../present.ts';
import { type Finding, failure, ok, warn } from './finding.ts';
import type { SpoolPorts } from './spool.ts';

/** After so many intervals without a change a heartbeat is called old. */
const intervalsMax = 3;

/**
 * The daemons of the cluster. Whether a heartbeat is fresh is told by the file server's clock alone: how
 * much older its file is than one that is written now.
 */
export async function checkNodes(
  store: Store,
  ports: SpoolPorts,
  isEmbedded: boolean,
): Promise<readonly Finding[]> {
  const { journal } = await openPresent(store);
  const nodes = [...journal.cluster().nodes.values()];
  if (nodes.length === 0) {
    const advice = isEmbedded
      ? 'nothing: it starts with the first job'
      : `start it on each machine: mgpud --spool ${store.layout.root}`;
    return [warn('daemons', 'no daemon has been here yet', advice)];
  }
  const nowMs = await fileServerNow(store, ports);
  const findings: Finding[] = [];
  for (const node of nodes) findings.push(await checkNode(store, ports, { node, nowMs, isEmbedded }));
  return findings;
}

interface NodeLook {
  readonly node: Node;
  readonly nowMs: number | undefined;
  readonly isEmbedded: boolean;
}

async function checkNode(
  store: Store,
  ports: SpoolPorts,
  { node, nowMs, isEmbedded }: NodeLook,
): Promise<Finding> {
  const { name, hostName } = node.record;
  const what = `node ${name}`;
  const start = isEmbedded
    ? 'nothing: it starts with the next job'
    : `on ${hostName}: mgpud --spool ${store.layout.root}`;
  if (node.presence !== 'up') return warn(what, `its daemon is ${node.presence}`, start);
  if (nowMs === undefined) return ok(what, 'its daemon is up, as far as the log tells');
  try {
    const ageSeconds =
      Math.max(0, nowMs - (await ports.fileTimeMs(store.layout.node(name).heartbeat))) / 1000;
    const text = `its heartbeat is ${ageSeconds.toFixed(0)} s old`;
    if (ageSeconds <= intervalsMax * defaultSettings.heartbeatSeconds) return ok(what, text);
    return warn(what, `${text}: its daemon, or the way from it to the file server, stands still`, start);
  } catch (error) {
    if (isMgpuError(error, 'ENOENT')) return warn(what, 'it has no heartbeat', start);
    if (isMgpuError(error)) return failure(what, error);
    throw error;
  }
}
