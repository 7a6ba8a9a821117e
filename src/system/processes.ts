import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { MgpuError } from '../base/error.ts';
import type { Processes, ProcessIdentity, ShimLaunch } from '../ports/processes.ts';
import { codeOf, fault } from './files/fault.ts';
import { createMembers } from './members.ts';
import { type ProcFs, procFs } from './procfs.ts';
import { createUsage } from './usage.ts';

/** What keeps a process from starting now and may pass; anything else is `LAUNCH`. */
const passingCodes: ReadonlySet<string | undefined> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

export interface SystemProcesses extends Processes {
  /** Who has that number now. Throws `NO_PROCESS` when nobody has, or nobody that we may know of. */
  identityOf(pid: number): Promise<ProcessIdentity>;
}

/** The processes of this Linux. Throws `NOT_LINUX` elsewhere: only /proc tells what jobs are found by. */
export function systemProcesses(proc: ProcFs = procFs()): SystemProcesses {
  const bootId = readBootId(proc);
  const usage = createUsage();
  const members = createMembers(proc, { bootId, ownPid: process.pid });
  const isAlive = ({ pid, startTicks, bootId: boot }: ProcessIdentity): boolean => {
    const facts = boot === bootId && pid > 1 ? proc.facts(pid) : undefined;
    return facts !== undefined && facts.startTicks === startTicks && !facts.isZombie;
  };
  const identityOf = (pid: number): ProcessIdentity => {
    const facts = proc.facts(pid);
    if (facts === undefined) throw new MgpuError('NO_PROCESS', `process ${pid}: /proc does not tell of it`);
    return { pid, startTicks: facts.startTicks, bootId };
  };
  return {
    bootId: () => bootId,
    identityOf: async (pid) => identityOf(pid),
    async launch(shim) {
      const child = await start(shim);
      try {
        // Even if it has ended it is there: a zombie, until this process returns to its event loop.
        return identityOf(child.pid);
      } catch (cause) {
        // Nobody could ever find it again.
        process.kill(child.pid, 'SIGKILL');
        throw new MgpuError('LAUNCH', `${String(cause)}, though it was just started`, { cause });
      }
    },
    isAlive: async (identity) => isAlive(identity),
    uptimeSeconds: () => proc.secondsSince(0),
    ageSeconds: ({ startTicks }) => Math.max(0, proc.secondsSince(startTicks)),
    members: (jobs) => members.of(jobs),
    usage,
    async signal(identity, signal) {
      // A signal to ourselves could only come of a forged record.
      if (identity.pid === process.pid || !isAlive(identity)) return;
      try {
        process.kill(identity.pid, signal);
      } catch (error) {
        if (codeOf(error) === 'ESRCH') return;
        throw fault(`process ${identity.pid}`, `signal ${signal} cannot be sent`, error);
      }
    },
  };
}

/** The namespace of this process's numbers; those of another one mean nothing here. */
export function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch (error) {
    // Hidden from us, as in some containers: then nobody is taken for a process of this machine.
    if (codeOf(error) === undefined) throw error;
    return `?${process.pid}`;
  }
}

/** True if a process with that boot and namespace would be seen here. */
export function isHere(
  other: { readonly bootId: string; readonly space: string },
  processes: Pick<Processes, 'bootId'>,
): boolean {
  return other.bootId === processes.bootId() && other.space === processSpace();
}

function readBootId(proc: ProcFs): string {
  try {
    return proc.bootId();
  } catch (cause) {
    throw new MgpuError(
      'NOT_LINUX',
      'jobs can be run on Linux only: there is no /proc that tells of processes',
      {
        hint: 'commands that submit and look work here; mgpud has to run on a Linux machine',
        cause,
      },
    );
  }
}

/** Starts the shim as leader of a session of its own, with nothing of ours but the rights. */
async function start({ args, environment, onExit }: ShimLaunch): Promise<{ readonly pid: number }> {
  try {
    const child = spawn('/bin/sh', args, {
      cwd: '/',
      env: environment,
      stdio: 'ignore',
      detached: true,
    });
    const { pid } = child;
    if (pid === undefined) {
      throw await new Promise((resolve) => {
        child.once('error', resolve);
      });
    }
    child.once('exit', onExit);
    // Neither may an error that comes later end the daemon, nor the child keep it from ending.
    child.on('error', () => {});
    child.unref();
    return { pid };
  } catch (error) {
    const wrapped = fault('/bin/sh', 'cannot be started', error);
    if (!(wrapped instanceof MgpuError) || passingCodes.has(wrapped.code)) throw wrapped;
    throw new MgpuError('LAUNCH', wrapped.message, { cause: error });
  }
}
