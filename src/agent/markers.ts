import { MgpuError } from '../base/error.ts';
import { bool, checked, int, object, oneOf, type Schema } from '../base/schema.ts';
import type { EndReport } from '../model/event.ts';
import { limits } from '../model/limits.ts';
import { type RunRecord, runRecordSchema } from '../model/runrecord.ts';
import { decodeText, encodeText } from '../store/put.ts';
import type { Store } from '../store/spool.ts';

/*
 * The marks that a run leaves in its job's room. `started.<attempt>` is made with an exclusive create and
 * filled right after: its being there says that this attempt was started or withdrawn, for ever; its content,
 * if it is whole, by whom. `exit.<attempt>` appears whole.
 */

const exitSchema = object({
  mgpu: oneOf('exit'),
  format: int(1),
  attempt: int(1),
  code: int(0, 255),
  signal: int(0, 127),
  launched: bool,
});

const withdrawnText = '{"mgpu":"withdrawn"}\n';

/** `taken`: somebody has the marker, but who is not (or not yet) to be read. */
export type StartMarker = 'absent' | 'withdrawn' | 'taken' | RunRecord;

export async function readStarted(store: Store, id: number, attempt: number): Promise<StartMarker> {
  const path = store.layout.job(id).started(attempt);
  const content = await store.files.read(path, limits.smallFileBytes);
  if (content === undefined) return 'absent';
  const text = decodeText(content.bytes);
  if (text === withdrawnText) return 'withdrawn';
  return fitting(runRecordSchema, text, path) ?? 'taken';
}

/** Takes the marker so that nobody starts the attempt any more; false when it was taken before. */
export async function withdrawStart(store: Store, id: number, attempt: number): Promise<boolean> {
  const path = store.layout.job(id).started(attempt);
  const made = await store.files.create(path, encodeText(withdrawnText), {
    mode: 0o644,
    sync: store.spool.durable,
  });
  return made === 'created';
}

/**
 * How the attempt ended, from its exit record in the room or, where that could not be written, the local one.
 */
export async function readExit(
  store: Store,
  id: number,
  attempt: number,
  localRun: string,
): Promise<EndReport | undefined> {
  for (const path of [store.layout.job(id).exit(attempt), `${localRun}/exit`]) {
    const content = await store.files.read(path, limits.smallFileBytes);
    const exit = content && fitting(exitSchema, decodeText(content.bytes), path);
    if (exit?.attempt === attempt) return reportOf(exit);
  }
  return undefined;
}

function reportOf(exit: {
  readonly code: number;
  readonly signal: number;
  readonly launched: boolean;
}): EndReport {
  const exitCode = { code: exit.code, signal: exit.signal };
  if (!exit.launched) return { endState: 'FAILED', reason: 'JobLaunchFailure', exitCode };
  if (exit.signal !== 0) return { endState: 'FAILED', reason: 'RaisedSignal', exitCode };
  if (exit.code !== 0) return { endState: 'FAILED', reason: 'NonZeroExitCode', exitCode };
  return { endState: 'COMPLETED', reason: 'None', exitCode };
}

/** A marker that a job could have spoilt (it lies in its own room) counts as unreadable, not as an error. */
function fitting<T>(schema: Schema<T>, text: string, path: string): T | undefined {
  try {
    return checked(schema, JSON.parse(text), path);
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof MgpuError && error.code === 'SCHEMA'))
      return undefined;
    throw error;
  }
}
