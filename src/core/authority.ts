import { type Cluster, configOf } from '../model/cluster.ts';
import type { Job } from '../model/job.ts';
import type { SentRequest } from '../model/request.ts';

/** Who asks for something, as the file system tells it. */
export type Sender = Pick<SentRequest, 'uid' | 'isOwner'>;

/**
 * True for root, and for whom the settings name; where they name nobody, for the owner of the spool. Names
 * were made numbers when the settings were taken in, so that everybody decides alike.
 */
export function mayAdminister(cluster: Cluster, { uid, isOwner = false }: Sender): boolean {
  const { admins, adminUids = [] } = configOf(cluster);
  return uid === 0 || (admins === undefined ? isOwner : adminUids.includes(uid));
}

/** Users change their own jobs; administrators change all. */
export function mayChange(cluster: Cluster, sender: Sender, job: Job): boolean {
  return sender.uid === job.spec.uid || mayAdminister(cluster, sender);
}
