import type { Cluster } from '../model/cluster.ts';
import type { Job } from '../model/job.ts';
import type { SentRequest } from '../model/request.ts';
import { mayAdminister } from './decide-settings.ts';

/** Who asks for something, as the file system tells it. */
export type Sender = Pick<SentRequest, 'uid' | 'isOwner'>;

/** Users change their own jobs; administrators change all. */
export function mayChange(cluster: Cluster, sender: Sender, job: Job): boolean {
  return sender.uid === job.spec.uid || mayAdminister(cluster, sender);
}
