import type { Files } from '../ports/files.ts';
import type { RunningTask } from '../ports/tasks.ts';
import type { StepRoom } from '../store/layout.ts';

export interface Feeding {
  readonly files: Files;
  readonly room: StepRoom;
  /** Over when there may be more, at the latest after so many milliseconds. */
  wait(timeoutMs: number): Promise<void>;
}

const chunkBytes = 256 * 1024;
const pauseMsMin = 20;
const pauseMsMax = 200;

/**
 * Gives a task what srun appends to the room's `stdin`, until `stdin.end` says that it is whole, the task
 * closes its input, or ends. Each task is fed on its own, so that one which does not read keeps nobody
 * waiting.
 */
export async function feedTask({ files, room, wait }: Feeding, task: RunningTask): Promise<void> {
  let offset = 0;
  let pauseMs = pauseMsMin;
  while (!task.hasEnded()) {
    // Asked before the reading: what was there when the end was made is then read.
    const isWhole = (await files.stat(room.stdinEnd)) !== undefined;
    const bytes = await files.readPart(room.stdin, offset, chunkBytes, { isFresh: isWhole });
    if (bytes !== undefined && bytes.length > 0) {
      offset += bytes.length;
      pauseMs = pauseMsMin;
      if (!(await task.write(bytes))) return;
    } else if (isWhole) {
      task.endInput();
      return;
    } else {
      await wait(pauseMs);
      pauseMs = Math.min(pauseMsMax, 2 * pauseMs);
    }
  }
}
