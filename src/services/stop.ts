import { isActive } from '../model/job.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Processes } from '../ports/processes.ts';
import { type DaemonRecord, readDaemon, startPath } from './embedded.ts';
import type { Session } from './session.ts';

export interface StopPorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly processes: Pick<Processes, 'isAlive' | 'signal'>;
}

/** `none`: there was no daemon to end. `alive`: it was asked to end and has not done so yet. */
export interface StopReport {
  readonly outcome: 'stopped' | 'alive' | 'none';
  readonly daemon?: DaemonRecord;
}

const sigterm = 15;
/** How long a daemon may take to end, in ms, and how often to look. */
const endMsMax = 30_000;
const endLookMs = 25;

/** Asks the daemon whose folder this is to end, and waits for it. Its jobs run on. */
export async function stopDaemon(ports: StopPorts, localDir: string, uid: number): Promise<StopReport> {
  const { files, clock, processes } = ports;
  const daemon = await readDaemon(files, localDir, uid);
  if (daemon === undefined || !(await processes.isAlive(daemon))) return { outcome: 'none' };
  // The number alone might be another process by now: the port makes sure of who it is.
  await processes.signal(daemon, sigterm);
  for (const start = clock.monotonicMs(); await processes.isAlive(daemon); await clock.sleep(endLookMs)) {
    if (clock.monotonicMs() - start > endMsMax) return { outcome: 'alive', daemon };
  }
  await files.unlink(startPath(localDir));
  return { outcome: 'stopped', daemon };
}

/** A job that has processes on a node. */
export interface LeftJob {
  readonly id: number;
  readonly name: string;
  readonly gpus: number;
}

/** The jobs that run on a node, whether its daemon is there or not. */
export async function jobsOn({ present }: Session, node: string): Promise<readonly LeftJob[]> {
  const cluster = await present.journal.refresh();
  const left: LeftJob[] = [];
  for (const job of cluster.jobs.values()) {
    if (!isActive(job) || !job.holders.includes(node)) continue;
    const share = job.allocation.find((one) => one.node === node);
    left.push({ id: job.id, name: job.spec.name, gpus: share?.gpus.length ?? 0 });
  }
  return left;
}
