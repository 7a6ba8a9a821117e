import { type Infer, int, list, object, oneOf, pattern, text } from '../base/schema.ts';
import { limits } from './limits.ts';

/*
 * How the streams of a step reach srun: by a connection that the supervisor makes to srun, or by files in the
 * step's room. srun puts an offer there, which says where it listens; each supervisor answers by connecting,
 * or by saying from which place on each stream lies in a file.
 */

/** --io: by the connection alone, by files alone, or by what there is. */
export type LiveMode = 'socket' | 'file' | 'auto';

/** Where srun listens, for the supervisors of its step alone. */
export const liveOfferSchema = object({
  mgpu: oneOf('step-live'),
  format: int(1),
  mode: oneOf('socket', 'auto'),
  addresses: list(text(limits.nameLength), 64),
  port: int(1, 65_535),
  /** The pre-shared key: 32 bytes. */
  key: pattern(/^[0-9a-f]{64}$/, 'a key of 32 bytes'),
  /** The machine that srun runs on, by its boot. */
  bootId: text(limits.nameLength),
  /** How long a supervisor tries to connect. */
  seconds: int(1, 86_400),
});
export type LiveOffer = Infer<typeof liveOfferSchema>;

/** From where on the output of a part's tasks lies in files; what is not named does from its beginning. */
export const liveHandedSchema = object({
  mgpu: oneOf('step-handed'),
  format: int(1),
  streams: list(
    object({ task: int(0, limits.tasksPerJob), stream: oneOf('out', 'err'), from: int(0) }),
    2 * limits.tasksPerJob,
  ),
});
export type LiveHanded = Infer<typeof liveHandedSchema>;

/** From where on the standard input lies in the room's file. */
export const liveInputSchema = object({ mgpu: oneOf('step-input'), format: int(1), from: int(0) });
export type LiveInput = Infer<typeof liveInputSchema>;

/**
 * On the machine where srun runs, files are left in the kernel's memory and cost less than a connection; the
 * kernel tells of their changes, too.
 */
export function isByConnection({ mode, bootId }: Pick<LiveOffer, 'mode' | 'bootId'>, own: string): boolean {
  return mode === 'socket' || bootId !== own;
}
