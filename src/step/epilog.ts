import type { Clock } from '../ports/clock.ts';
import type { TaskLaunch, Tasks } from '../ports/tasks.ts';

export interface EpilogRun {
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly program: string;
  /** What the task before it ran with. */
  readonly launch: Pick<TaskLaunch, 'environment' | 'workDir'>;
}

/** Slurm gives the program after a task so long, and then kills it. */
const msMax = 5000;
const killSignal = 9;

/** Runs the program after a task; gives Slurm's lines about one that did not go well. */
export async function runEpilog(epilog: EpilogRun): Promise<readonly string[]> {
  const { tasks, clock, program } = epilog;
  const { environment, workDir } = epilog.launch;
  const streams = { input: 'none', output: 'none', error: 'none' } as const;
  const outcome = await tasks.start({ command: [program], environment, workDir, ...streams });
  if ('errno' in outcome) {
    return [`Could not run user task_epilog [${program}]: ${outcome.words}`, failure(-1)];
  }
  const late = clock.sleep(msMax).then(() => outcome.hasEnded() || outcome.signal(killSignal));
  const { code, signal } = await outcome.ended;
  // Nobody waits for the timer; it finds that the program has ended.
  void late;
  // As wait(2) has it.
  return code === 0 && signal === 0 ? [] : [failure(signal === 0 ? code * 256 : signal)];
}

function failure(status: number): string {
  return `TaskEpilog failed status=${status}`;
}
