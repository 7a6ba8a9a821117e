import { bool, type Infer, int, list, object, oneOf, text } from '../base/schema.ts';
import { bellsSchema } from './bell.ts';
import { jobIdSchema, nodeNameSchema, secondsSchema, uidSchema } from './ids.ts';
import { limits } from './limits.ts';
import { rangesSchema } from './ranges.ts';
import { timeLimitSchema } from './spec.ts';
import { windowSchema } from './window.ts';
import { wiringNameSchema } from './wiring.ts';

/*
 * A step within an allocation, as its files in the job's room tell of it. It costs no commit: whoever makes
 * the folder of its number has the number; a step's turn comes when the steps with lower numbers that have
 * not ended leave it room; and each of its parts is started by whoever takes the part's marker first.
 */

const name = text(limits.nameLength);
const path = text(limits.pathLength);
const memoryMb = int(0, limits.memoryMbMax);

/** A process on a machine; `space` is its namespace of process numbers. */
const clientSchema = object({ pid: int(1), startTicks: int(0), bootId: name, space: name });
export type StepClient = Infer<typeof clientSchema>;

/** What a step takes of one of its job's nodes. */
const stepShareSchema = object(
  {
    node: nodeNameSchema,
    /** The real host's name up to its first dot. */
    host: name,
    tasks: rangesSchema,
    cpus: int(0, limits.cpusPerNode),
    memoryMb,
    /** How many of the job's devices there. */
    gpus: int(0, limits.gpusPerNode),
  },
  {
    /** srun is part of the job there and starts the supervisor itself. */
    isDirect: bool,
    /** What the node is plugged into. */
    wiring: object({}, { rack: wiringNameSchema, switch: wiringNameSchema }),
    /** AMD's devices: their runtime counts anew behind ROCR_VISIBLE_DEVICES. */
    gpuVendor: oneOf('amd'),
    /** The machine, as tasks are told it. */
    facts: object({ hostName: name, bootId: name, addresses: list(name, 64) }),
    uuids: list(object({ index: int(0, limits.gpusPerNode - 1), uuid: name }), limits.gpusPerNode),
  },
);
export type StepShare = Infer<typeof stepShareSchema>;

export const stepRequestSchema = object(
  {
    mgpu: oneOf('step-request'),
    format: int(1),
    jobId: jobIdSchema,
    attempt: int(1, limits.tasksPerJob),
    step: int(0, limits.stepIdMax),
    name,
    jobName: name,
    user: name,
    uid: uidSchema,
    /** When it was asked for, by the clock of whoever did. */
    time: secondsSchema,
    /** Where srun runs, for people. */
    host: name,
    workDir: path,
    ntasks: int(1, limits.tasksPerJob),
    shares: list(stepShareSchema, limits.nodesPerJob),
    client: clientSchema,
  },
  {
    /** It takes nothing from others, and they nothing from it. */
    overlap: bool,
    cpusPerTask: int(1, limits.cpusPerNode),
    gpusPerTask: int(1, limits.gpusPerNode),
    gpuBind: name,
    timeLimit: timeLimitSchema,
    distribution: name,
    tresPerNode: name,
    label: bool,
    output: path,
    error: path,
    input: path,
    openMode: oneOf('truncate', 'append'),
    /** Its tasks are told where to meet: see model/meeting. */
    distributed: bool,
    /** Where srun is rung when something of the step has ended. */
    bells: bellsSchema,
  },
);
export type StepRequest = Infer<typeof stepRequestSchema>;

/** A step's turn has come: the devices that it has on each of its nodes. */
export const stepGrantSchema = object({
  mgpu: oneOf('step-grant'),
  format: int(1),
  time: secondsSchema,
  gpus: list(list(int(0, limits.gpusPerNode - 1), limits.gpusPerNode), limits.nodesPerJob),
});
export type StepGrant = Infer<typeof stepGrantSchema>;

/** On which port of the node of task 0 the tasks of a distributed step meet. */
export const stepMeetingSchema = object({
  mgpu: oneOf('step-meeting'),
  format: int(1),
  port: int(1, 65_535),
});
export type StepMeeting = Infer<typeof stepMeetingSchema>;

/** Who supervises a part of a step. */
export const stepStartSchema = object({
  mgpu: oneOf('step-start'),
  format: int(1),
  pid: int(1),
  startTicks: int(0),
  bootId: name,
  time: secondsSchema,
});
export type StepStart = Infer<typeof stepStartSchema>;

/** What is asked of a step's supervisors. */
export const stepControlSchema = object(
  {
    mgpu: oneOf('step-control'),
    format: int(1),
    /** `signal`: for the tasks to make of it what they like. `end`: the step is over, by it first. */
    kind: oneOf('signal', 'end'),
    signal: int(1, 64),
    uid: uidSchema,
    time: secondsSchema,
  },
  {
    /** With SIGWINCH: what the window of the first task's terminal is now. */
    window: windowSchema,
  },
);
export type StepControl = Infer<typeof stepControlSchema>;
