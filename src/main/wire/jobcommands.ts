import { writeFile } from 'node:fs/promises';
import { isMgpuError, MgpuError } from '../../base/error.ts';
import type { Job } from '../../model/job.ts';
import { formatOfRequest, type Request } from '../../model/request.ts';
import { readScript } from '../../store/rooms.ts';
import type { Store } from '../../store/spool.ts';
import { errnoWords } from '../../system/errnowords.ts';
import { codeOf } from '../../system/files/fault.ts';

/** Daemons that do not know a request would throw it out, and nobody would hear of it. */
export function refuseOldFormat({ spool, layout }: Store, request: Request): void {
  if (formatOfRequest(request) <= spool.format) return;
  const message = `${layout.root}: its format ${spool.format} has no such request`;
  throw new MgpuError('OLD_FORMAT', message, { hint: 'run mgpu upgrade' });
}

export async function scriptOf(store: Store, job: Job): Promise<Uint8Array | undefined> {
  try {
    return await readScript(store, job.arrayJobId ?? job.id);
  } catch (error) {
    if (!isMgpuError(error, 'NO_ROOM')) throw error;
    return undefined;
  }
}

/** Gives what the system says of a file that cannot be written. */
export async function writeOwnFile(path: string, content: Uint8Array): Promise<string | undefined> {
  try {
    await writeFile(path, content);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    return errnoWords(code);
  }
}

export async function pidsOf(store: Store, job: Job): Promise<readonly number[]> {
  const { systemProcesses } = await import('../../system/processes.ts');
  const mark = `${store.spool.clusterId}.${job.id}.${job.attempt}`;
  const members = await systemProcesses().members([{ mark }]);
  return (members.get(mark) ?? []).map(({ pid }) => pid);
}
