import { isMgpuError, MgpuError } from '../base/error.ts';
import { checked } from '../base/schema.ts';
import { killWaitVariable, type StepOrder, stepOrderSchema, stepOrderVariable } from '../model/step.ts';
import { baseEnvironment } from '../step/plan.ts';
import { supervise } from '../step/supervise.ts';
import { type JobRoom, jobRoom } from '../store/layout.ts';
import { readLaunchFile } from '../store/rooms.ts';
import { systemClock } from '../system/clock.ts';
import { endSignals } from '../system/endsignals.ts';
import { asyncFiles } from '../system/files.ts';
import { createRoomWatcher } from '../system/roomwatch.ts';
import { systemTasks } from '../system/tasks.ts';

/** The step supervisor: `mgpu_stepd ROOM`, started by the shim as the first process of an interactive job. */
export async function main(program: string): Promise<void> {
  try {
    process.exitCode = await run(program, process.argv.slice(2));
  } catch (error) {
    if (!isMgpuError(error)) throw error;
    process.stderr.write(`${program}: error: ${error.message}\n`);
    process.exitCode = 1;
  }
  // A timer of the grace or a stream of a child's child must not keep an ended step.
  process.exit();
}

async function run(program: string, [path]: readonly string[]): Promise<number> {
  const endAsked = endSignals();
  const order = readOrder();
  if (path === undefined)
    throw new MgpuError('ORDER', 'a room is missing: nodes start this program, not people');
  const room = jobRoom(path);
  const files = asyncFiles();
  const { args, environment } = await readLaunchFile(files, room.launch);
  const inherited = { ...process.env } as Readonly<Record<string, string>>;
  const umask = inherited['SLURM_UMASK'];
  if (umask !== undefined && /^[0-7]{1,4}$/.test(umask)) process.umask(Number.parseInt(umask, 8));
  const watcher = watchInput(room);
  const killWaitSeconds = Number(inherited[killWaitVariable] ?? killWaitSecondsDefault);
  return supervise({
    files,
    tasks: systemTasks(),
    clock: systemClock(),
    watcher,
    room,
    order,
    command: args,
    environment: baseEnvironment(inherited, environment, order.workDir),
    nonce: `step-${process.pid}`,
    // The daemon kills all of the job when its wait is over; this comes before it, so that the end gets
    // noted.
    graceMs: killWaitSeconds * 900,
    endAsked,
    warn: (message) => void process.stderr.write(`${program}: ${message}\n`),
  });
}

const killWaitSecondsDefault = 30;

function readOrder(): StepOrder {
  const text = process.env[stepOrderVariable];
  if (text === undefined)
    throw new MgpuError('ORDER', `${stepOrderVariable} is not set: nodes start this program`);
  return checked(stepOrderSchema, JSON.parse(text), stepOrderVariable);
}

function watchInput(room: JobRoom): ReturnType<typeof createRoomWatcher> {
  const names = new Set([room.stdin, room.stdinEnd].map((path) => path.slice(room.path.length + 1)));
  const watcher = createRoomWatcher((name) => names.has(name));
  watcher.add(room.path);
  return watcher;
}
