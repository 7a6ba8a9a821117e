import { MgpuError } from '../base/error.ts';
import { type StepExit, type StepOrder, stepExitCode, type TaskEnd } from '../model/step.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { OpenFile, RunningTask, SystemFault, TaskLaunch, Tasks } from '../ports/tasks.ts';
import type { Watcher } from '../ports/watch.ts';
import type { JobRoom } from '../store/layout.ts';
import { encodeText, replace } from '../store/put.ts';
import { feedTask } from './feed.ts';
import { planTasks, type StreamPlace, type TaskPlan } from './plan.ts';

/*
 * The life of a step supervisor: it opens the tasks' files, starts the tasks on them, feeds them what srun
 * sends, waits for all of them, leaves `step.N.exit` in the job's room and ends with the worst of their
 * codes, which becomes the job's. The tasks write into their files themselves. It survives its daemon and
 * its srun; when it is killed, the shim's exit record tells how the job ended, and no `step.N.exit` is
 * there.
 */

export interface Supervision {
  readonly files: Files;
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly watcher: Watcher;
  readonly room: JobRoom;
  readonly order: StepOrder;
  readonly command: readonly string[];
  /** What all tasks have in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** A name that nobody else uses for a temporary. */
  readonly nonce: string;
  /** From SIGTERM to SIGKILL, in ms. */
  readonly graceMs: number;
  /** Settles when the step is to end; `all` if the tasks have been told already. */
  readonly endAsked: Promise<'us' | 'all'>;
  /** For what nobody can be told better: the step's log. */
  warn(message: string): void;
}

/** Runs the step to its end; gives the exit code. */
export async function supervise(step: Supervision): Promise<number> {
  const exit = await runTasks(step);
  try {
    await writeExit(step, exit);
  } catch (error) {
    // A full disk takes the record from srun, but not the tasks' end from the job.
    if (!(error instanceof MgpuError)) throw error;
    step.warn(error.message);
  }
  return stepExitCode(exit);
}

async function runTasks(step: Supervision): Promise<StepExit> {
  const exit: StepExit = { mgpu: 'step-exit', format: 1, step: step.order.step, tasks: [] };
  const opened: OpenFile[] = [];
  try {
    const places = await openPlaces(step, opened);
    const workDir = await chooseWorkDir(step);
    const started = await Promise.all(places.map((place) => startTask(step, place, workDir)));
    await closeAll(opened);
    return { ...exit, tasks: await waitForAll(step, started) };
  } catch (error) {
    if (!(error instanceof StreamFault)) throw error;
    await closeAll(opened);
    return { ...exit, failure: error.message };
  }
}

async function closeAll(opened: readonly OpenFile[]): Promise<void> {
  for (const file of opened) await file.close();
}

/** Slurm's sentence about a file that cannot be opened (err.srun.output). */
class StreamFault extends Error {}

/** A task with its files open. */
interface TaskPlace {
  readonly plan: TaskPlan;
  readonly input: TaskLaunch['input'];
  readonly output: OpenFile | 'none';
  readonly error: OpenFile | 'none';
}

/**
 * Opens all files before any task starts. What is written is opened once, so that no task empties
 * another's.
 */
async function openPlaces(step: Supervision, opened: OpenFile[]): Promise<readonly TaskPlace[]> {
  const written = new Map<string, OpenFile>();
  const open = async (path: string, opening: Opening): Promise<OpenFile> => {
    const file = await openStream(step, path, opening);
    opened.push(file);
    return file;
  };
  const place = async (at: StreamPlace, stream: Opening['stream']): Promise<OpenFile | 'none'> => {
    if (at === 'none') return 'none';
    const how = at.isOwn ? 'truncate' : (step.order.openMode ?? 'truncate');
    const file =
      written.get(at.path) ?? (await open(at.path, { how, stream, mode: at.isOwn ? 0o600 : 0o666 }));
    written.set(at.path, file);
    return file;
  };
  const fed: 'fed' | 'none' = (await isInputEmpty(step)) ? 'none' : 'fed';
  const inputOf = async ({ input }: TaskPlan): Promise<TaskLaunch['input']> => {
    if (typeof input !== 'string') return open(input.path, { how: 'read', stream: 'stdin', mode: 0 });
    return input === 'none' ? 'none' : fed;
  };
  const places: TaskPlace[] = [];
  for (const plan of planTasks(step.order, step.environment, step.room)) {
    const input = await inputOf(plan);
    const output = await place(plan.output, 'stdout');
    places.push({ plan, input, output, error: await place(plan.error, 'stderr') });
  }
  return places;
}

/** True when srun has nothing to send, as in scripts: /dev/null says the same and spares a pipe. */
async function isInputEmpty({ files, room }: Supervision): Promise<boolean> {
  return (await files.stat(room.stdinEnd)) !== undefined && (await files.stat(room.stdin)) === undefined;
}

interface Opening {
  readonly how: Parameters<Tasks['open']>[1];
  readonly stream: 'stdin' | 'stdout' | 'stderr';
  readonly mode: number;
}

async function openStream({ tasks }: Supervision, path: string, opening: Opening): Promise<OpenFile> {
  const { how, stream, mode } = opening;
  try {
    return await tasks.open(path, how, mode);
  } catch (error) {
    if (!(error instanceof MgpuError)) throw error;
    throw new StreamFault(`Could not open ${stream} file: ${error.message.slice(path.length + 2)}`);
  }
}

interface WorkDir {
  readonly path: string;
  /** What every task is told of it. */
  readonly warning?: string;
}

/** A folder that cannot be used is no error to Slurm: the tasks run in /tmp and are told. */
async function chooseWorkDir({ tasks, order }: Supervision): Promise<WorkDir> {
  const fault = await tasks.folderFault(order.workDir);
  if (fault === undefined) return { path: order.workDir };
  const why = `couldn't chdir to \`${order.workDir}': ${fault.words}`;
  return { path: '/tmp', warning: `slurmstepd: error: ${why}: going to /tmp instead\n` };
}

interface StartedTask {
  readonly task: number;
  readonly outcome: RunningTask | SystemFault;
}

async function startTask(step: Supervision, place: TaskPlace, workDir: WorkDir): Promise<StartedTask> {
  const { plan, input, output, error } = place;
  const say = async (line: string): Promise<void> => {
    if (error !== 'none') await error.write(line);
  };
  // Slurm says it twice, for the step and for its task.
  if (workDir.warning !== undefined) await say(workDir.warning.repeat(plan.task === 0 ? 2 : 1));
  const { command, tasks } = step;
  const { environment, task } = plan;
  const outcome = await tasks.start({ command, environment, workDir: workDir.path, input, output, error });
  if ('errno' in outcome) await say(`slurmstepd: error: execve(): ${command[0] ?? ''}: ${outcome.words}\n`);
  else if (input === 'fed') feed(step, outcome);
  return { task, outcome };
}

/**
 * Feeding goes on beside everything else; a fault of the file server ends the task's input and not the
 * task.
 */
function feed({ files, room, watcher }: Supervision, task: RunningTask): void {
  const wait = (timeoutMs: number): Promise<void> => watcher.wait(timeoutMs);
  feedTask({ files, room, wait }, task).catch((error: unknown) => {
    if (!(error instanceof MgpuError)) throw error;
    task.endInput();
  });
}

async function waitForAll(step: Supervision, started: readonly StartedTask[]): Promise<readonly TaskEnd[]> {
  const running = started.flatMap(({ outcome }) => ('errno' in outcome ? [] : [outcome]));
  // It ends by itself with the tasks, or not before this process does.
  void endWhenAsked(step, running);
  const ends: TaskEnd[] = [];
  for (const { task, outcome } of started) {
    if ('errno' in outcome) ends.push({ task, code: outcome.errno, signal: 0, pid: 0 });
    else ends.push({ task, ...(await outcome.ended), pid: outcome.pid });
  }
  return ends;
}

const termSignal = 15;
const killSignal = 9;

async function endWhenAsked(step: Supervision, running: readonly RunningTask[]): Promise<void> {
  const who = await step.endAsked;
  if (who === 'us') signalAll(running, termSignal);
  await step.clock.sleep(step.graceMs);
  signalAll(running, killSignal);
}

function signalAll(running: readonly RunningTask[], signal: number): void {
  for (const task of running) if (!task.hasEnded()) task.signal(signal);
}

/** Puts the record in place whole, for srun reads it the moment it is there. */
async function writeExit({ files, room, order, nonce }: Supervision, exit: StepExit): Promise<void> {
  const name = room.stepExit(order.step).slice(room.path.length + 1);
  const options = { mode: 0o644, durable: false, nonce };
  await replace(files, room.path, name, encodeText(`${JSON.stringify(exit)}\n`), options);
}
