import { isMgpuError } from '../base/error.ts';
import { defaultSettings } from '../model/settings.ts';
import { type Flaw, type Keeper, keeperOf, mend } from '../store/fsck.ts';
import { readHeartbeats } from '../store/nodes.ts';
import { readClusterFile } from '../store/settings.ts';
import type { Store } from '../store/spool.ts';
import { type FsckPorts, type FsckReport, fsck } from './fsck.ts';

export interface RepairPorts extends FsckPorts {
  /** Tells a person what is being waited for. */
  say(text: string): void;
}

export interface RepairReport extends FsckReport {
  /** What is left: why it was not mended, where it could have been. */
  readonly flaws: readonly (Flaw & { readonly left?: string })[];
  readonly mended: readonly Flaw[];
  /** Where that lies which was taken out of its place, from the spool's folder. */
  readonly kept: readonly string[];
}

/** What is mended may bring to light what could not be seen before. */
const roundsMax = 8;

/**
 * Mends what can be mended. Nothing is deleted: what is taken away is kept in `lost+found`. What could hurt
 * a daemon that is at work is done only while none is; what loses commits also wants `isForced`.
 */
export async function repair(
  store: Store,
  ports: RepairPorts,
  { isForced }: { readonly isForced: boolean },
): Promise<RepairReport> {
  const mended: Flaw[] = [];
  const kept: string[] = [];
  const watch = heartbeatWatch(store, ports);
  for (let rounds = 1; ; rounds += 1) {
    const report = await fsck(store, ports);
    const keeper = keeperOf(store);
    const left = new Map<Flaw, string>();
    let count = 0;
    for (const flaw of report.flaws) {
      if (flaw.remedy.kind === 'advice') continue;
      const why = afterGoingBack(mended, flaw) ?? (await obstacle(flaw, { watch, isForced }));
      const failure = why ?? (await mending(store, keeper, flaw));
      if (failure !== undefined) left.set(flaw, failure);
      else {
        mended.push(flaw);
        count += 1;
      }
    }
    kept.push(...[keeper.kept() ?? []].flat());
    if (count > 0 && rounds < roundsMax) continue;
    const flaws = report.flaws.map((flaw) => {
      const why = left.get(flaw);
      return why === undefined ? flaw : { ...flaw, left: why };
    });
    return { ...report, flaws, mended, kept };
  }
}

/**
 * Whoever said that commits may be lost did not know yet which jobs may run on without them: they are to look
 * first.
 */
function afterGoingBack(mended: readonly Flaw[], { remedy }: Flaw): string | undefined {
  const isNew = mended.some((one) => one.remedy.kind === 'goBack');
  if (!isNew || remedy.kind !== 'resubmit' || remedy.when !== 'force') return undefined;
  return 'make sure that nothing of it is left (its start marker tells where it ran), then do this again';
}

/** Why a flaw may not be mended now; undefined when it may. */
async function obstacle(
  { remedy }: Flaw,
  { watch, isForced }: { readonly watch: HeartbeatWatch; readonly isForced: boolean },
): Promise<string | undefined> {
  if (remedy.kind === 'advice' || remedy.when === 'any') return undefined;
  if (remedy.when === 'force' && !isForced)
    return 'somebody has to say that this may be: end all daemons and add --force';
  const up = await watch.up();
  if (up.length === 0) return undefined;
  return `the daemons of these nodes run: ${up.join(', ')}: end them first (SIGTERM; jobs run on)`;
}

async function mending(store: Store, keeper: Keeper, { remedy }: Flaw): Promise<string | undefined> {
  try {
    await mend(store, keeper, remedy);
    return undefined;
  } catch (error) {
    // The others may go well.
    if (!isMgpuError(error)) throw error;
    return error.message;
  }
}

interface HeartbeatWatch {
  /** The nodes whose daemons have shown that they live since the watch began. */
  up(): Promise<readonly string[]>;
}

/** Heartbeats are watched for so many of their intervals before they are said to stand still. */
const intervalsWatched = 1.5;

/**
 * The watch begins when it is first asked, and lasts as long as the slowest daemon needs for a heartbeat:
 * one that was started before the settings were changed may go by the default.
 */
function heartbeatWatch(store: Store, ports: RepairPorts): HeartbeatWatch {
  let first: ReadonlyMap<string, string | undefined> | undefined;
  const begin = async (): Promise<ReadonlyMap<string, string | undefined>> => {
    const beats = await readHeartbeats(store);
    const seconds = Math.ceil((await heartbeatSeconds(store, ports)) * intervalsWatched);
    ports.say(`watching for ${seconds} s whether a daemon lives`);
    await store.clock.sleep(seconds * 1000);
    return beats;
  };
  return {
    async up() {
      first ??= await begin();
      const before = first;
      const now = await readHeartbeats(store);
      const isBeating = ([name, beat]: readonly [string, string | undefined]): boolean =>
        beat !== undefined && beat !== before.get(name);
      return [...now].filter(isBeating).map(([name]) => name);
    },
  };
}

async function heartbeatSeconds(store: Store, { parseYaml }: RepairPorts): Promise<number> {
  const least = defaultSettings.heartbeatSeconds;
  try {
    return Math.max(least, (await readClusterFile(store, parseYaml)).settings.heartbeatSeconds);
  } catch (error) {
    // No daemon can have started with what cannot be read, as it is now.
    if (isMgpuError(error)) return least;
    throw error;
  }
}
