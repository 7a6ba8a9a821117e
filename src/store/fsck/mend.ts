import { MgpuError } from '../../base/error.ts';
import { encodeCheckpoint } from '../codec.ts';
import { seqName } from '../layout.ts';
import { putIfAbsent, replace } from '../put.ts';
import { parentOf, type Store } from '../spool.ts';
import type { Remedy } from './flaw.ts';
import { shownPath } from './inspection.ts';

/**
 * A folder of `lost+found` for what is taken out of its place at one time: it lies there under its own path.
 */
export interface Keeper {
  /** From the spool's folder; undefined while nothing was taken. */
  readonly kept: () => string | undefined;
  /** Takes a name away, whatever it stands for. */
  take(path: string): Promise<void>;
  /** Keeps a file that is to be replaced; where it is no file, it is taken away. */
  copy(path: string): Promise<void>;
}

export function keeperOf(store: Store): Keeper {
  const { files, ids, layout, spool } = store;
  const folder = `${layout.lostAndFound}/${ids.next()}`;
  let isUsed = false;
  const placeFor = async (path: string): Promise<string> => {
    isUsed = true;
    const parts = `${shownPath(store, folder)}/${shownPath(store, path)}`.split('/');
    for (let depth = 1; depth < parts.length; depth += 1)
      await files.makeDir(`${layout.root}/${parts.slice(0, depth).join('/')}`, 0o700);
    return `${layout.root}/${parts.join('/')}`;
  };
  const syncBoth = async (path: string, place: string): Promise<void> => {
    if (!spool.durable) return;
    for (const one of [place, path]) await files.syncDir(parentOf(one));
  };
  const take = async (path: string): Promise<void> => {
    if ((await files.stat(path)) === undefined) return;
    const place = await placeFor(path);
    await files.rename(path, place);
    await syncBoth(path, place);
  };
  return {
    kept: () => (isUsed ? shownPath(store, folder) : undefined),
    take,
    async copy(path) {
      if ((await files.stat(path))?.kind !== 'file') return take(path);
      const place = await placeFor(path);
      if ((await files.link(path, place)) === 'exists')
        throw new MgpuError('EEXIST', `${place}: something is kept there already`);
      await syncBoth(path, place);
    },
  };
}

/**
 * Does what a remedy says. Each of its steps may be the last one before a crash: an examination then finds
 * what is left to do.
 */
export async function mend(store: Store, keeper: Keeper, remedy: Remedy): Promise<void> {
  const { files, layout, spool } = store;
  switch (remedy.kind) {
    case 'advice':
      return;
    case 'move':
      return keeper.take(`${layout.root}/${remedy.path}`);
    case 'makeFolder': {
      const path = `${layout.root}/${remedy.path}`;
      await files.makeDir(path, 0o755);
      if (spool.durable) await files.syncDir(parentOf(path));
      return;
    }
    case 'blank':
      return replaceKept(store, keeper, {
        folder: layout.log,
        seq: remedy.seq,
        content: new Uint8Array(),
      });
    case 'remake':
      return replaceKept(store, keeper, {
        folder: layout.checkpoints,
        seq: remedy.seq,
        content: encodeCheckpoint(remedy.cluster, store.clock.now()),
      });
    case 'goBack':
      return goBack(store, keeper, remedy);
    case 'resubmit':
      return resubmit(store, remedy);
    default:
      return remedy satisfies never;
  }
}

interface Replacement {
  readonly folder: string;
  readonly seq: number;
  readonly content: Uint8Array;
}

/** The number is never free meanwhile: a writer that slept could take it, and believe that it won. */
async function replaceKept(
  store: Store,
  keeper: Keeper,
  { folder, seq, content }: Replacement,
): Promise<void> {
  const { files, ids, spool } = store;
  const name = seqName(seq);
  await keeper.copy(`${folder}/${name}`);
  const options = { mode: 0o644, durable: spool.durable, nonce: ids.next() };
  if ((await files.stat(`${folder}/${name}`)) === undefined)
    await putIfAbsent(files, folder, name, content, options);
  else await replace(files, folder, name, content, options);
}

/**
 * The last one first, and the damaged one last: until then readers stop at it. Segments that were written
 * since then name commits which will be made anew.
 */
async function goBack(
  { layout }: Store,
  keeper: Keeper,
  { entries, checkpoints, segments }: Extract<Remedy, { readonly kind: 'goBack' }>,
): Promise<void> {
  const down = (numbers: readonly number[]): readonly number[] => [...numbers].sort((a, b) => b - a);
  for (const { path } of segments.toReversed()) await keeper.take(path);
  for (const seq of down(checkpoints)) await keeper.take(`${layout.checkpoints}/${seqName(seq)}`);
  for (const seq of down(entries)) await keeper.take(`${layout.log}/${seqName(seq)}`);
}

async function resubmit(
  { files, layout, spool }: Store,
  { jobId, requestId }: Extract<Remedy, { readonly kind: 'resubmit' }>,
): Promise<void> {
  const room = layout.job(jobId);
  await files.rename(room.request, `${layout.inbox}/${requestId}.json`);
  if (!spool.durable) return;
  await files.syncDir(layout.inbox);
  await files.syncDir(room.path);
}
