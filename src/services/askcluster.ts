import { bellsForRequest } from '../core/concerned.ts';
import type { Request } from '../model/request.ts';
import { sendRequest } from '../store/inbox.ts';
import type { Session } from './session.ts';

/** What a command asks the cluster for, and where it was typed. */
export interface Asking {
  readonly request: Request;
  readonly host: string;
  /** Drawn by a caller who wants to know what became of a failed try. */
  readonly requestId?: string;
}

/** Puts a request into the inbox and rings a daemon that may do it. Gives the request's identity. */
export async function askCluster(
  { store, present }: Session,
  { request, host, requestId }: Asking,
): Promise<string> {
  const sent = await sendRequest(store, request, host, requestId);
  await store.bells?.ring(bellsForRequest(present.journal.cluster(), request));
  return sent;
}
