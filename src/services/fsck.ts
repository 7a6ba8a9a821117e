import { isMgpuError } from '../base/error.ts';
import type { ParseYaml } from '../ports/yaml.ts';
import {
  type Flaw,
  hasLogGoneOn,
  type Inspection,
  lookAtSpool,
  type RegisteredNodes,
  type SpoolLook,
} from '../store/fsck.ts';
import type { Store } from '../store/spool.ts';
import { fileServerNow } from './fileservernow.ts';

export { type Flaw, remedyText } from '../store/fsck.ts';

export interface FsckPorts {
  /** Whose the spool is. */
  readonly uid: number;
  /** When the file server says that a file was last written, in ms since 1970. */
  fileTimeMs(path: string): Promise<number>;
  /** This machine's clock, in ms since 1970. */
  nowMs(): number;
  readonly parseYaml: ParseYaml;
}

export interface FsckReport {
  readonly flaws: readonly Flaw[];
  /** How many files were looked at, and the newest commit. */
  readonly files: number;
  readonly seq: number;
}

/** The same, with what it takes to find out which daemons live. */
export interface FsckLook {
  readonly report: FsckReport;
  readonly registered: RegisteredNodes;
}

/**
 * Between two looks: at least so long, and until the log went on; a daemon that lives does something every
 * five seconds at the latest.
 */
const pauseMsMin = 2000;
const pauseMsMax = 6000;
const pauseLookMs = 250;

/**
 * Examines a spool. What is not as it should be counts if it is still so after a pause: the daemons go on
 * meanwhile.
 */
export async function fsck(store: Store, ports: FsckPorts): Promise<FsckReport> {
  return (await lookTwice(store, ports)).report;
}

export async function lookTwice(store: Store, ports: FsckPorts): Promise<FsckLook> {
  const inspection = await inspectionOf(store, ports);
  const first = await lookAtSpool(inspection);
  const { files } = inspection.tally;
  const { registered } = first;
  if (first.flaws.length === 0) return { report: { flaws: [], files, seq: first.seq }, registered };
  await pause(store, first);
  const second = await lookAtSpool(inspection);
  const seen = new Set(first.flaws.map(keyOf));
  const flaws = second.flaws.filter((flaw) => seen.has(keyOf(flaw)));
  return { report: { flaws, files, seq: second.seq }, registered: second.registered };
}

async function inspectionOf(store: Store, ports: FsckPorts): Promise<Inspection> {
  const serverMs = await fileServerNow(store, ports);
  const aheadMs = serverMs === undefined ? 0 : serverMs - ports.nowMs();
  return {
    store,
    uid: ports.uid,
    parseYaml: ports.parseYaml,
    tally: { files: 0 },
    async ageSeconds(path) {
      try {
        return (ports.nowMs() + aheadMs - (await ports.fileTimeMs(path))) / 1000;
      } catch (error) {
        if (isMgpuError(error, 'ENOENT')) return undefined;
        throw error;
      }
    },
  };
}

async function pause(store: Store, { seq }: SpoolLook): Promise<void> {
  const start = store.clock.monotonicMs();
  for (;;) {
    await store.clock.sleep(pauseLookMs);
    const passedMs = store.clock.monotonicMs() - start;
    if (passedMs >= pauseMsMax) return;
    if (passedMs >= pauseMsMin && (await hasLogGoneOn(store, seq))) return;
  }
}

/** A flaw is the same one though its words may differ by what happened meanwhile. */
function keyOf({ path, remedy }: Flaw): string {
  return `${path}\n${remedy.kind}`;
}
