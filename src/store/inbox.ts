import { MgpuError } from '../base/error.ts';
import { JsonFault, parseBounded } from '../base/json.ts';
import { checked } from '../base/schema.ts';
import { limits } from '../model/limits.ts';
import { type Request, type RequestFile, requestFileSchema, type SentRequest } from '../model/request.ts';
import { refuseNewer } from '../model/version.ts';
import { encodeText, replace } from './put.ts';
import type { Store } from './spool.ts';

/**
 * Puts a request into the inbox, whole and durable, or not at all. Gives its identity, which a caller that
 * wants to know what became of a failed try may draw itself.
 */
export async function sendRequest(
  store: Store,
  request: Request,
  host: string,
  requestId: string = store.ids.next(),
): Promise<string> {
  const file = { mgpu: 'request', format: 1, requestId, time: store.clock.now(), host, request };
  const bytes = encodeText(`${JSON.stringify(file)}\n`);
  if (bytes.length > limits.requestBytes) {
    throw new MgpuError(
      'TOO_LARGE',
      `the request has ${bytes.length} bytes, more than ${limits.requestBytes}`,
    );
  }
  // Daemons would set aside what does not pass, and its sender would never hear of it.
  checked(requestFileSchema, file, 'the request');
  const options = { mode: 0o644, durable: store.spool.durable, nonce: requestId };
  await replace(store.files, store.layout.inbox, `${requestId}.json`, bytes, options);
  return requestId;
}

/** What the inbox holds: requests that pass the schema, and names of files that do not, with the reason. */
export interface InboxContent {
  readonly requests: readonly SentRequest[];
  readonly unfit: readonly { readonly name: string; readonly why: string }[];
  /** True when the inbox holds more than was read. */
  readonly isPartial: boolean;
}

/** What is read at a time: a commit has to hold all that these lead to. */
const requestsMax = 2000;
const bytesMax = 2 * limits.requestBytes;

/** How much of the inbox is read: what one commit can hold, or all of it for a query. */
export type InboxReach = 'commit' | 'all';

/** Reads the inbox, oldest first. */
export async function readInbox(store: Store, reach: InboxReach): Promise<InboxContent> {
  const requests: SentRequest[] = [];
  const unfit: { name: string; why: string }[] = [];
  let bytes = 0;
  for (const name of await inboxNames(store)) {
    const isFull = requests.length + unfit.length >= requestsMax || bytes >= bytesMax;
    if (isFull && reach === 'commit') return { requests, unfit, isPartial: true };
    try {
      const found = await readRequest(store, name);
      if (found !== undefined) requests.push(found.request);
      bytes += found?.bytes ?? 0;
    } catch (error) {
      if (!(error instanceof MgpuError) || !unfitCodes.has(error.code)) throw error;
      unfit.push({ name, why: error.message });
    }
  }
  return { requests, unfit, isPartial: false };
}

/** What makes a file no request, for ever; other errors are the file system's and may pass. */
const unfitCodes = new Set([
  'SCHEMA',
  'NOT_REGULAR',
  'TOO_LARGE',
  'UNFIT',
  'NEWER_FORMAT',
  'EACCES',
  'EPERM',
  'ELOOP',
]);

/** The requests among these that are still in the inbox: one that another daemon took is gone. */
export async function stillThere(
  store: Store,
  requests: readonly SentRequest[],
): Promise<readonly SentRequest[]> {
  const names = new Set(await inboxNames(store));
  return requests.filter((request) => names.has(`${request.requestId}.json`));
}

/**
 * Those of the handled requests whose files are gone for good: a daemon took them out and died before it
 * could say that they may be forgotten.
 */
export async function goneRequests(store: Store, handled: Iterable<string>): Promise<readonly string[]> {
  const names = new Set(await inboxNames(store));
  const gone = [...handled].filter((id) => !names.has(`${id}.json`));
  if (gone.length > 0 && store.spool.durable) await store.files.syncDir(store.layout.inbox);
  return gone;
}

/** What a rename into a room fails with that its owner removed, or put something else into. */
const roomlessCodes: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ENOTEMPTY',
  'EEXIST',
  'EACCES',
  'EPERM',
  'ELOOP',
  'EXDEV',
]);

/** Takes a request out after its commit: a submission is kept in its job's room, for people who look. */
export async function takeOut(store: Store, request: SentRequest): Promise<void> {
  const { files, layout } = store;
  const path = `${layout.inbox}/${request.requestId}.json`;
  if (request.request.name === 'submit') {
    try {
      await files.rename(path, layout.job(request.request.jobId).request);
      return;
    } catch (error) {
      // Another daemon took it out, or the job's room is gone or not as it should be.
      if (!(error instanceof MgpuError) || !roomlessCodes.has(error.code)) throw error;
    }
  }
  await files.unlink(path);
}

/** A name has at most 255 bytes, and one unit of its text takes up to three. */
const nameLengthKept = 60;

/**
 * Sets a file aside that is no request, so that it is looked at once. What cannot be moved (a folder that its
 * owner may not write to, or `rejected/` is spoilt itself) stays where it is and harms nobody: gives why.
 */
export async function setAside(store: Store, name: string): Promise<string | undefined> {
  const { files, layout, ids } = store;
  const path = `${layout.inbox}/${name}`;
  try {
    await files.rename(path, `${layout.rejected}/${ids.next()}.${name.slice(0, nameLengthKept)}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof MgpuError)) throw error;
    // Another daemon set it aside first.
    if (error.code === 'ENOENT' && (await files.stat(path)) === undefined) return undefined;
    return error.message;
  }
}

/** The names in the inbox that may be requests. */
export async function inboxNames(store: Store): Promise<readonly string[]> {
  const names = await store.files.list(store.layout.inbox);
  if (names === undefined) {
    throw new MgpuError('MISSING', `${store.layout.inbox}: the folder is missing`, {
      hint: 'is the file system mounted?',
    });
  }
  return names.filter((name) => !name.startsWith('.'));
}

async function readRequest(
  store: Store,
  name: string,
): Promise<{ readonly request: SentRequest; readonly bytes: number } | undefined> {
  const path = `${store.layout.inbox}/${name}`;
  const content = await store.files.read(path, limits.requestBytes);
  if (content === undefined) return undefined;
  if (content.stat.links !== 1) throw new MgpuError('UNFIT', `${path}: it has ${content.stat.links} names`);
  const file = decodeRequest(content.bytes, path);
  if (name !== `${file.requestId}.json`)
    throw new MgpuError('UNFIT', `${path}: it says that it is ${file.requestId}`);
  const { requestId, time, request } = file;
  const { uid } = content.stat;
  const isOwner = uid === store.ownerUid;
  return {
    request: { requestId, uid, time, request, ...(isOwner && { isOwner }) },
    bytes: content.bytes.length,
  };
}

/** Throws `UNFIT`, `SCHEMA` or `NEWER_FORMAT` for what is no request. */
export function decodeRequest(bytes: Uint8Array, path: string): RequestFile {
  const json = parse(bytes, path);
  refuseNewer(json, path);
  return checked(requestFileSchema, json, path);
}

// Fields that nobody knows are kept, and what is too deep can be read but not written again.
const bounds = { depthMax: limits.jsonDepth, valuesMax: limits.jsonValues };

function parse(bytes: Uint8Array, path: string): unknown {
  try {
    return parseBounded(bytes, bounds);
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause;
    throw new MgpuError('UNFIT', `${path}: ${cause.message}`, { cause });
  }
}
