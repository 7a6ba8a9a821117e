import { isMgpuError } from '../base/error.ts';
import { type Flaw, type Keeper, keeperOf, mend } from '../store/fsck.ts';
import type { Store } from '../store/spool.ts';
import { daemonWatch, type Judgement, type WatchPorts } from './daemonwatch.ts';
import { type FsckPorts, type FsckReport, lookTwice } from './fsck.ts';

export interface RepairPorts extends FsckPorts, WatchPorts {}

/** What somebody says who asks for a repair. */
export interface RepairWish {
  /** True: commits may be lost. */
  readonly isForced: boolean;
  /** Nodes whose daemons have ended, though that cannot be seen. */
  readonly ended: readonly string[];
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
 * a daemon that is at work is done only while none is known to be, and of each it can be told; what loses
 * commits also wants `isForced`.
 */
export async function repair(
  store: Store,
  ports: RepairPorts,
  { isForced, ended }: RepairWish,
): Promise<RepairReport> {
  const mended: Flaw[] = [];
  const kept: string[] = [];
  const watch = daemonWatch(store, ports, new Set(ended));
  for (let rounds = 1; ; rounds += 1) {
    const { report, registered } = await lookTwice(store, ports);
    const judge = (): Promise<Judgement> => watch.judge(registered);
    const keeper = keeperOf(store);
    const left = new Map<Flaw, string>();
    let count = 0;
    for (const flaw of report.flaws) {
      if (flaw.remedy.kind === 'advice') continue;
      const why = afterGoingBack(mended, flaw) ?? (await obstacle(flaw, { judge, isForced }));
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
  { judge, isForced }: { readonly judge: () => Promise<Judgement>; readonly isForced: boolean },
): Promise<string | undefined> {
  if (remedy.kind === 'advice' || remedy.when === 'any') return undefined;
  if (remedy.when === 'force' && !isForced)
    return 'somebody has to say that this may be: end all daemons and add --force';
  const { up, untold } = await judge();
  if (up.length > 0)
    return `the daemons of these nodes run: ${up.join(', ')}: end them first (SIGTERM; jobs run on)`;
  if (untold.length === 0) return undefined;
  const facts = untold.map(({ node, why }) => `${node} (${why})`).join(', ');
  const names = untold.map(({ node }) => node).join(',');
  const what = `whether the daemons of these nodes run cannot be told: ${facts}`;
  return `${what}: end them, and add --ended ${names}`;
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
