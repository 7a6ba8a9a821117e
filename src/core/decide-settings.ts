import { type Cluster, configOf } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Seconds } from '../model/ids.ts';
import type { Request, SentRequest } from '../model/request.ts';

/*
 * What administrators ask of the cluster as a whole. Commands refuse what cannot be with Slurm's words; a
 * request that meets another state than its sender saw leads to nothing, and its outcome says so.
 */

export type SettingsRequest = Extract<Request, { readonly name: 'reconfigure' }>;

/** What a request leads to, and what became of it. */
export interface Decision {
  readonly events: readonly ClusterEvent[];
  readonly outcome: string;
}

export function isSettingsRequest(request: Request): request is SettingsRequest {
  return request.name === 'reconfigure';
}

export function decideSettings(
  cluster: Cluster,
  sent: SentRequest & { readonly request: SettingsRequest },
  _now: Seconds,
): Decision {
  if (!mayAdminister(cluster, sent)) return { events: [], outcome: 'refused: not an administrator' };
  switch (sent.request.name) {
    case 'reconfigure':
      // The daemon that took the request read the file before; what that led to is in the state.
      return { events: [], outcome: 'done' };
    default:
      return sent.request.name satisfies never;
  }
}

/** Root, and those whom the settings name; where they name nobody, the owner of the spool. */
export function mayAdminister(
  cluster: Cluster,
  { uid, isOwner = false }: Pick<SentRequest, 'uid' | 'isOwner'>,
): boolean {
  const { admins, adminUids = [] } = configOf(cluster);
  return uid === 0 || (admins === undefined ? isOwner : adminUids.includes(uid));
}
