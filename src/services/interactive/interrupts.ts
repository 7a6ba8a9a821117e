import type { JobId } from '../../model/ids.ts';
import type { Request } from '../../model/request.ts';
import type { Clock } from '../../ports/clock.ts';
import { abortedLine, taskNames } from './endlines.ts';

/** What reaches srun itself. `PIPE`: nobody reads its standard output any more. */
export type Interrupt = 'INT' | 'TERM' | 'QUIT' | 'HUP' | 'USR1' | 'USR2' | 'PIPE';

export interface InterruptPorts {
  readonly clock: Clock;
  /** Sends a request to the cluster. */
  send(request: Request): Promise<void>;
  /** Says what -Q keeps quiet. */
  inform(line: string): void;
  /** Makes whoever follows the job look. */
  wake(): void;
}

/*
 * What signals to srun do (captured: srun.ctrlc1, srun.ctrlc3, srun.int_pending):
 *
 *   job waits      INT TERM QUIT HUP    the job is cancelled, exit 1
 *   step runs      INT                  tells how it stands; a second within a second is sent to the tasks (exit 130),
 *                                       one after that, or tasks that stay, cancel the job
 *                  TERM QUIT            the job is cancelled, exit 137
 *                  PIPE                 the same without a word, exit 141 as of any program in a pipe
 *                  HUP                  srun goes, the step runs on: a closed terminal ends no work
 *                  USR1 USR2            sent to the tasks
 */
export interface Interrupts {
  take(signal: Interrupt): void;
  /** The job is known from here on; what came before it counts. */
  submitted(jobId: JobId): void;
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

export function createInterrupts(ports: InterruptPorts): Interrupts {
  const early: Interrupt[] = [];
  let jobId: JobId | undefined;
  let ntasks: number | undefined;
  let lastIntMs = Number.NEGATIVE_INFINITY;
  let sentOnMs: number | undefined;
  let exitCode: number | undefined;
  let isRevoked = false;
  let isDetached = false;
  let isAborting = false;
  let sending: Promise<void> = Promise.resolve();

  const send = (request: Request): void => {
    sending = sending.then(() => ports.send(request));
    // It is awaited at the end, where its error belongs.
    sending.catch(() => {});
  };
  const targets = (): readonly { readonly job: JobId }[] => (jobId === undefined ? [] : [{ job: jobId }]);
  const signalTasks = (signal: number): void =>
    send({ name: 'signal', targets: targets(), signal, scope: 'steps' });
  const cancel = (): void => {
    if (!isAborting && !isRevoked) send({ name: 'cancel', targets: targets() });
  };
  const abort = (code: number): void => {
    exitCode ??= code;
    cancel();
    if (isAborting) return;
    isAborting = true;
    ports.inform('srun: forcing job termination');
    ports.inform(abortedLine);
  };
  const interrupt = (tasks: number): void => {
    const now = ports.clock.monotonicMs();
    if (sentOnMs !== undefined) {
      abort(128 + intSignal);
    } else if (now - lastIntMs > secondIntMs) {
      ports.inform('srun: interrupt (one more within 1 sec to abort)');
      ports.inform(
        `srun: StepId=${jobId}.0 ${taskNames(Array.from({ length: tasks }, (_, task) => task))}: running`,
      );
    } else {
      ports.inform(`srun: sending Ctrl-C to StepId=${jobId}.0`);
      exitCode = 128 + intSignal;
      sentOnMs = now;
      signalTasks(intSignal);
    }
    lastIntMs = now;
  };
  const actRunning = (signal: Interrupt, tasks: number): void => {
    switch (signal) {
      case 'INT':
        return interrupt(tasks);
      case 'TERM':
      case 'QUIT':
        return abort(137);
      case 'PIPE':
        exitCode ??= 141;
        cancel();
        isAborting = true;
        return;
      case 'HUP':
        isDetached = true;
        return;
      case 'USR1':
      case 'USR2':
        return signalTasks(userSignals[signal]);
      default:
        signal satisfies never;
    }
  };
  const act = (signal: Interrupt): void => {
    if (ntasks !== undefined) {
      actRunning(signal, ntasks);
    } else if (signal !== 'USR1' && signal !== 'USR2') {
      cancel();
      isRevoked = true;
    }
  };
  return {
    take(signal) {
      if (jobId === undefined) early.push(signal);
      else act(signal);
      ports.wake();
    },
    submitted(id) {
      jobId = id;
      for (const signal of early) act(signal);
    },
    started(count) {
      ntasks = count;
    },
    look() {
      if (sentOnMs !== undefined && ports.clock.monotonicMs() - sentOnMs > intGraceMs) abort(128 + intSignal);
    },
    isRevoked: () => isRevoked,
    isDetached: () => isDetached,
    isAborting: () => isAborting,
    exitCode: () => exitCode,
    settled: () => sending,
  };
}
