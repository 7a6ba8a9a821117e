import type { StepClient } from '../model/steprequest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { StepRoom } from '../store/layout.ts';

/** After so long without a sign of life a srun on another machine counts as gone, in ms. */
const silenceMsMax = 60_000;

export interface ClientSight {
  readonly files: Files;
  readonly clock: Clock;
  /** Undefined for a process of another machine, or of another namespace. */
  isAlive(client: StepClient): Promise<boolean | undefined>;
}

/**
 * Tells whether the srun that waits for a step is gone. On its own machine its process says so; elsewhere
 * the file that it writes every so often does, by whether it changes while we look.
 */
export function clientWatch(
  { files, clock, isAlive }: ClientSight,
  room: StepRoom,
  client: StepClient,
): () => Promise<boolean> {
  let seen: string | undefined;
  let changedMs = clock.monotonicMs();
  return async () => {
    const isClientAlive = await isAlive(client);
    const isGone = isClientAlive === undefined ? await isSilent() : !isClientAlive;
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
