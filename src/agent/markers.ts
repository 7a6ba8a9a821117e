import { MgpuError } from '../base/error.ts';
import { checked, type Schema } from '../base/schema.ts';
import type { EndReport } from '../model/event.ts';
import { exitRecordSchema, type RunRecord, runRecordSchema } from '../model/runrecord.ts';
import { encodeText, putIfAbsent, readSpoilt } from '../store/put.ts';
import { type Store, surely } from '../store/spool.ts';

/*
 * The marks that a run leaves in its job's room. `started.<attempt>` is put there only if it is not: its
 * being there says that this attempt was started or withdrawn, for ever; its content, if it is whole, by
 * whom. The shim makes it empty and fills it right after; who withdraws the attempt puts it there whole, for
 * if he died in between, nobody could tell that the attempt never ran. `exit.<attempt>` appears whole.
 *
 * An exclusive create that two machines race for was seen to be refused to both on GlusterFS. That cannot
 * happen here: only shims of the one node that has the claim make the marker so, through one mount, and all
 * others link it.
 */

const withdrawnText = '{"mgpu":"withdrawn"}\n';
/** Taken after a boot for an attempt that may have run before: see agent/boot. */
const lostText = '{"mgpu":"lost"}\n';

/**
 * `withdrawn`: it never ran. `lost`: it may have run before the node's boot. `taken`: somebody has the
 * marker, but who is not (or not yet) to be read.
 */
export type StartMarker = 'absent' | 'withdrawn' | 'lost' | 'taken' | RunRecord;

export async function readStarted(store: Store, id: number, attempt: number): Promise<StartMarker> {
  const path = store.layout.job(id).started(attempt);
  const text = await readSpoilt(store, path);
  if (text === undefined) return 'absent';
  if (text === withdrawnText) return 'withdrawn';
  if (text === lostText) return 'lost';
  return fitting(runRecordSchema, text, path) ?? 'taken';
}

/** What the making of a marker fails with in a room that is gone, or is not for this daemon. */
const roomlessCodes: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP']);

/**
 * Takes the marker, durably, so that nobody starts the attempt any more; `taken` when somebody was first.
 * Where the room is gone nobody can take it, but somebody may have before.
 */
export async function withdrawStart(
  store: Store,
  id: number,
  attempt: number,
  as: 'withdrawn' | 'lost' = 'withdrawn',
): Promise<'withdrawn' | 'taken' | 'no room'> {
  const room = store.layout.job(id);
  const options = { mode: 0o644, durable: store.spool.durable };
  const text = encodeText(as === 'lost' ? lostText : withdrawnText);
  const take = async (): Promise<'withdrawn' | 'taken' | undefined> => {
    try {
      const name = room.started(attempt).slice(`${room.path}/`.length);
      const own = { ...options, nonce: store.ids.next() };
      return (await putIfAbsent(store.files, room.path, name, text, own)) === 'put' ? 'withdrawn' : 'taken';
    } catch (error) {
      if (error instanceof MgpuError && roomlessCodes.has(error.code)) return undefined;
      throw error;
    }
  };
  return (await surely(store, take)) ?? 'no room';
}

/**
 * How the attempt ended, from its exit record in the room or, where that could not be written, the local one.
 */
export function readExit(
  store: Store,
  id: number,
  attempt: number,
  localRun: string,
): Promise<EndReport | undefined> {
  const look = async (): Promise<EndReport | undefined> => {
    for (const path of [store.layout.job(id).exit(attempt), `${localRun}/exit`]) {
      const text = await readSpoilt(store, path);
      const exit = text === undefined ? undefined : fitting(exitRecordSchema, text, path);
      if (exit?.attempt === attempt) return reportOf(exit);
    }
    return undefined;
  };
  return surely(store, look);
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
