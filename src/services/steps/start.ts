import { MgpuError } from '../../base/error.ts';
import { bellsOf } from '../../model/bell.ts';
import type { Node } from '../../model/node.ts';
import type { StepShare } from '../../model/steprequest.ts';
import type { StepRoom } from '../../store/layout.ts';
import { temporaryPrefix } from '../../store/put.ts';
import type { Store } from '../../store/spool.ts';
import type { Making } from './making.ts';

interface Starting {
  readonly step: number;
  readonly room: StepRoom;
  readonly shares: readonly StepShare[];
}

/** The parts whose supervisors were started here and have ended. */
export interface EndedParts {
  readonly parts: readonly number[];
}

/** Starts the parts that belong here, and wakes the daemons of the other nodes, which start theirs. */
export function startParts(
  { session, options, job, nodes }: Making,
  { step, room, shares }: Starting,
): EndedParts {
  const { clusterId } = session.store.spool;
  const mark = `${clusterId}.${job.id}.${job.attempt}`;
  const parts: number[] = [];
  const elsewhere: string[] = [];
  for (const [part, { isDirect, node }] of shares.entries()) {
    if (isDirect !== true) {
      elsewhere.push(node);
      continue;
    }
    const gone = (): void => {
      parts.push(part);
      session.watcher.wake();
    };
    options.starter
      .start({ room, part, marks: { job: mark, step: `${mark}.${step}.${part}` } })
      .then(gone, gone);
  }
  if (elsewhere.length > 0)
    void ring(
      session.store,
      elsewhere.flatMap((node) => nodes.get(node) ?? []),
    );
  return { parts };
}

/**
 * They look every so often anyway. Those without a doorbell hear of the inbox by the kernel: a name that
 * comes and goes there makes them look now.
 */
async function ring({ files, layout, ids, bells }: Store, nodes: readonly Node[]): Promise<void> {
  const rung = nodes.map(({ record }) => bellsOf(record));
  await bells?.ring(rung.flat());
  if (bells !== undefined && rung.every((own) => own.length > 0)) return;
  const path = `${layout.inbox}/${temporaryPrefix}${ids.next()}`;
  try {
    await files.create(path, new Uint8Array(0), { mode: 0o600, sync: false });
    await files.unlink(path);
  } catch (error) {
    // Where nothing can be written they look a little later.
    if (!(error instanceof MgpuError)) throw error;
  }
}

/** Tells those who cannot see this process that it lives, as long as it does. */
export function beatOn({ session }: Making, room: StepRoom): { stop(): void } {
  const { files, clock } = session.store;
  let isOver = false;
  const beating = async (): Promise<void> => {
    try {
      for (let seconds = 0; !isOver; seconds += 1) {
        const isDue = seconds % beatSeconds === 0;
        if (isDue) await files.append(room.beat, new Uint8Array([0x2e]), { mode: 0o644, sync: false });
        await clock.sleep(1000);
      }
    } catch (error) {
      // A full disk, or a room that went: the step's end tells the rest.
      if (!(error instanceof MgpuError)) throw error;
    }
  };
  void beating();
  return {
    stop() {
      isOver = true;
    },
  };
}

const beatSeconds = 10;
