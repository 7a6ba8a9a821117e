import { limits } from '../model/limits.ts';
import { decodeText, encodeText, replace } from '../store/put.ts';
import type { Agent } from './agent.ts';
import { dropLeases } from './lease.ts';
import { withdrawStart } from './markers.ts';
import { jobsRunHere } from './observe.ts';
import { remakeRoom } from './remake.ts';
import { localRunOf } from './run.ts';

/** So many of the machine's boots are noted, the present one first; it may not have registered in each. */
const bootsNoted = 50;

/**
 * After a boot: the start marker of a run may have been lost with the power, for the shim does not wait until
 * it is on disk. The run's local folder was there, durably, before its shim. So what has one and is of an
 * earlier boot may have run, and must not start again: its marker is taken here if it is free. What has none
 * has not begun, if this very machine served the node before its boot. The room of a task may have been lost
 * as well, and is made anew. The boot's identity is noted last: a crash on the way costs a second look.
 */
export async function settleBoot(agent: Agent): Promise<void> {
  const { localDir, processes, store } = agent;
  const { files, ids, spool } = store;
  const content = await files.read(`${localDir}/boot`, limits.smallFileBytes);
  const noted = content === undefined ? [] : decodeText(content.bytes).split('\n');
  if (noted[0] === processes.bootId()) return;
  const last = agent.journal.cluster().nodes.get(agent.node.name)?.record.bootId;
  const wasHere = last !== undefined && noted.includes(last);
  for (const job of jobsRunHere(agent)) {
    const folder = localRunOf(agent, { jobId: job.id, attempt: job.attempt });
    const mayHaveBegun = (await files.stat(folder)) !== undefined;
    if (mayHaveBegun || wasHere) await remakeRoom(agent, job);
    if (!mayHaveBegun) continue;
    if ((await withdrawStart(store, job.id, job.attempt, 'lost')) !== 'withdrawn') continue;
    agent.logger.warn('it may have run before this boot; it is not started again', { jobId: job.id });
  }
  await dropLeases(agent);
  const options = { mode: 0o600, durable: spool.durable, nonce: ids.next() };
  const boots = [processes.bootId(), ...noted.filter((one) => one !== '')].slice(0, bootsNoted);
  await replace(files, localDir, 'boot', encodeText(`${boots.join('\n')}\n`), options);
}
