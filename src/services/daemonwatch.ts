import { isMgpuError } from '../base/error.ts';
import type { NodeRecord } from '../model/node.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import type { ParseYaml } from '../ports/yaml.ts';
import type { RegisteredNodes } from '../store/fsck.ts';
import { readHeartbeats } from '../store/nodes.ts';
import { readClusterFile } from '../store/settings.ts';
import type { Store } from '../store/spool.ts';

/*
 * Whether a daemon lives, for somebody who is about to change what it remembers. Its heartbeat changes: it
 * lives. It said goodbye: it has ended. Its process on this machine is gone: it has ended. Its heartbeat has
 * not changed for the whole node timeout, in which it may have been in one long turn: it counts as ended, as
 * for the cluster. Where there is no heartbeat to be watched, nobody can tell.
 */

export interface WatchPorts {
  readonly parseYaml: ParseYaml;
  /** Tells a person what is being waited for. */
  say(text: string): void;
  /** What this machine knows of the daemon of a node that was registered here; undefined: nothing. */
  daemonHere(record: NodeRecord): Promise<'alive' | 'gone' | undefined>;
}

/** What is known of the daemons now. */
export interface Judgement {
  /** The nodes whose daemons live. */
  readonly up: readonly string[];
  /** The nodes of which it cannot be told, and why. */
  readonly untold: readonly { readonly node: string; readonly why: string }[];
}

export interface DaemonWatch {
  /** Waits until it is known of each node, or cannot be known. */
  judge(told: RegisteredNodes): Promise<Judgement>;
}

const lookMs = 500;
/** A heartbeat that goes on is seen within so many of its intervals. */
const intervalsWatched = 1.5;
/** The lease of a node is four fifths of the timeout that its daemon read: see agent/lease. */
const timeoutOverLease = 1.25;

type Beats = ReadonlyMap<string, string | undefined>;

interface Watching {
  readonly store: Store;
  readonly ports: WatchPorts;
  readonly beats: Beats;
  readonly sinceMs: number;
  readonly settings: Pick<Settings, 'heartbeatSeconds' | 'nodeTimeoutSeconds'>;
  /** The nodes whose daemons have ended for sure, as long as no heartbeat says otherwise. */
  readonly ended: Set<string>;
}

/**
 * The watch begins when it is first asked. `vouched` names nodes of which somebody says that their daemons
 * have ended; a heartbeat that goes on says otherwise.
 */
export function daemonWatch(store: Store, ports: WatchPorts, vouched: ReadonlySet<string>): DaemonWatch {
  let watching: Watching | undefined;
  return {
    async judge(told) {
      watching ??= await begin(store, ports, vouched);
      return watch(watching, told);
    },
  };
}

async function begin(store: Store, ports: WatchPorts, vouched: ReadonlySet<string>): Promise<Watching> {
  const settings = await longest(store, ports);
  const beats = await readHeartbeats(store);
  return { store, ports, beats, sinceMs: store.clock.monotonicMs(), settings, ended: new Set(vouched) };
}

async function watch(watching: Watching, told: RegisteredNodes): Promise<Judgement> {
  const { store, ports, beats, sinceMs, settings, ended } = watching;
  const { clock } = store;
  const passed = (): number => (clock.monotonicMs() - sinceMs) / 1000;
  const beatSeconds = Math.ceil(settings.heartbeatSeconds * intervalsWatched);
  const gone = new Set<string>();
  const up = new Set<string>();
  for (const [name, { record, isStopped }] of told.nodes) {
    if (isStopped) ended.add(name);
    const here = isStopped ? undefined : await ports.daemonHere(record);
    if (here === 'alive') up.add(name);
    if (here === 'gone') gone.add(name);
  }
  const secondsFor = (name: string): number => {
    // Another daemon of the node may have a folder elsewhere on this machine.
    if (gone.has(name)) return beatSeconds;
    const { leaseSeconds = 0 } = told.nodes.get(name)?.record ?? {};
    return Math.max(settings.nodeTimeoutSeconds, Math.ceil(leaseSeconds * timeoutOverLease));
  };
  let saidSeconds = 0;
  for (;;) {
    const now = await readHeartbeats(store);
    for (const [name, beat] of now) if (isBeat(beat) && beat !== beats.get(name)) up.add(name);
    const watched = [...now].filter(([name, beat]) => isBeat(beat) && !ended.has(name) && !up.has(name));
    const seconds = Math.max(0, ...watched.map(([name]) => secondsFor(name)));
    const isOver = passed() >= (up.size > 0 ? Math.min(seconds, beatSeconds) : seconds);
    if (isOver) return { up: [...up].sort(), untold: untoldOf(watching, told, { now, gone, up }) };
    if (saidSeconds < seconds) {
      saidSeconds = seconds;
      const left = Math.ceil(seconds - passed());
      ports.say(`watching for ${left} s whether a daemon lives: ${watched.map(([name]) => name).join(', ')}`);
    }
    await clock.sleep(lookMs);
  }
}

/** What is no file, or cannot be read, is none. */
function isBeat(beat: string | undefined): boolean {
  return beat !== undefined && beat !== '';
}

function untoldOf(
  { ended }: Watching,
  { nodes, isWhole }: RegisteredNodes,
  {
    now,
    gone,
    up,
  }: { readonly now: Beats; readonly gone: ReadonlySet<string>; readonly up: ReadonlySet<string> },
): Judgement['untold'] {
  // Where all of the log can be read, a folder of a node that it does not know is none of a daemon.
  const names = new Set([...nodes.keys(), ...(isWhole ? [] : now.keys())]);
  return [...names].sort().flatMap((node) => {
    const beat = now.get(node);
    if (ended.has(node) || gone.has(node) || up.has(node) || isBeat(beat)) return [];
    const why = beat === undefined ? 'it has no heartbeat file' : 'its heartbeat file cannot be read';
    return [{ node, why }];
  });
}

/** A daemon that was started before the settings were changed may go by the default. */
async function longest(store: Store, { parseYaml }: WatchPorts): Promise<Watching['settings']> {
  const { heartbeatSeconds, nodeTimeoutSeconds } = defaultSettings;
  try {
    const now = (await readClusterFile(store, parseYaml)).settings;
    return {
      heartbeatSeconds: Math.max(heartbeatSeconds, now.heartbeatSeconds),
      nodeTimeoutSeconds: Math.max(nodeTimeoutSeconds, now.nodeTimeoutSeconds),
    };
  } catch (error) {
    // No daemon can have started with what cannot be read, as it is now.
    if (isMgpuError(error)) return { heartbeatSeconds, nodeTimeoutSeconds };
    throw error;
  }
}
