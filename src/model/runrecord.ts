import { bool, type Infer, int, list, object, oneOf, text } from '../base/schema.ts';
import { jobIdSchema, nodeNameSchema, secondsSchema } from './ids.ts';
import { limits } from './limits.ts';
import { formatVersion } from './version.ts';

const name = text(limits.nameLength);

/** A GPU as the processes of a job were given it. */
const gpuSchema = object({ index: int(0, limits.gpusPerNode - 1) }, { uuid: name });

/**
 * Where an attempt of a job really runs, written into the job's room by the node that launches it. What was
 * claimed stands in the log; this is the witness that both agree.
 */
export const runRecordSchema = object({
  jobId: jobIdSchema,
  attempt: int(1, limits.tasksPerJob),
  node: nodeNameSchema,
  /** What the machine calls itself, which need not be the node's name. */
  hostName: name,
  addresses: list(name, 64),
  pid: int(1),
  /**
   * When the process started, in clock ticks since boot: with `bootId` it tells a pid from the same pid
   * reused.
   */
  startTicks: int(0),
  bootId: name,
  gpus: list(gpuSchema, limits.gpusPerNode),
  time: secondsSchema,
});
export type RunRecord = Infer<typeof runRecordSchema>;

/** How an attempt ended, as its shim wrote it. `launched` false: nothing ran. */
export const exitRecordSchema = object(
  {
    mgpu: oneOf('exit'),
    format: int(1, formatVersion),
    attempt: int(1),
    code: int(0, 255),
    signal: int(0, 127),
    launched: bool,
  },
  {
    /** Processor time of all processes that were waited for, in hundredths of a second. */
    userTicks: int(0),
    systemTicks: int(0),
  },
);
