import type { EndsSeen } from '../core/accountable.ts';
import type { GpuUse } from '../core/samples.ts';
import type { Cluster } from '../model/cluster.ts';
import type { JobId, Seconds } from '../model/ids.ts';
import type { GpuTrouble } from '../model/node.ts';
import type { StepsKept } from '../model/steprecord.ts';
import type { Lease } from './lease.ts';
import type { Runs } from './run.ts';
import type { Sampling } from './sample.ts';
import { newSettingsMemory, type SettingsMemory } from './settings.ts';
import type { StepsSeen } from './stepparts.ts';

/** An attempt that a lost node can not tell of: see the event `attemptLost`. */
export interface LostAttempt {
  readonly id: JobId;
  readonly attempt: number;
  readonly node: string;
  readonly incarnation: string;
}

/** What the daemon remembers from tick to tick; all of it can be lost at any moment. */
export interface Memory {
  readonly runs: Runs;
  /** Somebody rang for the look that goes on now. */
  isRung: boolean;
  /** Rooms made for tasks of arrays and not yet used. */
  spareIds: readonly JobId[];
  /** Requests that are committed and taken out of the inbox, but not yet forgotten. */
  forgettable: readonly string[];
  /** What lies in the inbox, is no request and cannot be moved; it is looked at again from then on. */
  passedOver: { readonly names: ReadonlySet<string>; readonly untilMs: number };
  /** Troubles of this node's GPUs as last probed; undefined until then. */
  gpuTroubles: readonly GpuTrouble[] | undefined;
  /** What processes have of this node's GPUs, as last probed. */
  gpuUse: GpuUse;
  /** What the GPU probe complained of last, so that each complaint is logged once. */
  gpuProblems: readonly string[];
  /** Nodes whose heartbeat stands still, with the life it belongs to. */
  lostNodes: readonly { readonly node: string; readonly incarnation: string }[];
  /** Attempts on lost nodes that have no process any more. */
  lostAttempts: readonly LostAttempt[];
  /** Attempts of lost nodes that were looked at and have to wait for their node, by `runKey`. */
  readonly keptAttempts: Set<string>;
  /** What this node held for attempts that are over for the cluster, and nothing is left of, by `runKey`. */
  readonly goneRemnants: Set<string>;
  /** The steps of jobs that have something of this node, by `runKey`. */
  readonly steps: Map<string, StepsSeen>;
  /** Jobs that began on other nodes and are being ended here, by `runKey`. */
  readonly hostedEnding: Map<string, { readonly sinceMs: number; readonly isGone: boolean }>;
  /** What is to be told of the steps of jobs that are over here, by `runKey`. */
  readonly stepsKept: Map<string, StepsKept>;
  /** What was measured of this node's jobs, by `runKey`. */
  readonly samplings: Map<string, Sampling>;
  /** The lease that this node's requeueable jobs run under. */
  lease: Lease | undefined;
  /** Which format the spool was raised to; the log follows when a daemon says so there. */
  spoolFormat: number;
  readonly settings: SettingsMemory;
  /** Up to where the log is known to be durable: own commits are, those of others perhaps not yet. */
  durableSeq: number;
  /** From which commit on it is worth while to try a checkpoint. */
  saveFrom: number;
  /** Rooms that are to be removed, at first all of jobs that left the state, and when it is tried again. */
  roomsLeft: readonly JobId[] | 'all';
  sweepAtMs: number;
  /** Temporaries that lay in folders of the spool, and when to look again. */
  leftovers: { readonly seen: ReadonlySet<string>; readonly nextMs: number };
  /** When this daemon saw jobs end, by its monotonic clock. */
  endsSeen: EndsSeen;
  /** The state that was planned last, when, until when that holds, and whether something could start. */
  planned:
    | {
        readonly cluster: Cluster;
        readonly time: Seconds;
        readonly due: Seconds;
        readonly hasStarts: boolean;
      }
    | undefined;
  /** Since when, by the monotonic clock, work has waited for whoever has the scheduling lock. */
  lockedOutSinceMs: number | undefined;
}

export function newMemory(spoolFormat: number): Memory {
  return {
    runs: new Map(),
    isRung: false,
    spareIds: [],
    forgettable: [],
    passedOver: { names: new Set(), untilMs: 0 },
    gpuTroubles: undefined,
    gpuUse: new Map(),
    gpuProblems: [],
    lostNodes: [],
    lostAttempts: [],
    keptAttempts: new Set(),
    goneRemnants: new Set(),
    steps: new Map(),
    hostedEnding: new Map(),
    stepsKept: new Map(),
    samplings: new Map(),
    lease: undefined,
    spoolFormat,
    settings: newSettingsMemory(),
    durableSeq: 0,
    saveFrom: 0,
    roomsLeft: 'all',
    sweepAtMs: Number.NEGATIVE_INFINITY,
    leftovers: { seen: new Set(), nextMs: Number.NEGATIVE_INFINITY },
    endsSeen: new Map(),
    planned: undefined,
    lockedOutSinceMs: undefined,
  };
}
