import { isMgpuError, MgpuError } from '../base/error.ts';
import { checked } from '../base/schema.ts';
import {
  killWaitVariable,
  type StepOrder,
  stepMarkVariable,
  stepOrderSchema,
  stepOrderVariable,
} from '../model/step.ts';
import { clientWatch } from '../step/clientwatch.ts';
import { findMeeting } from '../step/meet.ts';
import { baseEnvironment } from '../step/plan.ts';
import { type Supervision, supervise } from '../step/supervise.ts';
import { partNonce, takePart } from '../step/takepart.ts';
import { jobRoom, type StepRoom, stepRoom } from '../store/layout.ts';
import { type LaunchFile, readLaunchFile } from '../store/rooms.ts';
import { systemBells } from '../system/bells.ts';
import { systemClock } from '../system/clock.ts';
import { endSignals } from '../system/endsignals.ts';
import { asyncFiles } from '../system/files.ts';
import { leave } from '../system/leave.ts';
import { isPortFree } from '../system/ports.ts';
import { isHere, systemProcesses } from '../system/processes.ts';
import { createRoomWatcher } from '../system/roomwatch.ts';
import { systemTaskPipes } from '../system/taskpipes.ts';
import { systemTasks } from '../system/tasks.ts';
import { kinOf } from './stepd/kin.ts';

/**
 * The step supervisor: `mgpu_stepd ROOM`, started by the shim as the first process of an interactive job, or
 * `mgpu_stepd STEP PART` for a node's part of a step within a job.
 */
export async function main(program: string): Promise<void> {
  try {
    process.exitCode = await run(program, process.argv.slice(2));
  } catch (error) {
    if (!isMgpuError(error)) throw error;
    process.stderr.write(`${program}: error: ${error.message}\n`);
    process.exitCode = 1;
  }
  // A timer of the grace or a stream of a child's child must not keep an ended step.
  leave();
}

async function run(program: string, [path, part]: readonly string[]): Promise<number> {
  const endAsked = endSignals();
  if (path === undefined)
    throw new MgpuError('ORDER', 'a room is missing: nodes start this program, not people');
  const given = { files: asyncFiles(), endAsked, program };
  return part === undefined ? runFirst(path, given) : runPart(stepRoom(path), Number(part), given);
}

type Given = Pick<Supervision, 'files' | 'endAsked'> & { readonly program: string };

/** Step 0 of an interactive job: the order comes with the environment, the command lies in the job's room. */
async function runFirst(path: string, given: Given): Promise<number> {
  const order = readOrder();
  const room = jobRoom(path);
  const launch = await readLaunchFile(given.files, room.launch);
  const inherited = { ...process.env } as Readonly<Record<string, string>>;
  takeUmask(inherited['SLURM_UMASK']);
  const environment = baseEnvironment(inherited, launch.environment, order.workDir);
  return supervise(supervision({ ...given, room: room.firstStep, order, launch, environment }));
}

/** A part of a step within a job: unless somebody else has it. */
async function runPart(room: StepRoom, number: number, given: Given): Promise<number> {
  const { files } = given;
  const processes = systemProcesses();
  const clock = systemClock();
  const identity = await processes.identityOf(process.pid);
  const part = await takePart({ files, identity, time: clock.now() }, room, number);
  if (part === 'taken') return takenExitCode;
  const launch = await readLaunchFile(files, room.launch);
  const environment = new Map(Object.entries(launch.environment));
  // As within a batch job: the process above the tasks, of which nobody knows the numbers before they start.
  const own = { SLURM_TASK_PID: String(process.pid), ...part.variables, ...marks() };
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined) environment.delete(name);
    else environment.set(name, value);
  }
  takeUmask(environment.get('SLURM_UMASK'));
  const { order, request } = part;
  const task = { room, order, launch, environment: Object.fromEntries(environment) };
  return supervise({
    ...supervision({ ...given, ...task }),
    nonce: partNonce('step', { part: number, pid: process.pid }),
    isClientGone: clientWatch(
      { files, clock, isAlive: async (one) => (isHere(one, processes) ? processes.isAlive(one) : undefined) },
      room,
      request.client,
    ),
    kin: kinOf(process.env[stepMarkVariable] ?? ''),
    ...(request.distributed === true && {
      findMeeting: (isOver: () => boolean) => {
        const nonce = partNonce('meeting', { part: number, pid: process.pid });
        return findMeeting({ files, clock, room, request, part: number, nonce, isPortFree }, isOver);
      },
    }),
  });
}

/** For whoever started it: somebody was first. */
const takenExitCode = 75;

/** By which the daemon finds the job's processes, and the supervisor its step's. */
function marks(): Readonly<Record<string, string | undefined>> {
  const names = ['MGPU_JOB_MARK', stepMarkVariable];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

type Parts = Given & Pick<Supervision, 'room' | 'order' | 'environment'> & { readonly launch: LaunchFile };

function supervision(parts: Parts): Supervision {
  const { files, endAsked, program, room, order, environment, launch } = parts;
  const killWaitSeconds = Number(process.env[killWaitVariable] ?? killWaitSecondsDefault);
  return {
    files,
    tasks: systemTasks(),
    clock: systemClock(),
    watcher: watchRoom(room),
    room,
    order,
    command: launch.args,
    ...(launch.programs !== undefined && { programs: launch.programs }),
    ...(launch.hooks !== undefined && { hooks: launch.hooks }),
    ...(launch.terminal !== undefined && { terminal: launch.terminal }),
    ...(launch.limits !== undefined && { limits: launch.limits }),
    ...(launch.bcast !== undefined && { bcast: launch.bcast }),
    environment,
    bells: systemBells(),
    nonce: `step-${process.pid}`,
    // The daemon kills all of the job when its wait is over; this comes before it, so that the end gets
    // noted.
    graceMs: killWaitSeconds * 900,
    endAsked,
    live: {
      bootId: systemProcesses().bootId(),
      pipes: systemTaskPipes(),
      // Loaded where somebody is to be connected with.
      net: {
        connect: async (...given) => (await import('../system/live.ts')).systemLive().connect(...given),
      },
    },
    warn: (message) => void process.stderr.write(`${program}: ${message}\n`),
  };
}

const killWaitSecondsDefault = 30;

function takeUmask(umask: string | undefined): void {
  if (umask !== undefined && /^[0-7]{1,4}$/.test(umask)) process.umask(Number.parseInt(umask, 8));
}

function readOrder(): StepOrder {
  const text = process.env[stepOrderVariable];
  if (text === undefined)
    throw new MgpuError('ORDER', `${stepOrderVariable} is not set: nodes start this program`);
  return checked(stepOrderSchema, JSON.parse(text), stepOrderVariable);
}

/** What tasks write there themselves wakes nobody. */
function watchRoom(room: StepRoom): ReturnType<typeof createRoomWatcher> {
  const watcher = createRoomWatcher((name) => /(?:^|\.)(?:stdin(?:\.end)?|control\.\d+)$/.test(name));
  watcher.add(room.path);
  return watcher;
}
