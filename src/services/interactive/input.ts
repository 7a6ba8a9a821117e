import { isMgpuError } from '../../base/error.ts';
import type { Files } from '../../ports/files.ts';
import type { StepRoom } from '../../store/layout.ts';

export interface InputSending {
  readonly files: Files;
  readonly room: StepRoom;
  /** Standard input, read piece by piece as it is asked for. */
  readonly input: AsyncIterable<Uint8Array>;
  readonly isOver: () => boolean;
  complain(message: string): void;
}

const options = { mode: 0o600, sync: false } as const;

/** Puts standard input where the step's supervisor finds it, as it comes, and says when it is whole. */
export async function sendInput(sending: InputSending): Promise<void> {
  const { files, room, input, isOver, complain } = sending;
  try {
    for await (const bytes of input) {
      if (isOver()) return;
      await files.append(room.stdin, bytes, options);
    }
    if (!isOver()) await endInput(files, room);
  } catch (error) {
    if (!isMgpuError(error)) throw error;
    // The tasks would wait for ever for what cannot come.
    complain(`standard input was cut off: ${error.message}`);
    await endInput(files, room);
  }
}

/** Says that there is no more input. */
export async function endInput(files: Files, room: StepRoom): Promise<void> {
  await files.create(room.stdinEnd, new Uint8Array(0), options);
}
