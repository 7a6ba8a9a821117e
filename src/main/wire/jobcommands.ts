import { readFile, writeFile } from 'node:fs/promises';
import { isMgpuError, MgpuError } from '../../base/error.ts';
import type { JobProcess } from '../../commands/scontrol/processes.ts';
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

export async function pidsOf(store: Store, job: Job): Promise<readonly JobProcess[]> {
  const { systemProcesses } = await import('../../system/processes.ts');
  const mark = `${store.spool.clusterId}.${job.id}.${job.attempt}`;
  const members = await systemProcesses().members([{ mark }]);
  const found = members.get(mark) ?? [];
  return Promise.all(found.map(async ({ pid }) => placeOf(pid, await variablesOf(pid))));
}

function placeOf(pid: number, variables: ReadonlyMap<string, string>): JobProcess {
  const step = numberIn(variables, 'SLURM_STEP_ID');
  const localId = numberIn(variables, 'SLURM_LOCALID');
  const globalId = numberIn(variables, 'SLURM_PROCID');
  if (step === undefined) return { pid };
  return {
    pid,
    step,
    ...(localId !== undefined && { localId }),
    ...(globalId !== undefined && { globalId }),
  };
}

function numberIn(variables: ReadonlyMap<string, string>, name: string): string | undefined {
  return /^\d{1,9}$/.exec(variables.get(name) ?? '')?.[0];
}

/** The job of this cluster that the process was started for. */
export async function jobOfPid({ spool }: Store, pid: number): Promise<number | undefined> {
  const [cluster, job = ''] = ((await variablesOf(pid)).get('MGPU_JOB_MARK') ?? '').split('.');
  return cluster === spool.clusterId && /^\d{1,9}$/.test(job) ? Number(job) : undefined;
}

/** The environment that a process was started with; empty for one that is gone or somebody else's. */
async function variablesOf(pid: number): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === undefined) throw error;
    return '';
  });
  return new Map(
    text.split('\0').map((entry) => {
      const at = entry.indexOf('=');
      return [entry.slice(0, at), entry.slice(at + 1)] as const;
    }),
  );
}
