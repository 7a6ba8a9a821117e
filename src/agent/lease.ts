import { isMgpuError } from '../base/error.ts';
import type { Cluster } from '../model/cluster.ts';
import { limits } from '../model/limits.ts';
import type { Settings } from '../model/settings.ts';
import type { ProcessIdentity } from '../ports/processes.ts';
import { decodeText, encodeText, replace } from '../store/put.ts';
import { isHidden } from '../store/remove.ts';
import type { Agent } from './agent.ts';
import { localRunOf } from './run.ts';

/*
 * The lease of a node: why a job that may be tried elsewhere never runs twice.
 *
 * A node is called lost when its heartbeat has not changed for the node timeout, by an observer's clock.
 * Until then what it runs must be over. So the daemon, after each heartbeat that reached the spool, notes on
 * its own disk when it had begun to write it; and the guard, a process of its own, ends what runs under the
 * lease when that is longer ago than 80 % of the timeout. A lease that is over stays so: its folder has
 * another name then, and neither a daemon that slept nor a shim that starts late finds it. The daemon
 * registers in a new life, by a commit that comes before or after that which takes its jobs away, and begins
 * another lease.
 *
 * `lease.<id>/stamp` on the node's own disk; `expired.<id>` while the guard ends what had it.
 */

export interface Lease {
  readonly id: string;
  /** When the heartbeat was begun that renewed it, in seconds since boot. */
  stampSeconds: number;
  guard: { readonly identity: ProcessIdentity; hasExited: boolean } | undefined;
}

/** Below this node timeout (seconds) there is no lease: the guard counts in whole seconds. */
const timeoutSecondsMin = 10;
const leasePart = 0.8;
/** The guard's look and its grace, as parts of the node timeout: both must fit into what the lease leaves. */
const lookPart = 1 / 40;
const gracePart = 1 / 20;

/** How long the node's lease is to be; undefined where no other node is there that could try its jobs. */
export function leaseSecondsFor(agent: Agent, cluster: Cluster): number | undefined {
  const { nodeTimeoutSeconds } = agent.settings;
  const hasOthers = [...cluster.nodes.keys()].some((name) => name !== agent.node.name);
  if (cluster.format < 2 || !hasOthers || nodeTimeoutSeconds < timeoutSecondsMin) return undefined;
  return Math.floor(nodeTimeoutSeconds * leasePart);
}

/**
 * How long a node's heartbeat has to stand still before it is lost, in seconds: its own daemon may have read
 * other settings.
 */
export function timeoutOf(settings: Settings, leaseSeconds: number | undefined): number {
  return Math.max(settings.nodeTimeoutSeconds, Math.ceil((leaseSeconds ?? 0) / leasePart));
}

function leaseFolder(agent: Agent, lease: Pick<Lease, 'id'>): string {
  return `${agent.localDir}/lease.${lease.id}`;
}

/**
 * The lease that the daemon goes on with: the one that an earlier daemon left, if it is not over, else a new
 * one. What had one that is over is noted as such, for nobody may be left to do it.
 */
export async function takeUpLease(agent: Agent): Promise<Lease | undefined> {
  const { leaseSeconds } = agent.node;
  let kept: Lease | undefined;
  for (const name of (await agent.store.files.list(agent.localDir)) ?? []) {
    const id = /^lease\.([A-Za-z0-9-]+)$/.exec(name)?.[1];
    if (id === undefined) continue;
    const stamp = await readStamp(agent, id);
    const lease = { id, stampSeconds: stamp === 'forever' ? now(agent) : stamp, guard: undefined };
    if (kept === undefined && !isOver(agent, lease)) kept = lease;
    else await expire(agent, id);
  }
  if (leaseSeconds === undefined) return undefined;
  const lease = kept ?? { id: agent.store.ids.next(), stampSeconds: now(agent), guard: undefined };
  if (kept === undefined) await agent.store.files.makeDir(leaseFolder(agent, lease), 0o700);
  // One that goes on is not renewed by this: for those who observe the node it is as old as it was.
  await writeStamp(agent, lease, lease.stampSeconds);
  await watchOver(agent, lease);
  return lease;
}

/**
 * Takes all leases away, so that no guard ends anything: of a node that registered without one, whose jobs
 * nobody takes, or after a boot, when none of them runs.
 */
export async function dropLeases({ store: { files }, localDir }: Agent): Promise<void> {
  for (const name of (await files.list(localDir)) ?? []) {
    if (/^(lease|expired)\./.test(name)) await files.removeTree(`${localDir}/${name}`);
  }
}

/**
 * Renews the lease after a heartbeat that reached the spool and was begun at `begunSeconds` since boot; false
 * when it is over.
 */
export async function renewLease(agent: Agent, lease: Lease, begunSeconds: number): Promise<boolean> {
  if (isOver(agent, lease)) return false;
  try {
    await writeStamp(agent, lease, begunSeconds);
  } catch (error) {
    // The guard was faster.
    if (isMgpuError(error, 'ENOENT')) return false;
    throw error;
  }
  lease.stampSeconds = begunSeconds;
  if (lease.guard === undefined || lease.guard.hasExited) await watchOver(agent, lease);
  return true;
}

/** True when the lease was not renewed for its length. */
export function isOver(agent: Agent, lease: Lease): boolean {
  return now(agent) - lease.stampSeconds >= (agent.node.leaseSeconds ?? Number.POSITIVE_INFINITY);
}

/** What the shim gets in its environment, to see for itself whether the lease is over. */
export function leaseForShim(agent: Agent, lease: Lease): string {
  return `${agent.node.leaseSeconds} ${leaseFolder(agent, lease)}`;
}

/** The daemon has said goodbye: nobody takes the jobs of a node that is stopped, so they may run for ever. */
export async function restLease(agent: Agent, lease: Lease): Promise<void> {
  try {
    await writeStamp(agent, lease, 'forever');
  } catch (error) {
    // It is over; what had it is being ended.
    if (!isMgpuError(error, 'ENOENT')) throw error;
  }
}

/**
 * Ends a lease for good, and says so to each run that had it. The guard does the same; where it finds that
 * this was done, it ends the runs that were told, so that they are told first.
 */
async function expire(agent: Agent, id: string): Promise<void> {
  const { files } = agent.store;
  const runs = `${agent.localDir}/runs`;
  const names = ((await files.list(runs)) ?? []).filter((name) => !isHidden(name));
  for (const name of names) {
    const isOverOrKept =
      name.endsWith('.ended') ||
      names.includes(`${name}.ended`) ||
      (await files.stat(`${runs}/${name}/kept`)) !== undefined;
    if (!isOverOrKept)
      await files.create(`${runs}/${name}/fenced`, new Uint8Array(), { mode: 0o600, sync: false });
  }
  try {
    await files.rename(leaseFolder(agent, { id }), `${agent.localDir}/expired.${id}`);
  } catch (error) {
    // The guard was faster.
    if (!isMgpuError(error, 'ENOENT')) throw error;
  }
  agent.logger.warn('the spool was out of reach for too long: jobs that may be tried elsewhere are ended', {
    node: agent.node.name,
  });
}

/** Says to the guard that a run has no lease: a job that may not be tried elsewhere runs on. */
export async function keepWithoutLease(
  agent: Agent,
  { id, attempt }: { readonly id: number; readonly attempt: number },
): Promise<void> {
  const folder = localRunOf(agent, { jobId: id, attempt });
  if ((await agent.store.files.stat(folder)) === undefined) return;
  await agent.store.files.create(`${folder}/kept`, new Uint8Array(), { mode: 0o600, sync: false });
}

/** True when the run was ended because the node's lease was over. */
export async function isFenced(agent: Agent, localRun: string): Promise<boolean> {
  return (await agent.store.files.stat(`${localRun}/fenced`)) !== undefined;
}

function now(agent: Agent): number {
  return Math.floor(agent.processes.uptimeSeconds());
}

/** A stamp that is not there or cannot be read counts as one of long ago. */
async function readStamp(agent: Agent, id: string): Promise<number | 'forever'> {
  const content = await agent.store.files.read(`${leaseFolder(agent, { id })}/stamp`, limits.smallFileBytes);
  const text = content ? decodeText(content.bytes).trim() : '';
  if (text === 'forever') return text;
  return /^\d{1,12}$/.test(text) ? Number(text) : Number.NEGATIVE_INFINITY;
}

async function writeStamp(agent: Agent, lease: Lease, stamp: number | 'forever'): Promise<void> {
  const { files, ids } = agent.store;
  const options = { mode: 0o600, durable: false, nonce: ids.next() };
  await replace(files, leaseFolder(agent, lease), 'stamp', encodeText(`${stamp}\n`), options);
}

async function watchOver(agent: Agent, lease: Lease): Promise<void> {
  const { leaseSeconds = 0 } = agent.node;
  const part = (one: number): string => String(Math.max(1, Math.floor((leaseSeconds / leasePart) * one)));
  const times = [String(leaseSeconds), part(lookPart), part(gracePart)];
  const guard = { hasExited: false };
  const identity = await agent.processes.launch({
    args: [agent.guardPath, agent.localDir, `lease.${lease.id}`, ...times, agent.store.spool.clusterId],
    environment: { PATH: '/usr/bin:/bin' },
    onExit: () => {
      guard.hasExited = true;
    },
  });
  lease.guard = Object.assign(guard, { identity });
}
