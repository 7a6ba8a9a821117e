import type { StepClient } from '../../model/steprequest.ts';
import type { Files } from '../../ports/files.ts';
import type { StepRoom } from '../../store/layout.ts';
import { systemClock } from '../../system/clock.ts';
import { isHere, systemProcesses } from '../../system/processes.ts';

/** After so long without a sign of life a srun on another machine counts as gone, in ms. */
const silenceMsMax = 60_000;

/**
 * Tells whether the srun that waits for a step is gone. On its own machine its process says so; elsewhere
 * the file that it writes every so often does, by whether it changes while we look.
 */
export function clientWatch(files: Files, room: StepRoom, client: StepClient): () => Promise<boolean> {
  const processes = systemProcesses();
  const clock = systemClock();
  let seen: string | undefined;
  let changedMs = clock.monotonicMs();
  return async () => {
    const isGone = isHere(client, processes) ? !(await processes.isAlive(client)) : await isSilent();
    return isGone && (await files.stat(room.detached)) === undefined;
  };

  async function isSilent(): Promise<boolean> {
    const version = (await files.stat(room.beat))?.version;
    const now = clock.monotonicMs();
    if (version !== seen) changedMs = now;
    seen = version;
    return now - changedMs > silenceMsMax;
  }
}
