import { limits } from '../model/limits.ts';
import { decodeText, encodeText, replace } from '../store/put.ts';
import type { Agent } from './agent.ts';
import { dropLeases } from './lease.ts';
import { withdrawStart } from './markers.ts';
import { jobsRunHere } from './observe.ts';
import { localRunOf } from './run.ts';

/**
 * After a boot: the start marker of a run may have been lost with the power, for the shim does not wait until
 * it is on disk. The run's local folder was there, durably, before its shim. So what has one and is of an
 * earlier boot may have run, and must not start again: its marker is taken here if it is free. The boot's
 * identity is noted last: a crash on the way costs a second look.
 */
export async function settleBoot(agent: Agent): Promise<void> {
  const { localDir, processes, store } = agent;
  const { files, ids, spool } = store;
  const text = `${processes.bootId()}\n`;
  const noted = await files.read(`${localDir}/boot`, limits.smallFileBytes);
  if (noted !== undefined && decodeText(noted.bytes) === text) return;
  for (const job of jobsRunHere(agent)) {
    if ((await files.stat(localRunOf(agent, { jobId: job.id, attempt: job.attempt }))) === undefined)
      continue;
    if ((await withdrawStart(store, job.id, job.attempt, 'lost')) !== 'withdrawn') continue;
    agent.logger.warn('it may have run before this boot; it is not started again', { jobId: job.id });
  }
  await dropLeases(agent);
  const options = { mode: 0o600, durable: spool.durable, nonce: ids.next() };
  await replace(files, localDir, 'boot', encodeText(text), options);
}
