import { closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MgpuError } from '../../base/error.ts';
import type { CommandIo } from '../../commands/io.ts';
import type { ProcessIdentity } from '../../ports/processes.ts';
import { ensureDaemon } from '../../services/embedded.ts';
import { localDirOf } from '../../services/locate.ts';
import type { Store } from '../../store/spool.ts';
import { type ProcFs, procFs } from '../../system/procfs.ts';
import { hostNames } from '../../system/user.ts';

/** The folder of the bundle. */
declare const __dirname: string;

/** The folder of the daemon that serves this machine, under the name it gives itself. */
export function ownLocalDir(io: CommandIo, store: Store, node: string = hostNames().short): string {
  return localDirOf({ clusterId: store.spool.clusterId, node, uid: ownUid(), environment: io.environment });
}

export function ownUid(): number {
  return process.geteuid?.() ?? 0;
}

/** Starts the daemon of the embedded spool unless it lives. */
export function startEmbedded(io: CommandIo, store: Store): ReturnType<typeof ensureDaemon> {
  const proc = procFs();
  const bootId = bootIdOf(proc);
  const ports = {
    files: store.files,
    clock: store.clock,
    processes: { isAlive: async (identity: ProcessIdentity) => isAlive(proc, bootId, identity) },
    start: async () => identityOf(proc, bootId, await spawnDaemon(io, store.layout.root)),
  };
  return ensureDaemon(ports, ownLocalDir(io, store), ownUid());
}

function bootIdOf(proc: ProcFs): string {
  try {
    return proc.bootId();
  } catch (cause) {
    throw new MgpuError('NOT_LINUX', 'jobs run on Linux only, and no cluster is configured on this machine', {
      hint: 'name the directory of a cluster with --spool or MGPU_SPOOL',
      cause,
    });
  }
}

function isAlive(proc: ProcFs, bootId: string, identity: ProcessIdentity): boolean {
  const facts = identity.bootId === bootId ? proc.facts(identity.pid) : undefined;
  return facts !== undefined && facts.startTicks === identity.startTicks && !facts.isZombie;
}

/** A process that has ended already has a name that no living one has. */
function identityOf(proc: ProcFs, bootId: string, pid: number): ProcessIdentity {
  return { pid, startTicks: proc.facts(pid)?.startTicks ?? 0, bootId };
}

/** Starts `mgpud` in a session of its own; it outlives this process and the terminal. */
async function spawnDaemon(io: CommandIo, root: string): Promise<number> {
  const { spawn } = await import('node:child_process');
  const program = join(__dirname, '..', 'bin', 'mgpud');
  const log = openSync(join(dirname(root), 'mgpud.log'), 'a', 0o600);
  try {
    const child = spawn(process.execPath, [program, '--spool', root, '--embedded'], {
      detached: true,
      cwd: '/',
      stdio: ['ignore', log, log],
      env: daemonEnvironment(io.environment),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => {
        reject(new MgpuError('SPAWN', `mgpud cannot be started: ${cause.message}`, { cause }));
      });
    });
    child.unref();
    return child.pid ?? 0;
  } finally {
    closeSync(log);
  }
}

/**
 * Without what a job has, and with a mark of its own: a daemon that is started from within a job must not
 * look like a part of it, or it would end with it.
 */
function daemonEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^SLURM|^MGPU_/.test(name) || name === 'MGPU_LOCAL_DIR',
  );
  return { ...Object.fromEntries(kept), MGPU_JOB_MARK: 'mgpud' };
}
