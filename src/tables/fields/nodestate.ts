import type { Cluster } from '../../model/cluster.ts';
import type { NodeName } from '../../model/ids.ts';
import { type ActiveJob, isActive } from '../../model/job.ts';
import type { Node } from '../../model/node.ts';

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
}

export function usedNodes(cluster: Cluster): ReadonlyMap<NodeName, UsedNode> {
  const found = new Map<NodeName, UsedNode>();
  for (const [name, node] of cluster.nodes) found.set(name, { node, use: unused });
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
  return found;
}

/** Slurm's state of a node: one base, and flags. */
export interface NodeState {
  readonly base: 'DOWN' | 'IDLE' | 'ALLOCATED' | 'MIXED';
  /** Nothing runs on it any more, but something has not quite ended. */
  readonly isCompleting: boolean;
  readonly isSilent: boolean;
}

/**
 * By CPUs, as Slurm does it: a node all of whose GPUs are taken is MIXED as long as one of its CPUs is
 * free.
 */
export function nodeState({ node, use }: UsedNode): NodeState {
  const isCompleting = use.completing > 0 && use.running === 0;
  if (node.presence !== 'up') return { base: 'DOWN', isCompleting, isSilent: node.presence === 'lost' };
  return { base: baseOf(node, use), isCompleting, isSilent: false };
}

function baseOf(node: Node, use: NodeUse): NodeState['base'] {
  if (use.running === 0) return 'IDLE';
  return use.cpus >= node.record.cpus ? 'ALLOCATED' : 'MIXED';
}

const words = {
  DOWN: { compact: 'down', long: 'down', rank: 1 },
  IDLE: { compact: 'idle', long: 'idle', rank: 2 },
  ALLOCATED: { compact: 'alloc', long: 'allocated', rank: 3 },
  MIXED: { compact: 'mix', long: 'mixed', rank: 5 },
} as const;

/** As sinfo's %t (`compact`) and %T print it. */
export function stateWord(state: NodeState, form: 'compact' | 'long'): string {
  if (state.base === 'DOWN') return state.isSilent ? 'down*' : 'down';
  if (state.isCompleting) return form === 'compact' ? 'comp' : 'completing';
  return words[state.base][form];
}

/** As scontrol prints it: `MIXED`, `IDLE+COMPLETING`, `DOWN+NOT_RESPONDING`. */
export function stateWithFlags({ base, isCompleting, isSilent }: NodeState): string {
  return `${base}${isCompleting ? '+COMPLETING' : ''}${isSilent ? '+NOT_RESPONDING' : ''}`;
}

/** sinfo lists states by this number, the largest first: flags count more than the base. */
export function stateRank({ base, isCompleting, isSilent }: NodeState): number {
  return words[base].rank + (isCompleting ? 0x400 : 0) + (isSilent ? 0x800 : 0);
}

/** Why a node is out of use; undefined for one that is not. */
export function downReason({ presence }: Node): string | undefined {
  if (presence === 'up') return undefined;
  return presence === 'lost' ? 'Not responding' : 'Daemon stopped';
}

/** Who is said to have taken a node out of use. */
export const downUser = 'mgpu';
