import { isMgpuError } from '../base/error.ts';
import type { ProcessIdentity } from '../ports/processes.ts';
import type { Agent } from './agent.ts';

/** Sends each of the signals to all of the processes, one signal after the other. */
export async function signalAll(
  agent: Agent,
  members: readonly ProcessIdentity[],
  signals: readonly number[],
): Promise<void> {
  for (const signal of signals) for (const member of members) await signalOne(agent, member, signal);
}

/**
 * A process that has become another user's (by sudo) cannot be reached; it is still there, and waited for.
 */
async function signalOne(agent: Agent, member: ProcessIdentity, signal: number): Promise<void> {
  try {
    await agent.processes.signal(member, signal);
  } catch (error) {
    if (!isMgpuError(error, 'EPERM')) throw error;
    agent.logger.debug('no right to signal a process', { pid: member.pid, signal });
  }
}
