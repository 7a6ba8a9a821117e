import { isMgpuError } from '../base/error.ts';
import { checked } from '../base/schema.ts';
import { isNodeName } from '../model/ids.ts';
import { loadSchema, type NodeLoad, type NodeRecord } from '../model/node.ts';
import { encodeText, readSpoilt, replace } from './put.ts';
import type { Store } from './spool.ts';

/** Makes the node's folder and writes what it is, for people who look; the cluster goes by the log. */
export async function writeInventory(store: Store, record: NodeRecord): Promise<void> {
  const room = store.layout.node(record.name);
  await store.files.makeDir(room.path, 0o755);
  const options = { mode: 0o644, durable: store.spool.durable, nonce: store.ids.next() };
  await replace(
    store.files,
    room.path,
    'inventory.json',
    encodeText(`${JSON.stringify(record, undefined, 2)}\n`),
    options,
  );
}

/** Shows that the daemon lives: others see that the file changes, and compare nothing else in it. */
export async function writeHeartbeat(
  store: Store,
  record: NodeRecord,
  beat: number,
  load?: NodeLoad,
): Promise<void> {
  const room = store.layout.node(record.name);
  const { name: node, incarnation } = record;
  const content = { node, incarnation, beat, time: store.clock.now(), ...load };
  const options = { mode: 0o644, durable: false, nonce: store.ids.next() };
  await replace(
    store.files,
    room.path,
    'heartbeat.json',
    encodeText(`${JSON.stringify(content)}\n`),
    options,
  );
}

/** What the nodes said of their load with their last heartbeats; those that said nothing are missing. */
export async function readLoads(store: Store): Promise<ReadonlyMap<string, NodeLoad>> {
  const loads = new Map<string, NodeLoad>();
  for (const [name, beat] of await readHeartbeats(store)) {
    const load = beat === undefined ? undefined : loadOf(beat);
    if (load !== undefined) loads.set(name, load);
  }
  return loads;
}

/** What is no heartbeat says nothing: this is only shown. */
function loadOf(beat: string): NodeLoad | undefined {
  try {
    return checked(loadSchema, JSON.parse(beat), 'a heartbeat');
  } catch (error) {
    if (error instanceof SyntaxError || isMgpuError(error, 'SCHEMA')) return undefined;
    throw error;
  }
}

/** All heartbeats as they are now, by the nodes' names. */
export async function readHeartbeats(store: Store): Promise<ReadonlyMap<string, string | undefined>> {
  const { files, layout } = store;
  const beats = new Map<string, string | undefined>();
  for (const name of (await files.list(layout.nodes)) ?? [])
    if (isNodeName(name)) beats.set(name, await readSpoilt(store, layout.node(name).heartbeat));
  return beats;
}

/**
 * The heartbeat as it is now, to be compared with an earlier one; undefined when there is none. What lies
 * there and is no file does not change: its node counts as lost in time, for no daemon of it could write
 * there either. Throws `EACCES` where only this reader may be kept out.
 */
export function readHeartbeat(store: Store, node: string): Promise<string | undefined> {
  return readSpoilt(store, store.layout.node(node).heartbeat, { isReadable: true });
}
