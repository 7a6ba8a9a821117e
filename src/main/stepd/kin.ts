import { isMgpuError } from '../../base/error.ts';
import { stepMarkVariable } from '../../model/step.ts';
import type { ProcessIdentity } from '../../ports/processes.ts';
import type { Kin } from '../../step/supervise.ts';
import { systemClock } from '../../system/clock.ts';
import { systemProcesses } from '../../system/processes.ts';
import { procFs } from '../../system/procfs.ts';

const lookMs = 100;
const termSignal = 15;
const killSignal = 9;
/** What a SIGKILL does not end for so long is left to the job's daemon, in ms. */
const giveUpMs = 5000;

/** The processes of a step, known by the mark in their environment, or by the supervisor's session. */
export function kinOf(mark: string): Kin {
  const clock = systemClock();
  const processes = systemProcesses(procFs('/proc', stepMarkVariable));
  const all = async (): Promise<readonly ProcessIdentity[]> => {
    const shim = await processes.identityOf(process.pid);
    return (await processes.members([{ mark, shim }])).get(mark) ?? [];
  };
  const signal = async (number: number, but: ReadonlySet<number> = new Set()): Promise<void> => {
    for (const one of await all()) {
      if (but.has(one.pid)) continue;
      try {
        await processes.signal(one, number);
      } catch (error) {
        // It has become another user's; it is waited for.
        if (!isMgpuError(error, 'EPERM')) throw error;
      }
    }
  };
  return {
    signal,
    async end(graceMs) {
      if ((await all()).length === 0) return;
      await signal(termSignal);
      const start = clock.monotonicMs();
      while ((await all()).length > 0) {
        const age = clock.monotonicMs() - start;
        if (age > graceMs + giveUpMs) return;
        if (age > graceMs) await signal(killSignal);
        await clock.sleep(lookMs);
      }
    },
  };
}
