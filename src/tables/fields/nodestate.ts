import { type Cluster, configOf } from '../../model/cluster.ts';
import type { NodeConfig } from '../../model/config.ts';
import { declaredGpus } from '../../model/gpu.ts';
import type { NodeName, Seconds } from '../../model/ids.ts';
import { type ActiveJob, isActive } from '../../model/job.ts';
import type { Node, NodeAdmin, NodeLoad, NodeRecord } from '../../model/node.ts';
import type { Reservation } from '../../model/reservation.ts';

/**
 * What jobs hold of a node: all that was given to them and not given back, also what completing jobs still
 * have.
 */
export interface NodeUse {
  readonly cpus: number;
  readonly memoryMb: number;
  /** Whose GPUs are whose, by index. */
  readonly gpus: ReadonlyMap<number, ActiveJob>;
  readonly running: number;
  readonly completing: number;
}

const unused: NodeUse = { cpus: 0, memoryMb: 0, gpus: new Map(), running: 0, completing: 0 };

/** A node with what jobs hold of it. */
export interface UsedNode {
  readonly node: Node;
  readonly use: NodeUse;
  /** True for one that is declared and never registered. */
  readonly isAbsent?: boolean;
  readonly load?: NodeLoad;
  /** The reservation whose time it is. */
  readonly reservation?: Reservation;
  /** The user who gave the reason; the number where nobody looked it up. */
  readonly reasonUser?: string;
}

/** What a state is shown by. */
export interface NodesView {
  readonly cluster: Cluster;
  readonly now: Seconds;
  /** How busy the nodes are, where somebody asked. */
  readonly loads?: ReadonlyMap<NodeName, NodeLoad>;
  /** Names of the users who gave reasons. */
  readonly userNames?: ReadonlyMap<number, string>;
}

/** All nodes that registered or are declared. */
export function usedNodes({ cluster, now, loads, userNames }: NodesView): ReadonlyMap<NodeName, UsedNode> {
  const found = new Map<NodeName, UsedNode>();
  const nodes = [...cluster.nodes.values(), ...absentNodes(cluster)];
  const reservations = [...cluster.reservations.values()].filter(
    ({ startTime, endTime }) => startTime <= now && now < endTime,
  );
  for (const node of nodes) {
    const { name } = node.record;
    const reservation = reservations.find((one) => one.nodes.includes(name));
    const uid = node.admin?.reason?.uid;
    const load = loads?.get(name);
    found.set(name, {
      node,
      use: unused,
      ...(!cluster.nodes.has(name) && { isAbsent: true }),
      ...(load !== undefined && { load }),
      ...(reservation !== undefined && { reservation }),
      ...(uid !== undefined && { reasonUser: userNames?.get(uid) ?? (uid === 0 ? 'root' : String(uid)) }),
    });
  }
  addUse(found, cluster);
  return found;
}

function addUse(found: Map<NodeName, UsedNode>, cluster: Cluster): void {
  for (const job of cluster.jobs.values()) {
    if (!isActive(job)) continue;
    for (const share of job.allocation) {
      const used = found.get(share.node);
      if (used === undefined || !job.holders.includes(share.node)) continue;
      const { cpus, memoryMb, gpus, running, completing } = used.use;
      const use: NodeUse = {
        cpus: cpus + share.cpus,
        memoryMb: memoryMb + share.memoryMb,
        gpus: new Map([...gpus, ...share.gpus.map((index) => [index, job] as const)]),
        running: running + (job.state === 'RUNNING' ? 1 : 0),
        completing: completing + (job.state === 'COMPLETING' ? 1 : 0),
      };
      found.set(share.node, { ...used, use });
    }
  }
}

/** Nodes of the settings that never registered, as far as the settings tell of them. */
function absentNodes(cluster: Cluster): readonly Node[] {
  return configOf(cluster)
    .nodes.filter(({ name }) => !cluster.nodes.has(name))
    .map((config) => absentNode(config, cluster.absentNodes.get(config.name)));
}

function absentNode(config: NodeConfig, admin: NodeAdmin | undefined): Node {
  const { name, hostName = name, address, cpus = 1, memoryMb = 1, gpus, features, weight, tmpMb } = config;
  const { sockets = 1, coresPerSocket = cpus, threadsPerCore = 1 } = config;
  const record: NodeRecord = {
    name,
    hostName,
    addresses: [address ?? hostName],
    bootId: '',
    incarnation: '',
    cpus,
    sockets,
    coresPerSocket,
    threadsPerCore,
    memoryMb,
    gpus:
      gpus === undefined ? [] : declaredGpus(gpus).map(({ index, type, model }) => ({ index, type, model })),
    architecture: '',
    osRelease: '',
    version: '',
    ...(features !== undefined && { features }),
    ...(weight !== undefined && { weight }),
    ...(tmpMb !== undefined && { tmpMb }),
  };
  const state = { presence: 'lost', since: 0, registered: 0, gpuTroubles: [] } as const;
  return { record, ...state, ...(admin && { admin }) };
}

/** Slurm's state of a node: one base, and flags. */
export interface NodeState {
  readonly base: 'DOWN' | 'IDLE' | 'ALLOCATED' | 'MIXED' | 'UNKNOWN';
  /** Nothing runs on it any more, but something has not quite ended. */
  readonly isCompleting: boolean;
  readonly isSilent: boolean;
  readonly isDrained: boolean;
  readonly isFailed: boolean;
  readonly isReserved: boolean;
  /** Reserved for maintenance. */
  readonly isMaint: boolean;
}

/**
 * By CPUs, as Slurm does it: a node all of whose GPUs are taken is MIXED as long as one of its CPUs is
 * free.
 */
export function nodeState(used: UsedNode): NodeState {
  const { node, use, reservation } = used;
  const isMaint = reservation?.flags?.includes('MAINT') === true;
  return {
    base: baseOf(used),
    isCompleting: use.completing > 0 && use.running === 0,
    isSilent: node.presence === 'lost',
    isDrained: node.admin?.isDrained === true,
    isFailed: node.admin?.isFailed === true,
    isReserved: reservation !== undefined && !isMaint,
    isMaint,
  };
}

function baseOf({ node, use }: UsedNode): NodeState['base'] {
  if (node.presence !== 'up' || node.admin?.isDown === true) return 'DOWN';
  if (use.running === 0) return 'IDLE';
  return use.cpus >= node.record.cpus ? 'ALLOCATED' : 'MIXED';
}

/** A state in one word, with the mark that Slurm sets behind it: `down*`, `alloc`, `drng`. */
interface Word {
  readonly compact: string;
  readonly long: string;
}

const words = {
  UNKNOWN: { compact: 'unk', long: 'unknown' },
  DOWN: { compact: 'down', long: 'down' },
  IDLE: { compact: 'idle', long: 'idle' },
  ALLOCATED: { compact: 'alloc', long: 'allocated' },
  MIXED: { compact: 'mix', long: 'mixed' },
  COMPLETING: { compact: 'comp', long: 'completing' },
  DRAINING: { compact: 'drng', long: 'draining' },
  DRAINED: { compact: 'drain', long: 'drained' },
  FAILING: { compact: 'failg', long: 'failing' },
  FAIL: { compact: 'fail', long: 'fail' },
  MAINT: { compact: 'maint', long: 'maint' },
  RESERVED: { compact: 'resv', long: 'reserved' },
} as const satisfies Readonly<Record<string, Word>>;

/** What a state is called in one word: flags come before the base, in Slurm's order. */
function nameOfState(state: NodeState): keyof typeof words {
  const { base } = state;
  const isBusy = state.isCompleting || base === 'ALLOCATED' || base === 'MIXED';
  if (state.isMaint && !state.isDrained && !isBusy && base !== 'DOWN') return 'MAINT';
  if (state.isDrained) return isBusy ? 'DRAINING' : 'DRAINED';
  if (state.isFailed) return isBusy ? 'FAILING' : 'FAIL';
  if (base === 'DOWN' || base === 'ALLOCATED') return base;
  if (state.isCompleting) return 'COMPLETING';
  return base === 'IDLE' && state.isReserved ? 'RESERVED' : base;
}

/** As sinfo's %t (`compact`) and %T print it. */
export function stateWord(state: NodeState, form: 'compact' | 'long'): string {
  const name = nameOfState(state);
  return words[name][form] + markOf(state, name);
}

/** `$` in maintenance, `*` without an answer, `+` while something has not quite ended. */
function markOf(state: NodeState, name: keyof typeof words): string {
  if (state.isMaint && name !== 'MAINT') return '$';
  if (state.isSilent) return '*';
  return name === 'ALLOCATED' && state.isCompleting ? '+' : '';
}

/** The flags beside the base, as scontrol and --json name them, in Slurm's order. */
export function flagsOf(state: NodeState): readonly string[] {
  const { isCompleting, isDrained, isFailed, isMaint, isReserved, isSilent } = state;
  return [
    ...(isCompleting ? ['COMPLETING'] : []),
    ...(isDrained ? ['DRAIN'] : []),
    ...(isFailed ? ['FAIL'] : []),
    ...(isMaint ? ['MAINTENANCE'] : []),
    ...(isReserved ? ['RESERVED'] : []),
    ...(isSilent ? ['NOT_RESPONDING'] : []),
  ];
}

/** As scontrol prints it: `MIXED`, `IDLE+COMPLETING`, `DOWN+NOT_RESPONDING`. */
export function stateWithFlags(state: NodeState): string {
  return [state.base, ...flagsOf(state)].join('+');
}

/** Slurm's numbers for the bases and the flags, by which sinfo orders: flags count more than the base. */
const ranks = { UNKNOWN: 0, DOWN: 1, IDLE: 2, ALLOCATED: 3, MIXED: 5 } as const;

export function stateRank(state: NodeState): number {
  return (
    ranks[state.base] +
    (state.isReserved ? 0x20 : 0) +
    (state.isDrained ? 0x200 : 0) +
    (state.isCompleting ? 0x400 : 0) +
    (state.isSilent ? 0x800 : 0) +
    (state.isFailed ? 0x2000 : 0) +
    (state.isMaint ? 0x8000 : 0)
  );
}

/** Why a node is out of use, who said so, and since when. */
export interface DownReason {
  readonly text: string;
  readonly user: string;
  /** As %U has it. */
  readonly userLong: string;
  /** Undefined where nobody knows. */
  readonly time: Seconds | undefined;
}

/** Undefined for a node of which nothing is said; what an administrator said comes first. */
export function downReason({ node, isAbsent, reasonUser = '' }: UsedNode): DownReason | undefined {
  const { presence, admin, since } = node;
  if (admin?.reason !== undefined) {
    const { text, uid, time } = admin.reason;
    return { text, user: reasonUser, userLong: `${reasonUser}(${uid})`, time };
  }
  if (presence === 'up') return undefined;
  const text = presence === 'lost' ? 'Not responding' : 'Daemon stopped';
  return { text, user: ownUser, userLong: ownUser, time: isAbsent === true ? undefined : since };
}

/** Who is said to have taken a node out of use where the cluster itself did. */
const ownUser = 'mgpu';
