import { type Infer, int, list, object, oneOf, text } from '../base/schema.ts';
import { nodeNameSchema, secondsSchema, uidSchema } from './ids.ts';
import { limits } from './limits.ts';

const name = text(limits.nameLength);
const kb = int(0);

/**
 * What the processes of a step used, as far as their nodes looked: the largest and the mean of its tasks, in
 * KiB; processor time in ms; bytes of the disk.
 */
export const stepUsageSchema = object(
  {},
  {
    tasks: int(0),
    maxRssKb: kb,
    aveRssKb: kb,
    maxRssNode: nodeNameSchema,
    maxRssTask: int(0),
    maxVmKb: kb,
    aveVmKb: kb,
    maxVmNode: nodeNameSchema,
    maxVmTask: int(0),
    maxPages: int(0),
    avePages: int(0),
    /** The least and the mean processor time of a task. */
    minCpuMs: int(0),
    aveCpuMs: int(0),
    minCpuNode: nodeNameSchema,
    minCpuTask: int(0),
    userMs: int(0),
    systemMs: int(0),
    maxReadBytes: int(0),
    aveReadBytes: int(0),
    maxWriteBytes: int(0),
    aveWriteBytes: int(0),
    /** As far as the GPUs' driver tells: of a task's processes, on all of their GPUs. */
    maxGpuMemoryMb: int(0),
    aveGpuMemoryMb: int(0),
    maxGpuPercent: int(0),
    aveGpuPercent: int(0),
  },
);
export type StepUsage = Infer<typeof stepUsageSchema>;

/** A step as the accounting keeps it. */
const stepRecordSchema = object(
  {
    step: int(0, limits.stepIdMax),
    name,
    startTime: secondsSchema,
    state: oneOf('RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT'),
    exitCode: object({ code: int(0, 255), signal: int(0, 127) }),
    ntasks: int(1, limits.tasksPerJob),
    cpus: int(0, limits.cpusPerNode * limits.nodesPerJob),
    memoryMb: int(0),
    /** Its nodes, and how many devices it had on each. */
    nodes: list(object({ node: nodeNameSchema, gpus: int(0, limits.gpusPerNode) }), limits.nodesPerJob),
  },
  {
    endTime: secondsSchema,
    endedBy: uidSchema,
    distribution: name,
    usage: stepUsageSchema,
  },
);
export type StepRecord = Infer<typeof stepRecordSchema>;

/** What is kept of an attempt's steps when it ends. */
export const stepsKeptSchema = {
  /** The newest, in the order of their numbers. */
  steps: list(stepRecordSchema, limits.stepsKept),
  /** How many older ones are not among them. */
  stepsLeftOut: int(0),
  /** Of the batch script, or of step 0 of an interactive job. */
  usage: stepUsageSchema,
} as const;
export interface StepsKept {
  readonly steps?: readonly StepRecord[];
  readonly stepsLeftOut?: number;
  readonly usage?: StepUsage;
}

/** The worst of a job's steps, for DerivedExitCode: any code is worse than a signal (observed). */
export function derivedExitCode(steps: readonly StepRecord[]): { code: number; signal: number } {
  const none = { code: 0, signal: 0 };
  const worst = ({ code, signal }: typeof none): number => code * 256 + signal;
  return steps.reduce((most, { exitCode }) => (worst(exitCode) > worst(most) ? exitCode : most), none);
}
