import { MgpuError } from '../../base/error.ts';
import { checked, int, object } from '../../base/schema.ts';
import { isNodeName, nodeNameSchema, nonceSchema, secondsSchema } from '../../model/ids.ts';
import { limits } from '../../model/limits.ts';
import { nodeRecordSchema } from '../../model/node.ts';
import { type InboxContent, readInbox } from '../inbox.ts';
import { type Layout, spoolFolders } from '../layout.ts';
import { decodeText } from '../put.ts';
import { isHidden } from '../remove.ts';
import { readClusterFile } from '../settings.ts';
import { decodeSpoolFile } from '../spool.ts';
import { advise, type Flaw, misplaced } from './flaw.ts';
import { type Inspection, isOld, look, rights, shownPath, strangers, tried, whyOf } from './inspection.ts';

export interface RootLook {
  readonly flaws: readonly Flaw[];
  /** False where a folder is missing or cannot be used without which the others tell little. */
  readonly isUsable: boolean;
}

/** The folder itself, its two files and its folders. */
export async function lookAtRoot(inspection: Inspection): Promise<RootLook> {
  const { store } = inspection;
  const { layout, files } = store;
  const folders = spoolFolders(layout);
  const own = [layout.spoolFile, layout.settingsFile, layout.lostAndFound, ...folders].map((path) =>
    shownPath(store, path),
  );
  const stat = await files.stat(layout.root);
  const others = ((await files.list(layout.root)) ?? []).filter((name) => !own.includes(name));
  const flaws: Flaw[] = stat === undefined ? [] : [...rights(inspection, layout.root, stat)];
  flaws.push(...(await lookAtOthers(inspection, others)));
  flaws.push(...(await lookAtSpoolFile(inspection)), ...(await lookAtSettings(inspection)));
  let isUsable = true;
  for (const folder of folders) {
    const unusable = await unusableFolder(inspection, folder);
    const there = await files.stat(folder);
    const isNeeded = there !== undefined || neededFolders(layout).includes(folder);
    isUsable &&= unusable === undefined || !isNeeded;
    if (unusable !== undefined) {
      const what = isNeeded ? `${unusable.what}; the rest was not looked at` : unusable.what;
      flaws.push({ ...unusable, what });
    } else if (there !== undefined) flaws.push(...rights(inspection, folder, there));
  }
  return { flaws, isUsable };
}

function neededFolders({ log, checkpoints, inbox, accounting }: Layout): readonly string[] {
  return [log, checkpoints, inbox, accounting];
}

/** People may keep files of theirs here. */
async function lookAtOthers(inspection: Inspection, names: readonly string[]): Promise<readonly Flaw[]> {
  const flaws = await strangers(inspection, inspection.store.layout.root, names, 'command');
  return flaws.map((flaw) =>
    flaw.path.startsWith('.') ? flaw : advise('note', flaw.path, flaw.what, 'nothing'),
  );
}

async function lookAtSpoolFile(inspection: Inspection): Promise<readonly Flaw[]> {
  const { spoolFile } = inspection.store.layout;
  const found = await look(inspection, spoolFile, limits.smallFileBytes);
  if (found.is !== 'file') return [];
  const { bytes, stat } = found.content;
  const spool = await tried(() => decodeSpoolFile(bytes, spoolFile));
  if (spool instanceof MgpuError) throw spool;
  return rights(inspection, spoolFile, stat);
}

async function lookAtSettings(inspection: Inspection): Promise<readonly Flaw[]> {
  const { store, parseYaml } = inspection;
  const path = store.layout.settingsFile;
  const found = await look(inspection, path, limits.smallFileBytes);
  if (found.is === 'gone') return [];
  const settings = found.is === 'bad' ? found.error : await tried(() => readClusterFile(store, parseYaml));
  if (settings instanceof MgpuError) {
    const what = `${whyOf(settings, path)}: no daemon starts with it`;
    return [advise('error', shownPath(store, path), what, settings.hint ?? 'correct it')];
  }
  return found.is === 'file' ? rights(inspection, path, found.content.stat) : [];
}

/** Why a folder of the spool cannot be used; undefined when it can. */
async function unusableFolder(inspection: Inspection, folder: string): Promise<Flaw | undefined> {
  const { files, layout } = inspection.store;
  const path = shownPath(inspection.store, folder);
  inspection.tally.files += 1;
  const kind = (await files.stat(folder))?.kind;
  if (kind !== undefined && kind !== 'directory')
    return misplaced(path, 'it is no folder', { severity: 'error', when: 'stopped' });
  const names = await tried(() => files.list(folder));
  if (names instanceof MgpuError)
    return advise('error', path, whyOf(names, folder), 'make it readable again');
  if (names !== undefined) return undefined;
  // An empty one in their place would be a new and empty cluster.
  if (folder === layout.log || folder === layout.checkpoints) {
    const text = 'is the file system mounted? Else restore log/ and checkpoints/ from a backup';
    return advise('error', path, 'the folder is missing, and what was committed with it', text);
  }
  const what = 'the folder is missing, and what was in it';
  return { severity: 'error', path, what, remedy: { kind: 'makeFolder', path, when: 'any' } };
}

/** What waits in the inbox, what is no request, and what was set aside before. */
export async function lookAtInbox(
  inspection: Inspection,
): Promise<{ readonly flaws: readonly Flaw[]; readonly requests: InboxContent['requests'] }> {
  const { store, uid } = inspection;
  const { files, layout } = store;
  const names = (await files.list(layout.inbox)) ?? [];
  const hidden = names.filter((name) => name.startsWith('.'));
  const flaws = [...(await strangers(inspection, layout.inbox, hidden, 'command'))];
  const { requests, unfit } = await readInbox(store, 'all');
  inspection.tally.files += requests.length + unfit.length;
  for (const { name, why } of unfit) {
    const path = `${layout.inbox}/${name}`;
    const short = why.startsWith(`${path}: `) ? why.slice(path.length + 2) : why;
    flaws.push(misplaced(shownPath(store, path), `${short}: it is no request`));
  }
  for (const sent of requests) {
    if (sent.uid === uid) continue;
    const path = shownPath(store, `${layout.inbox}/${sent.requestId}.json`);
    flaws.push(misplaced(path, `it is of uid ${sent.uid}: the cluster serves uid ${uid} alone`));
  }
  const rejected = ((await files.list(layout.rejected)) ?? []).filter((name) => !isHidden(name)).length;
  if (rejected > 0) {
    const what = `${rejected} files were set aside here, for they were no requests`;
    flaws.push(advise('note', shownPath(store, layout.rejected), what, 'look at them and delete them'));
  }
  return { flaws, requests };
}

const heartbeatSchema = object({
  node: nodeNameSchema,
  incarnation: nonceSchema,
  beat: int(0),
  time: secondsSchema,
});

/** What each daemon says of its node. It writes both files anew by itself. */
export async function lookAtNodes(inspection: Inspection): Promise<readonly Flaw[]> {
  const { files, layout } = inspection.store;
  const names = (await files.list(layout.nodes)) ?? [];
  const others = names.filter((name) => !isNodeName(name));
  const flaws = [...(await strangers(inspection, layout.nodes, others, 'daemon'))];
  for (const name of names.filter(isNodeName)) {
    const room = layout.node(name);
    const stat = await files.stat(room.path);
    if (stat === undefined) continue;
    if (stat.kind !== 'directory') {
      flaws.push(misplaced(shownPath(inspection.store, room.path), 'it is no folder of a node'));
      continue;
    }
    flaws.push(...rights(inspection, room.path, stat));
    const inside = (await files.list(room.path)) ?? [];
    const own = [room.inventory, room.heartbeat].map((path) => path.slice(room.path.length + 1));
    const foreign = inside.filter((one) => !own.includes(one));
    flaws.push(...(await strangers(inspection, room.path, foreign, 'daemon')));
    flaws.push(
      ...(await lookAtText(inspection, room.inventory, (json, path) =>
        checked(nodeRecordSchema, json, path),
      )),
    );
    flaws.push(
      ...(await lookAtText(inspection, room.heartbeat, (json, path) => checked(heartbeatSchema, json, path))),
    );
  }
  return flaws;
}

async function lookAtText(
  inspection: Inspection,
  path: string,
  check: (json: unknown, path: string) => unknown,
): Promise<readonly Flaw[]> {
  const found = await look(inspection, path, limits.smallFileBytes);
  if (found.is === 'gone') return [];
  const why =
    found.is === 'bad' ? found.error : await tried(() => check(jsonOf(found.content.bytes, path), path));
  const shown = shownPath(inspection.store, path);
  if (why instanceof MgpuError) {
    // In place of what is no file the daemon could not put one.
    const severity = found.is === 'bad' ? 'warn' : 'note';
    return [misplaced(shown, `${whyOf(why, path)}: the daemon of the node writes it anew`, { severity })];
  }
  return found.is === 'file' ? rights(inspection, path, found.content.stat) : [];
}

/** Throws `SCHEMA` for what is no JSON. */
function jsonOf(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(decodeText(bytes));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new MgpuError('SCHEMA', `${path}: it is no JSON`, { cause });
  }
}

/** Locks whose holders died; others take them over by themselves. */
export async function lookAtLocks(inspection: Inspection): Promise<readonly Flaw[]> {
  const { files, layout } = inspection.store;
  const flaws: Flaw[] = [];
  for (const name of (await files.list(layout.locks)) ?? []) {
    if (isHidden(name)) continue;
    const path = `${layout.locks}/${name}`;
    inspection.tally.files += 1;
    const isLock = name.endsWith('.lock') && (await files.stat(path))?.kind === 'directory';
    const shown = shownPath(inspection.store, path);
    if (!isLock) flaws.push(misplaced(shown, 'it is no lock'));
    else if (await isOld(inspection, path, 'daemon'))
      flaws.push(misplaced(shown, 'its holder died; whoever wants it takes it over', { severity: 'note' }));
  }
  return flaws;
}
