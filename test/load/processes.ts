import type { Files } from '../../src/ports/files.ts';
import type { Processes, ProcessIdentity, ShimLaunch } from '../../src/ports/processes.ts';
import { encodeText } from '../../src/store/put.ts';
import type { Scheduler } from '../sim/scheduler.ts';

/*
 * The processes of one node, where nothing goes wrong: a shim takes its start marker, is there for a while,
 * and leaves its exit record. What the shim does when it is ended, and what its guard does, the simulator of
 * test/sim tries.
 */

export interface ProcessOptions {
  readonly files: Files;
  readonly scheduler: Scheduler;
  readonly bootId: string;
  /** How long the next job runs, in ms. */
  readonly nextMs: () => number;
}

export function quietProcesses({ files, scheduler, bootId, nextMs }: ProcessOptions): Processes {
  const alive = new Map<string, ProcessIdentity>();
  const made = { mode: 0o644, sync: false };
  let pids = 1;
  const launchShim = async ({ args, environment, onExit }: ShimLaunch): Promise<ProcessIdentity> => {
    const [, , room = '', attempt = '', facts = ''] = args;
    pids += 1;
    const shim = { pid: pids, startTicks: Math.floor(scheduler.nowMs / 10), bootId };
    const mark = environment['MGPU_JOB_MARK'] ?? '';
    const content = { ...JSON.parse(`{${facts}}`), pid: shim.pid, startTicks: shim.startTicks };
    await files.create(`${room}/started.${attempt}`, encodeText(`${JSON.stringify(content)}\n`), made);
    alive.set(mark, shim);
    scheduler.after(nextMs(), () => {
      alive.delete(mark);
      const record = {
        mgpu: 'exit',
        format: 1,
        attempt: Number(attempt),
        code: 0,
        signal: 0,
        launched: true,
      };
      files.create(`${room}/exit.${attempt}`, encodeText(`${JSON.stringify(record)}\n`), made).then(
        () => onExit(),
        (error: unknown) => scheduler.fail(error),
      );
    });
    return shim;
  };
  return {
    usage: async () => [],
    bootId: () => bootId,
    launch: async (launch) =>
      launch.args[0]?.endsWith('/guard.sh') ? { pid: 1, startTicks: 0, bootId } : launchShim(launch),
    isAlive: async (one) => [...alive.values()].some(({ pid }) => pid === one.pid),
    uptimeSeconds: () => scheduler.nowMs / 1000,
    ageSeconds: ({ startTicks }) => scheduler.nowMs / 1000 - startTicks / 100,
    members: async (jobs) => new Map(jobs.map(({ mark }) => [mark, [alive.get(mark) ?? []].flat()] as const)),
    signal: async () => {},
  };
}
