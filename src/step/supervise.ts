import { MgpuError } from '../base/error.ts';
import { limits } from '../model/limits.ts';
import { type Meeting, meetingVariables } from '../model/meeting.ts';
import { type TaskProgram, wordsOfTask } from '../model/multiprog.ts';
import { rangesHas } from '../model/ranges.ts';
import { type StepExit, type StepOrder, stepExitCode, type TaskEnd } from '../model/step.ts';
import { stepdName } from '../model/stepdname.ts';
import { bindingWords, readProlog, type TaskHooks } from '../model/taskhooks.ts';
import type { WindowSize } from '../model/window.ts';
import type { Bells } from '../ports/bells.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { OpenFile, RunningTask, SystemFault, TaskLaunch, Tasks } from '../ports/tasks.ts';
import type { Watcher } from '../ports/watch.ts';
import type { StepRoom } from '../store/layout.ts';
import { decodeText, encodeText } from '../store/put.ts';
import { writeStepFile } from '../store/steps.ts';
import { type Broadcast, bringProgram } from './bring.ts';
import { type Ended, watchEnds } from './ending.ts';
import { runEpilog } from './epilog.ts';
import { feedTask } from './feed.ts';
import type { Live } from './live.ts';
import type { InputSource } from './liveinput.ts';
import { goLive, type LivePorts, type Opening, openPlaces, StreamFault, type TaskPlace } from './places.ts';
import { planTasks, type StreamPlace } from './plan.ts';

/*
 * The life of a step supervisor: it opens the tasks' files, starts the tasks on them, feeds them what srun
 * sends, waits for all of them, leaves `step.N.exit` in the job's room and ends with the worst of their
 * codes, which becomes the job's. The tasks write into their files themselves, or into pipes whose content
 * goes to srun by a connection (live.ts). It survives its daemon and its srun; when it is killed, the shim's
 * exit record tells how the job ended, and no `step.N.exit` is there.
 */

export interface Supervision {
  readonly files: Files;
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly watcher: Watcher;
  readonly room: StepRoom;
  readonly order: StepOrder;
  /** Where its tasks meet, or why nowhere; missing where they are not told. */
  readonly findMeeting?: (isOver: () => boolean) => Promise<Meeting | string>;
  readonly command: readonly string[];
  /** --multi-prog: what single tasks run in place of the command. */
  readonly programs?: readonly TaskProgram[];
  readonly hooks?: TaskHooks;
  /** --pty: the window that task 0's terminal begins with. */
  readonly terminal?: WindowSize;
  /** The soft limits that the tasks take over. */
  readonly limits?: string;
  /** --bcast: the program in the room is put there first, and that is run. */
  readonly bcast?: Broadcast;
  /** What all tasks have in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** A name that nobody else uses for a temporary. */
  readonly nonce: string;
  /** From SIGTERM to SIGKILL, in ms. */
  readonly graceMs: number;
  /** Settles when the step is to end; `all` if the tasks have been told already. */
  readonly endAsked: Promise<'us' | 'all'>;
  /** True when nobody waits for the step any more; missing where somebody else looks after that. */
  readonly isClientGone?: () => Promise<boolean>;
  /** All processes of the step, in whatever session; missing where its job's daemon ends what is left. */
  readonly kin?: Kin;
  readonly live?: LivePorts;
  /** Rings who waits for the step; missing where nobody can be rung. */
  readonly bells?: Bells;
  /** For what nobody can be told better: the step's log. */
  warn(message: string): void;
}

/** The processes of a step on this machine, the supervisor left out. */
export interface Kin {
  /** Signals all but these. */
  signal(signal: number, but: ReadonlySet<number>): Promise<void>;
  /** Ends what is left: SIGTERM, and after the grace SIGKILL. Done when nothing is left, or will not go. */
  end(graceMs: number): Promise<void>;
}

/** Runs the step to its end; gives the exit code. */
export async function supervise(step: Supervision): Promise<number> {
  const startTime = step.clock.now();
  const { live, ...ran } = await runTasks(step);
  const exit = { ...ran, startTime, endTime: step.clock.now(), ...step.tasks.childTimes() };
  try {
    await writeExit(step, exit);
  } catch (error) {
    // A full disk takes the record from srun, but not the tasks' end from the job.
    if (!(error instanceof MgpuError)) throw error;
    step.warn(error.message);
  }
  live?.close();
  await step.kin?.end(step.graceMs);
  return stepExitCode(exit);
}

async function runTasks(step: Supervision): Promise<StepExit & { readonly live?: Live | undefined }> {
  const exit: StepExit = { mgpu: 'step-exit', format: 1, step: step.order.step, tasks: [] };
  const opened: OpenFile[] = [];
  let live: Live | undefined;
  try {
    const told = await withMeeting(step);
    const plans = planTasks(told.order, told.environment, told.room);
    const opening: Opening = { ...told, live: step.live, wake: () => step.watcher.wake() };
    live = await goLive(opening, plans);
    const places = await openPlaces(opening, plans, { opened, live });
    const workDir = await chooseWorkDir(step);
    const ready = { ...(await prepared(told)), opened: live };
    const started = await Promise.all(places.map((place) => startTask(ready, place, workDir)));
    await closeAll(opened);
    const ended = await waitForAll(ready, { started, places });
    const isHanded = (await live?.finish()) === true;
    return { ...exit, ...ended, ...(isHanded && { isHanded }), live };
  } catch (error) {
    if (!(error instanceof StreamFault)) throw error;
    await closeAll(opened);
    return { ...exit, failure: error.message, live };
  }
}

/** The step with where its tasks meet, which those on other nodes may have to wait for. */
async function withMeeting(step: Supervision): Promise<Supervision> {
  const { findMeeting, endAsked, environment } = step;
  if (findMeeting === undefined) return step;
  let isOver = false;
  void endAsked.then(() => {
    isOver = true;
  });
  const meeting = await findMeeting(() => isOver);
  if (typeof meeting === 'string') throw new StreamFault(meeting);
  return { ...step, environment: { ...environment, ...meetingVariables(meeting) } };
}

/** The step with what its tasks need on this node. */
async function prepared(step: Supervision): Promise<Supervision> {
  const { terminal, bcast, command, tasks } = step;
  const fault = terminal === undefined ? undefined : tasks.terminalFault();
  if (fault !== undefined) throw new StreamFault(fault);
  if (bcast === undefined) return step;
  const program = await bringProgram({ ...step, bcast });
  if (typeof program !== 'string') throw new StreamFault(program.failure);
  return { ...step, command: [program, ...command.slice(1)] };
}

async function closeAll(opened: readonly OpenFile[]): Promise<void> {
  for (const file of opened) await file.close();
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
  return { path: '/tmp', warning: `${selfOf(order)}: error: ${why}: going to /tmp instead\n` };
}

function selfOf({ node, host }: StepOrder): string {
  return stepdName({ name: node, hostName: host });
}

interface StartedTask {
  readonly task: number;
  /** Where the program after it runs, and where its faults are told. */
  readonly after: { readonly launch: TaskLaunch; readonly errors: StreamPlace };
  readonly outcome: RunningTask | SystemFault;
}

/** With its connection to srun, if one is made. */
interface Ready extends Supervision {
  readonly opened: Live | undefined;
}

async function startTask(step: Ready, place: TaskPlace, workDir: WorkDir): Promise<StartedTask> {
  const { plan, input, output, error } = place;
  const say = async (line: string): Promise<void> => {
    if (error !== 'none') await error.write(line);
  };
  // Slurm says it twice, for the step and for its task.
  if (workDir.warning !== undefined) await say(workDir.warning.repeat(plan.task === 0 ? 2 : 1));
  const { task, localTask } = plan;
  const environment = await afterProlog(step, place, workDir.path);
  const command = [...bindingWords(step.hooks ?? {}, localTask), ...commandOf(step, task)];
  const { terminal, limits } = step;
  const launch = {
    ...{ command, environment, workDir: workDir.path, input, output, error },
    ...(limits !== undefined && { limits }),
    ...(task === 0 && terminal !== undefined && { terminal }),
  };
  const outcome = await step.tasks.start(launch);
  if ('errno' in outcome) {
    await say(`${selfOf(step.order)}: error: execve(): ${command[0] ?? ''}: ${outcome.words}\n`);
    place.source?.done();
  } else if (place.source !== undefined) feed(step, place.source, outcome);
  return { task, outcome, after: { launch, errors: plan.error } };
}

/**
 * Feeding goes on beside everything else; a fault of the file server ends the task's input and not the
 * task.
 */
function feed({ watcher, opened }: Ready, source: InputSource, task: RunningTask): void {
  const wait = (timeoutMs: number): Promise<void> =>
    Promise.race([watcher.wait(timeoutMs), ...(opened === undefined ? [] : [opened.input.arrival()])]);
  feedTask({ source, wait }, task)
    .catch((error: unknown) => {
      if (!(error instanceof MgpuError)) throw error;
      task.endInput();
    })
    .finally(() => source.done());
}

/** The task's environment, as the program before it leaves it; what that prints for the task is shown. */
async function afterProlog(
  step: Supervision,
  { plan, output, error }: TaskPlace,
  workDir: string,
): Promise<Readonly<Record<string, string>>> {
  const prolog = step.hooks?.prolog;
  if (prolog === undefined) return plan.environment;
  const path = `${step.room.stream(plan.task, 'out')}.prolog`;
  const said = await step.tasks.open(path, 'truncate', 0o600);
  const launch = { command: [prolog], environment: plan.environment, workDir, error } as const;
  const outcome = await step.tasks.start({ ...launch, input: 'none', output: said });
  if (!('errno' in outcome)) await outcome.ended;
  await said.close();
  const content = await step.files.read(path, limits.smallFileBytes);
  await step.files.unlink(path);
  const { set, print } = readProlog(content === undefined ? '' : decodeText(content.bytes));
  if (print !== '' && output !== 'none') await output.write(print);
  const all = Object.entries({ ...plan.environment, ...set });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function afterTask(step: Ready, { launch, errors }: StartedTask['after']): Promise<void> {
  const program = step.hooks?.epilog;
  if (program === undefined) return;
  const lines = await runEpilog({ tasks: step.tasks, clock: step.clock, program, launch });
  if (errors !== 'none') for (const line of lines) await tellIn(step, errors, line);
}

/** A line of the supervisor's among what a task wrote; a file of it is closed by now. */
async function tellIn(
  { tasks, order, opened }: Ready,
  { path, own }: Exclude<StreamPlace, 'none'>,
  words: string,
): Promise<void> {
  const line = `${selfOf(order)}: error: ${words}\n`;
  if (own !== undefined && opened?.say(own, encodeText(line)) === true) return;
  const file = await tasks.open(path, 'append', 0o600);
  await file.write(line);
  await file.close();
}

/** What a task runs. */
function commandOf({ command, programs }: Supervision, task: number): readonly string[] {
  const program = programs?.find(({ tasks }) => rangesHas(tasks, task));
  return program === undefined ? command : wordsOfTask(program, task);
}

interface StartedTasks {
  readonly started: readonly StartedTask[];
  readonly places: readonly TaskPlace[];
}

async function waitForAll(
  step: Ready,
  { started, places }: StartedTasks,
): Promise<Pick<StepExit, 'tasks'> & Ended> {
  let isOver = false;
  const running = started.flatMap(({ outcome }) => ('errno' in outcome ? [] : [outcome]));
  let wasTerminated = false;
  const watching = watchEnds(
    endWatchOf(step, { running, places, isOver: () => isOver, wasTerminated: () => wasTerminated }),
  );
  const tell = started.length > 1 ? endTeller(step) : async () => {};
  const ends = await Promise.all(
    started.map(async ({ task, outcome, after }): Promise<TaskEnd> => {
      const how = 'errno' in outcome ? { code: outcome.errno, signal: 0 } : await outcome.ended;
      await afterTask(step, after);
      const end = { task, ...how, pid: 'errno' in outcome ? 0 : outcome.pid };
      await tell(end);
      return end;
    }),
  );
  wasTerminated = ends.some(({ signal }) => signal === termSignal);
  isOver = true;
  step.watcher.wake();
  return { tasks: ends, ...(await watching) };
}

const termSignal = 15;

interface EndSources {
  readonly running: readonly RunningTask[];
  readonly places: readonly TaskPlace[];
  readonly isOver: () => boolean;
  readonly wasTerminated: () => boolean;
}

function endWatchOf(
  step: Ready,
  { running, places, isOver, wasTerminated }: EndSources,
): Parameters<typeof watchEnds>[0] {
  const { files, clock, watcher, room, graceMs, endAsked, order, kin } = step;
  return {
    files,
    clock,
    watcher,
    room,
    graceMs,
    endAsked,
    isOver,
    wasTerminated,
    timeLimit: order.timeLimit,
    tellsJobEnd: order.layout !== undefined,
    isClientGone: step.isClientGone ?? (async () => false),
    takeLoss: () => step.opened?.takeLoss() === true,
    async signal(signal) {
      for (const task of running) if (!task.hasEnded()) task.signal(signal);
      // The tasks are among their kin, and one that catches the signal would hear it twice.
      await kin?.signal(signal, new Set(running.map(({ pid }) => pid)));
    },
    resize(window) {
      for (const task of running) task.resize(window);
    },
    async tell(words) {
      const first = places[0]?.plan.error;
      if (first === undefined || first === 'none') return;
      const { jobId, step: number, node } = order;
      await tellIn(step, first, `*** STEP ${jobId}.${number} ON ${node} ${words} ***`);
    },
  };
}

/** Notes each task's end as it comes, so that srun need not wait for the last. */
function endTeller(step: Supervision): (end: TaskEnd) => Promise<void> {
  const { files, room, order, warn } = step;
  const path = room.ends(order.nodeIndex ?? 0);
  let last = Promise.resolve();
  return (end) => {
    const line = encodeText(`${JSON.stringify(end)}\n`);
    last = last
      .then(() => files.append(path, line, { mode: 0o644, sync: false }))
      .then(() => ringWaiting(step))
      .catch((error: unknown) => {
        // The exit record tells it again.
        if (!(error instanceof MgpuError)) throw error;
        warn(error.message);
      });
    return last;
  };
}

/** Puts the record in place whole, for srun reads it the moment it is there. */
async function writeExit(step: Supervision, exit: StepExit): Promise<void> {
  const { files, room, order, nonce } = step;
  await writeStepFile(files, room.exit(order.nodeIndex ?? 0), exit, nonce);
  await ringWaiting(step);
}

async function ringWaiting({ bells, order }: Supervision): Promise<void> {
  if (order.bells !== undefined) await bells?.ring(order.bells);
}
