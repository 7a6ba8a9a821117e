import { MgpuError } from '../../base/error.ts';
import { limits } from '../../model/limits.ts';
import { decodeText, encodeText, replace } from '../../store/put.ts';
import { removeLoose } from '../../store/remove.ts';
import type { Store } from '../../store/spool.ts';

/*
 * Two machines that measure the file system between them meet in one folder of it. Whoever makes the file
 * `first` waits there and shows with `beat` that it still does; the other one makes `second`.
 */

/** How the two of a meeting are called. */
export type Side = 'first' | 'second';

/** Two who have met, as one of them sees it. Waiting throws `PEER_GONE` when the other one falls silent. */
export interface Meeting {
  readonly side: Side;
  /** What the other one is called. */
  readonly other: Side;
  /** Where they work; only they do. */
  readonly folder: string;
  /** What a file holds; undefined when it is not there (yet). */
  read(name: string): Promise<string | undefined>;
  /** Puts a whole file, in place of what was there. */
  put(name: string, text: string): Promise<void>;
  /** Waits until a name is listed, and gives which of them it was. */
  appears(...names: readonly string[]): Promise<string>;
  /** Waits until a file holds one of these texts, and gives which. */
  holds(name: string, ...texts: readonly string[]): Promise<string>;
  /** Waits until both have come so far. */
  both(point: string): Promise<void>;
}

/** How long the first one waits for a second, and either for a sign of the other: NFS keeps names back. */
const meetMsMax = 120_000;
const silenceMsMax = 90_000;
/** A beat that stands still for so long is a dead one's. */
const deadMs = 10_000;
const lookMs = 5;
const beatMs = 500;
/** Between two beats of a meeting that takes long: a quick one is not to be measured with them. */
const beatOnMs = 2000;

/**
 * Waits for another machine, does the work with it and leaves nothing behind. Throws `ALONE` when nobody
 * comes, `BUSY` when two others are at it.
 */
export async function withPeer<T>(
  store: Store,
  hello: string,
  work: (meeting: Meeting) => Promise<T>,
): Promise<T> {
  const folder = `${store.layout.root}/.doctor.pair`;
  const side = await takeSide(store, folder, hello);
  const meeting = meetingOf(store, folder, side);
  try {
    if (side === 'first') await waitForSecond(store, meeting);
    return await work(meeting);
  } finally {
    if (side === 'first') await removeLoose(store.files, folder);
  }
}

async function takeSide({ files, clock }: Store, folder: string, hello: string): Promise<Side> {
  const take = (side: Side) =>
    files.create(`${folder}/${side}`, encodeText(hello), { mode: 0o600, sync: true });
  for (;;) {
    await files.makeDir(folder, 0o700);
    if ((await take('first')) === 'created') return 'first';
    const beat = async (): Promise<string | undefined> =>
      (await files.read(`${folder}/beat`, limits.smallFileBytes))?.stat.version;
    const before = await beat();
    const end = clock.monotonicMs() + deadMs;
    while ((await beat()) === before && clock.monotonicMs() < end) await clock.sleep(beatMs);
    if ((await beat()) === before) {
      await removeLoose(files, folder);
      continue;
    }
    if ((await take('second')) === 'created') return 'second';
    throw new MgpuError('BUSY', 'two others are at it just now', { hint: 'try again in a minute' });
  }
}

async function waitForSecond({ clock }: Store, meeting: Meeting): Promise<void> {
  const end = clock.monotonicMs() + meetMsMax;
  for (let beats = 0; clock.monotonicMs() < end; beats += 1) {
    await meeting.put('beat', String(beats));
    await clock.sleep(beatMs);
    if ((await meeting.read('second')) !== undefined) return;
  }
  throw new MgpuError('ALONE', `nobody came within ${meetMsMax / 1000} s`, {
    hint: 'type `mgpu doctor --pair` on two machines at the same time',
  });
}

function meetingOf({ files, clock, ids }: Store, folder: string, side: Side): Meeting {
  const other = side === 'first' ? 'second' : 'first';
  let beats = 0;
  let beatenMs = clock.monotonicMs();
  // Also to those who come later the first one shows that it is at it, for as long as the meeting lasts.
  const beatOn = async (): Promise<void> => {
    if (side === 'second' || clock.monotonicMs() - beatenMs < beatOnMs) return;
    beatenMs = clock.monotonicMs();
    beats += 1;
    await meeting.put('beat', `on ${beats}`);
  };
  const waitFor = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
    const end = clock.monotonicMs() + silenceMsMax;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      await beatOn();
      if (clock.monotonicMs() > end) {
        const why = `no sign of the other machine for ${silenceMsMax / 1000} s (${what})`;
        throw new MgpuError('PEER_GONE', why, { hint: 'look whether it said something, and try again' });
      }
      await clock.sleep(lookMs);
    }
  };
  const meeting: Meeting = {
    side,
    other,
    folder,
    async read(name) {
      const content = await files.read(`${folder}/${name}`, limits.smallFileBytes);
      return content === undefined ? undefined : decodeText(content.bytes);
    },
    put: (name, text) =>
      replace(files, folder, name, encodeText(text), { mode: 0o600, durable: false, nonce: ids.next() }),
    appears: (...names) =>
      waitFor(names.join(' or '), async () => {
        const listed = await files.list(folder);
        return names.find((name) => listed?.includes(name));
      }),
    holds: (name, ...texts) =>
      waitFor(name, async () => {
        const held = await meeting.read(name);
        return texts.find((text) => text === held);
      }),
    async both(point) {
      await beatOn();
      await files.create(`${folder}/${point}.${side}`, encodeText(''), { mode: 0o600, sync: false });
      await meeting.appears(`${point}.${other}`);
    },
  };
  return meeting;
}
