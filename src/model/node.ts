import { bool, type Infer, int, list, object, oneOf, text } from '../base/schema.ts';
import { jobIdSchema, nodeNameSchema, nonceSchema, secondsSchema, uidSchema } from './ids.ts';
import { nodeShareSchema } from './job.ts';
import { limits } from './limits.ts';
import { wiringNameSchema } from './wiring.ts';

const name = text(limits.nameLength);

/** A GPU as the cluster knows it; more about it stands in the node's inventory file. */
const nodeGpuSchema = object(
  { index: int(0, limits.gpusPerNode - 1), type: name, model: name },
  { uuid: name, memoryMb: int(0, limits.memoryMbMax), vendor: oneOf('nvidia', 'amd', 'intel', 'declared') },
);
export type NodeGpu = Infer<typeof nodeGpuSchema>;

/** What a daemon says of its node when it registers. */
export const nodeRecordSchema = object(
  {
    name: nodeNameSchema,
    hostName: name,
    addresses: list(name, 64),
    bootId: name,
    /** Drawn anew at every start of the daemon: the newest one owns the name. */
    incarnation: nonceSchema,
    cpus: int(1, limits.cpusPerNode),
    sockets: int(1, limits.cpusPerNode),
    coresPerSocket: int(1, limits.cpusPerNode),
    threadsPerCore: int(1, limits.cpusPerNode),
    memoryMb: int(1, limits.memoryMbMax),
    gpus: list(nodeGpuSchema, limits.gpusPerNode),
    architecture: name,
    osRelease: name,
    version: name,
  },
  {
    features: list(name, 256),
    /** The newest format that its program knows; missing: 1. */
    format: int(1),
    /**
     * Set where the node's requeueable jobs are ended unless its heartbeat has reached the spool for so long:
     * they may be tried elsewhere when it is lost.
     */
    leaseSeconds: int(1),
    /** Nodes with a lower weight are taken first (format 3; missing: 1). */
    weight: int(0, 2 ** 32 - 1),
    /** Temporary space, in MiB (format 3). */
    tmpMb: int(0, limits.memoryMbMax),
    boards: int(1, limits.cpusPerNode),
    /** Where it is plugged in, as its daemon was told: what `cluster.yaml` says counts less (format 3). */
    rack: wiringNameSchema,
    switch: wiringNameSchema,
    /** When its machine was booted (format 3). */
    bootTime: secondsSchema,
    /** The UDP port at which its daemon is told to look now; missing: it listens on none. */
    port: int(1, 65_535),
  },
);
export type NodeRecord = Infer<typeof nodeRecordSchema>;

/** How busy a node is, whoever keeps it so; with each heartbeat, and only shown. */
export const loadSchema = object(
  {
    /** The system's load of the last minute, in hundredths. */
    cpuLoad: int(0, 2 ** 32 - 3),
    freeMemoryMb: int(0, limits.memoryMbMax),
  },
  {
    /** How often its daemon was rung, and how many looks came of that. */
    rings: int(0),
    looks: int(0),
  },
);
export type NodeLoad = Infer<typeof loadSchema>;

/** A GPU that may not be claimed now, and why: processes from outside hold it, or it is ill. */
export const gpuTroubleSchema = object({
  index: int(0, limits.gpusPerNode - 1),
  kind: oneOf('busy', 'failed', 'unknown'),
  reason: name,
});
export type GpuTrouble = Infer<typeof gpuTroubleSchema>;

/**
 * What a node holds for an attempt that is over for the cluster, until the node says that nothing is left.
 */
const remnantSchema = object({
  id: jobIdSchema,
  attempt: int(1, limits.tasksPerJob),
  share: nodeShareSchema,
});
export type Remnant = Infer<typeof remnantSchema>;

/** Why a node is out of service, and who said so when. */
const nodeReasonSchema = object({ text: text(limits.textLength), uid: uidSchema, time: secondsSchema });
export type NodeReason = Infer<typeof nodeReasonSchema>;

/** What an administrator said of a node; Slurm keeps the two apart (format 3). */
export const nodeAdminSchema = object(
  {},
  {
    /** Takes no new jobs; what runs there runs on. */
    isDrained: bool,
    /** Takes no new jobs; what ran there was ended. */
    isDown: bool,
    /** Takes no new jobs, for it is expected to fail. */
    isFailed: bool,
    reason: nodeReasonSchema,
    comment: text(limits.textLength),
    /** Another text of no meaning to us. */
    extra: text(limits.textLength),
    /** In place of those of its record. */
    features: list(name, 256),
    /** Those that it has at present; missing: all. */
    activeFeatures: list(name, 256),
    weight: int(0, 2 ** 32 - 1),
  },
);
export type NodeAdmin = Infer<typeof nodeAdminSchema>;

/**
 * `up`: its daemon lives as far as is known. `stopped`: its daemon said goodbye; jobs there run on.
 * `lost`: its heartbeat stands still.
 */
export const nodeSchema = object(
  {
    record: nodeRecordSchema,
    presence: oneOf('up', 'stopped', 'lost'),
    since: secondsSchema,
    registered: secondsSchema,
    gpuTroubles: list(gpuTroubleSchema, limits.gpusPerNode),
  },
  { remnants: list(remnantSchema, limits.jobIdMax), admin: nodeAdminSchema },
);
export type Node = Infer<typeof nodeSchema>;

/** True for a node that new jobs may be given: its daemon is there, and nobody took it out of use. */
export function nodeTakesJobs({ presence, admin }: Pick<Node, 'presence' | 'admin'>): boolean {
  return presence === 'up' && !isOutOfUse(admin);
}

/** True where an administrator lets no new jobs go there. */
export function isOutOfUse(admin: NodeAdmin | undefined): boolean {
  return admin?.isDrained === true || admin?.isDown === true || admin?.isFailed === true;
}

/** What jobs may ask for with --constraint. */
export function featuresOf({ record, admin }: Node): readonly string[] {
  return admin?.features ?? record.features ?? [];
}

export function activeFeaturesOf(node: Node): readonly string[] {
  return node.admin?.activeFeatures ?? featuresOf(node);
}

/** Nodes with a lower weight are taken first. */
export function weightOf({ record, admin }: Node): number {
  return admin?.weight ?? record.weight ?? 1;
}
