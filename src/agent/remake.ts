import { isMgpuError } from '../base/error.ts';
import type { ActiveJob } from '../model/job.ts';
import { surely } from '../store/spool.ts';
import type { Agent } from './agent.ts';

/**
 * Makes the room of a task of an array anew where it is not there: the daemon that claimed the task did not
 * wait until the room was on disk, and a power cut took it. All that it holds is what its runs leave there.
 * To be called only where it is certain that the attempt has not begun, or where it is to be kept from it: in
 * the room was its start marker.
 */
export async function remakeRoom({ store, logger }: Agent, job: ActiveJob): Promise<void> {
  if (job.arrayJobId === undefined || job.arrayJobId === job.id) return;
  const { path } = store.layout.job(job.id);
  if ((await surely(store, () => store.files.stat(path))) !== undefined) return;
  try {
    await store.files.makeDir(path, 0o755);
    logger.warn('its room was lost with the power, and is made anew', { jobId: job.id });
  } catch (error) {
    // The folder of all rooms is gone: who needs this one says so.
    if (!isMgpuError(error, 'ENOENT')) throw error;
  }
}
