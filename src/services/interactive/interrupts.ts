import type { JobId } from '../../model/ids.ts';
import type { JobTarget, Request } from '../../model/request.ts';
import type { Clock } from '../../ports/clock.ts';
import { abortedLine, taskNames } from './endlines.ts';

/** What reaches srun itself. `PIPE`: nobody reads its standard output any more. */
export type Interrupt = 'INT' | 'TERM' | 'QUIT' | 'HUP' | 'USR1' | 'USR2' | 'CONT' | 'PIPE';

export interface InterruptPorts {
  readonly clock: Clock;
  /** Sends a request to the cluster. */
  send(request: Request): Promise<void>;
  /** Says what -Q keeps quiet. */
  inform(line: string): void;
  /** Makes whoever follows the job look. */
  wake(): void;
  /** -X: the first SIGINT goes to the tasks at once. */
  readonly isStatusDisabled?: boolean;
  /** --quit-on-interrupt: the first SIGINT ends the step. */
  readonly quitsOnInterrupt?: boolean;
  /** The job is this process's own and cannot go on without it. */
  readonly endsOnHangup?: boolean;
}

/*
 * What signals to srun do (captured: srun.ctrlc1, srun.ctrlc3, srun.int_pending):
 *
 *   job waits      INT TERM QUIT HUP    the job is cancelled, exit 1
 *   step runs      INT                  tells how it stands; a second within a second is sent to the
 *                                       tasks (exit 130), one after that, or tasks that stay, cancel it
 *                  TERM QUIT            the job is cancelled, exit 137
 *                  PIPE                 the same without a word, exit 141 as of any program in a pipe
 *                  HUP                  srun goes, the step runs on: a closed terminal ends no work; where
 *                                       srun holds the allocation itself, as TERM
 *                  USR1 USR2            sent to the tasks
 *                  CONT                 said, as Slurm does: a job that is ended gets it first
 */
export interface Interrupts {
  take(signal: Interrupt): void;
  /** The job, and the step of it, is known from here on; what came before it counts. */
  submitted(jobId: JobId, step?: number): void;
  /** The tasks run. */
  started(ntasks: number): void;
  /** Cancels what did not end by the SIGINT that was sent on; asked as time goes by. */
  look(): void;
  /** True once srun gave up a job that waited. */
  isRevoked(): boolean;
  /** True once srun is to leave the step alone. */
  isDetached(): boolean;
  /** True once it was said that the step is being ended. */
  isAborting(): boolean;
  /** What srun ends with in place of the step's code. */
  exitCode(): number | undefined;
  /** Done when all that was begun is sent. */
  settled(): Promise<void>;
}

const secondIntMs = 1000;
/** How long tasks have to tidy up after a SIGINT that was sent on, in ms. */
const intGraceMs = 5000;
const intSignal = 2;
const userSignals = { USR1: 10, USR2: 12 } as const;

interface State {
  jobId: JobId | undefined;
  step: number;
  /** Set once the tasks run. */
  ntasks: number | undefined;
  lastIntMs: number;
  /** When a SIGINT was sent on to the tasks. */
  sentOnMs: number | undefined;
  exitCode: number | undefined;
  isRevoked: boolean;
  isDetached: boolean;
  isAborting: boolean;
  sending: Promise<void>;
}

export function createInterrupts(ports: InterruptPorts): Interrupts {
  const early: Interrupt[] = [];
  const state: State = {
    jobId: undefined,
    step: 0,
    ntasks: undefined,
    lastIntMs: Number.NEGATIVE_INFINITY,
    sentOnMs: undefined,
    exitCode: undefined,
    isRevoked: false,
    isDetached: false,
    isAborting: false,
    sending: Promise.resolve(),
  };
  return {
    take(signal) {
      if (state.jobId === undefined) early.push(signal);
      else act(state, ports, signal);
      ports.wake();
    },
    submitted(id, step = 0) {
      state.jobId = id;
      state.step = step;
      for (const signal of early) act(state, ports, signal);
    },
    started(count) {
      state.ntasks = count;
    },
    look() {
      const { sentOnMs } = state;
      if (sentOnMs !== undefined && ports.clock.monotonicMs() - sentOnMs > intGraceMs) {
        abort(state, ports, 128 + intSignal);
      }
    },
    isRevoked: () => state.isRevoked,
    isDetached: () => state.isDetached,
    isAborting: () => state.isAborting,
    exitCode: () => state.exitCode,
    settled: () => state.sending,
  };
}

function act(state: State, ports: InterruptPorts, signal: Interrupt): void {
  if (state.ntasks !== undefined) {
    actRunning(state, ports, signal);
  } else if (signal !== 'USR1' && signal !== 'USR2' && signal !== 'CONT') {
    cancel(state, ports);
    state.isRevoked = true;
  }
}

function actRunning(state: State, ports: InterruptPorts, signal: Interrupt): void {
  switch (signal) {
    case 'INT':
      interrupt(state, ports);
      break;
    case 'TERM':
    case 'QUIT':
      abort(state, ports, 137);
      break;
    case 'PIPE':
      state.exitCode ??= 141;
      cancel(state, ports);
      state.isAborting = true;
      break;
    case 'HUP':
      if (ports.endsOnHangup === true) abort(state, ports, 137);
      else state.isDetached = true;
      break;
    case 'CONT':
      ports.inform('srun: got SIGCONT');
      break;
    case 'USR1':
    case 'USR2':
      signalTasks(state, ports, userSignals[signal]);
      break;
    default:
      signal satisfies never;
  }
}

function interrupt(state: State, ports: InterruptPorts): void {
  const now = ports.clock.monotonicMs();
  const isFirst = now - state.lastIntMs > secondIntMs;
  if (state.sentOnMs !== undefined) {
    abort(state, ports, 128 + intSignal);
  } else if (ports.quitsOnInterrupt === true) {
    sendOn(state, ports, now);
    abort(state, ports, 128 + intSignal);
  } else if (isFirst && ports.isStatusDisabled !== true) {
    const tasks = Array.from({ length: state.ntasks ?? 1 }, (_, task) => task);
    ports.inform('srun: interrupt (one more within 1 sec to abort)');
    ports.inform(`srun: StepId=${state.jobId}.${state.step} ${taskNames(tasks)}: running`);
  } else {
    sendOn(state, ports, now);
  }
  state.lastIntMs = now;
}

function sendOn(state: State, ports: InterruptPorts, nowMs: number): void {
  ports.inform(`srun: sending Ctrl-C to StepId=${state.jobId}.${state.step}`);
  state.exitCode = 128 + intSignal;
  state.sentOnMs = nowMs;
  signalTasks(state, ports, intSignal);
}

function abort(state: State, ports: InterruptPorts, exitCode: number): void {
  state.exitCode ??= exitCode;
  cancel(state, ports);
  if (state.isAborting) return;
  state.isAborting = true;
  ports.inform('srun: forcing job termination');
  ports.inform(abortedLine);
}

function cancel(state: State, ports: InterruptPorts): void {
  if (!state.isAborting && !state.isRevoked) send(state, ports, { name: 'cancel', targets: targets(state) });
}

function signalTasks(state: State, ports: InterruptPorts, signal: number): void {
  send(state, ports, { name: 'signal', targets: targets(state), signal, scope: 'steps' });
}

function targets({ jobId }: State): readonly JobTarget[] {
  return jobId === undefined ? [] : [{ job: jobId }];
}

function send(state: State, ports: InterruptPorts, request: Request): void {
  state.sending = state.sending.then(() => ports.send(request));
  // It is awaited at the end, where its error belongs.
  state.sending.catch(() => {});
}
