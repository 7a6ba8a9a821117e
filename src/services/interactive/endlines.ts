import { formatTimestamp } from '../../model/duration.ts';
import { formatIndexList } from '../../model/indexlist.ts';
import type { EndState } from '../../model/states.ts';
import type { StepExit, TaskEnd } from '../../model/step.ts';

/** What the C library calls the signals that end a process. */
const signalWords: Readonly<Record<number, string>> = {
  1: 'Hangup',
  2: 'Interrupt',
  3: 'Quit',
  4: 'Illegal instruction',
  5: 'Trace/breakpoint trap',
  6: 'Aborted',
  7: 'Bus error',
  8: 'Floating point exception',
  9: 'Killed',
  10: 'User defined signal 1',
  11: 'Segmentation fault',
  12: 'User defined signal 2',
  13: 'Broken pipe',
  14: 'Alarm clock',
  15: 'Terminated',
  16: 'Stack fault',
  24: 'CPU time limit exceeded',
  25: 'File size limit exceeded',
  26: 'Virtual timer expired',
  27: 'Profiling timer expired',
  29: 'I/O possible',
  30: 'Power failure',
  31: 'Bad system call',
};

/**
 * What srun says of tasks that failed, those that ended alike in one line (captured: srun.exit_same,
 * srun.sigmix).
 */
export function taskLines(node: string, exit: Pick<StepExit, 'tasks'>): readonly string[] {
  const alike = new Map<string, TaskEnd[]>();
  for (const end of exit.tasks) {
    if (end.code === 0 && end.signal === 0) continue;
    const words = endWords(end);
    alike.set(words, [...(alike.get(words) ?? []), end]);
  }
  return [...alike].map(([words, ends]) => {
    const tasks = ends.map(({ task }) => task);
    return `srun: error: ${node}: ${taskNames(tasks)}: ${words}`;
  });
}

/** `task 0`, `tasks 0-1`. */
export function taskNames(tasks: readonly number[]): string {
  return `${tasks.length === 1 ? 'task' : 'tasks'} ${formatIndexList(tasks)}`;
}

function endWords({ code, signal }: TaskEnd): string {
  if (signal === 0) return `Exited with exit code ${code}`;
  return signalWords[signal] ?? `Unknown signal ${signal}`;
}

export interface CancelledStep {
  readonly jobId: number;
  readonly node: string;
  /** What slurmstepd calls itself there. */
  readonly stepd: string;
  readonly endState: EndState;
  readonly endTime: number;
  readonly utcOffsetMinutes: number;
}

/** What shows that a step was cancelled (captured: srun.scancelled, timelimit.srun). */
export function cancelledLines(step: CancelledStep): readonly string[] {
  const time = formatTimestamp(step.endTime, step.utcOffsetMinutes);
  const why = step.endState === 'TIMEOUT' ? ' DUE TO TIME LIMIT' : '';
  return [
    `${step.stepd}: error: *** STEP ${step.jobId}.0 ON ${step.node} CANCELLED AT ${time}${why} ***`,
    abortedLine,
  ];
}

/** Slurm names its KillWait and two seconds more. */
export const abortedLine = 'srun: Job step aborted: Waiting up to 32 seconds for job step to finish.';
