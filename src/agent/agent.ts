import { MgpuError } from '../base/error.ts';
import type { NodeLoad, NodeRecord } from '../model/node.ts';
import type { Doorbell } from '../ports/bells.ts';
import type { GpuProbe } from '../ports/gpus.ts';
import type { Locks } from '../ports/locks.ts';
import type { Logger } from '../ports/logger.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { Processes } from '../ports/processes.ts';
import type { Watcher } from '../ports/watch.ts';
import type { ParseYaml } from '../ports/yaml.ts';
import type { Journal } from '../store/journal.ts';
import type { Store } from '../store/spool.ts';
import type { LiveSettings } from './settings.ts';

/** What a node's daemon works with. */
export interface Agent {
  readonly store: Store;
  readonly journal: Journal;
  readonly processes: Processes;
  readonly locks: Locks;
  readonly logger: Logger;
  readonly watcher: Watcher;
  /** Missing where nobody rings: the kernel tells of all changes, or the node was told to have none. */
  readonly doorbell?: Doorbell;
  /** Undefined where nobody writes mail, as in tests. */
  readonly mailer?: Mailer;
  /** Undefined where GPUs are declared: then nothing is asked. */
  readonly gpuProbe: GpuProbe | undefined;
  /** Changed in place when the file changes. */
  readonly settings: LiveSettings;
  readonly parseYaml: ParseYaml;
  /** A user's number; undefined where this machine knows no such user. */
  uidOf(user: string): Promise<number | undefined>;
  readonly node: NodeRecord;
  /** How busy this machine is; missing where nobody asks. */
  readonly load?: () => NodeLoad;
  /** The folder of this node's runs, on a local file system. */
  readonly localDir: string;
  /** The texts of the shim and of the guard as files, and how to start a step supervisor. */
  readonly shimPath: string;
  readonly guardPath: string;
  /** False where the file system of `localDir` lets nobody execute what lies there. */
  readonly mayExecute: boolean;
  readonly stepCommand: readonly string[];
}

/** True while the state says that this very daemon has the node. */
export function ownsNode(agent: Agent): boolean {
  const node = agent.journal.cluster().nodes.get(agent.node.name);
  return node?.record.incarnation === agent.node.incarnation;
}

/** For an error that is about one job: the others go on, and this one is tried again at the next look. */
export function logOrThrow(agent: Agent, job: { readonly id: number }, error: unknown): void {
  if (!mayPass(error)) throw error;
  agent.logger.error(`will try again: ${error.message}`, { jobId: job.id, code: error.code });
}

/** What does not pass: going on could make it worse. */
const fatalCodes: ReadonlySet<string> = new Set(['DAMAGED', 'SCHEMA', 'NEWER_FORMAT', 'LOG_GAP']);

/** True for errors of the spool and of the system that are tried again; all others are bugs, or damage. */
export function mayPass(error: unknown): error is Error & { readonly code: string } {
  if (error instanceof MgpuError) return !fatalCodes.has(error.code);
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** True for what is in the way of a start and may go away: a file server that is not up, a full disk. */
export function isPassing(error: unknown): error is MgpuError {
  return error instanceof MgpuError && passingCodes.has(error.code);
}

/** Errors of the system that may pass: what met one is tried again. */
const passingCodes: ReadonlySet<string> = new Set([
  'EIO',
  'ESTALE',
  'ENOSPC',
  'EDQUOT',
  'ETIMEDOUT',
  'ENOTCONN',
  'ESHUTDOWN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EREMOTEIO',
  'EBADFD',
  'ENOLCK',
  'EINTR',
  'OUT_OF_REACH',
  'EAGAIN',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
]);
