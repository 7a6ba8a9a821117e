import type { SentRequest } from '../model/request.ts';
import { type InboxContent, inboxNames, readInbox, setAside } from '../store/inbox.ts';
import type { Agent } from './agent.ts';
import type { Memory } from './memory.ts';

/** How long what lies in the inbox, is no request and cannot be moved is no reason to look there. */
const passedOverMs = 10_000;

/** What it takes of a daemon to read requests. */
type Reader = Pick<Agent, 'store' | 'logger'>;

/** True when something lies in the inbox that may be a request. */
export async function hasRequests({ store }: Reader, { passedOver }: Memory): Promise<boolean> {
  const names = await inboxNames(store);
  const isFresh = store.clock.monotonicMs() < passedOver.untilMs;
  return names.some((name) => !isFresh || !passedOver.names.has(name));
}

/** Reads what one commit can hold of the inbox, and sets aside what is no request. */
export async function readRequests(reader: Reader, memory: Memory): Promise<readonly SentRequest[]> {
  const { store, logger } = reader;
  const inbox = await readInbox(store, 'commit');
  const names = new Set<string>();
  for (const { name, why } of inbox.unfit) {
    const stays = await setAside(store, name);
    if (stays !== undefined) names.add(name);
    const what = stays === undefined ? 'set aside' : 'passed over';
    logger.error(`${what}: ${why}`, { file: name, ...(stays !== undefined && { stays }) });
  }
  memory.passedOver = { names, untilMs: store.clock.monotonicMs() + passedOverMs };
  return firstOf(inbox);
}

/**
 * Where the inbox holds more than is read at a time, a submission may lie behind a cancel of its job:
 * submissions are done first, all other requests when the rest is in sight.
 */
function firstOf({ requests, isPartial }: InboxContent): readonly SentRequest[] {
  if (!isPartial) return requests;
  const submissions = requests.filter((one) => one.request.name === 'submit');
  return submissions.length === 0 ? requests : submissions;
}
