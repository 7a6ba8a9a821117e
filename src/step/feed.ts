import type { RunningTask } from '../ports/tasks.ts';
import type { InputSource } from './liveinput.ts';

export interface Feeding {
  readonly source: InputSource;
  /** Over when there may be more, at the latest after so many milliseconds. */
  wait(timeoutMs: number): Promise<void>;
}

const pauseMsMin = 20;
const pauseMsMax = 200;

/**
 * Gives a task what srun sends, until that is whole, the task closes its input, or ends. Each task is fed on
 * its own, so that one which does not read keeps nobody waiting.
 */
export async function feedTask({ source, wait }: Feeding, task: RunningTask): Promise<void> {
  let pauseMs = pauseMsMin;
  while (!task.hasEnded()) {
    const bytes = await source.next();
    if (bytes === 'whole') {
      task.endInput();
      return;
    }
    if (bytes !== undefined) {
      pauseMs = pauseMsMin;
      if (!(await task.write(bytes))) return;
      source.took(bytes.length);
    } else {
      await wait(pauseMs);
      pauseMs = Math.min(pauseMsMax, 2 * pauseMs);
    }
  }
}
