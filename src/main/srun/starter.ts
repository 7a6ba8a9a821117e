import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { killWaitVariable, stepMarkVariable } from '../../model/step.ts';
import type { StepStarter } from '../../services/innerstep.ts';
import { isHere, processSpace, systemProcesses } from '../../system/processes.ts';
import { procFs } from '../../system/procfs.ts';

/** The folder of the bundle; the launchers lie beside it. */
declare const __dirname: string;

/** Starts the supervisors of steps where this process is part of the job. */
export function stepStarter(): StepStarter {
  const processes = systemProcesses();
  const { startTicks = 0 } = procFs().facts(process.pid) ?? {};
  const bootId = processes.bootId();
  const environment = { ...process.env };
  const space = processSpace();
  return {
    client: { pid: process.pid, startTicks, bootId, space },
    isWithin(job, node, clusterId) {
      const mark = `${clusterId}.${job.id}.${job.attempt}`;
      return (
        environment['MGPU_JOB_MARK'] === mark &&
        environment['MGPU_NODE'] === node.record.name &&
        node.record.bootId === bootId
      );
    },
    async isAlive(one) {
      const isSeen = isHere({ bootId: one.bootId, space: one.space ?? space }, processes);
      return isSeen ? processes.isAlive(one) : undefined;
    },
    start({ room, part, marks }) {
      const log = openSync(room.log(part), 'a', 0o644);
      try {
        const program = join(__dirname, '..', 'bin', 'mgpu_stepd');
        const child = spawn(process.execPath, [program, room.path, String(part)], {
          // In a session of its own: neither a terminal's signals nor the end of srun reach it.
          detached: true,
          stdio: ['ignore', log, log],
          cwd: '/',
          env: supervisorEnvironment(environment, marks),
        });
        return new Promise((resolve) => {
          child.once('exit', () => resolve());
          child.once('error', () => resolve());
        });
      } finally {
        closeSync(log);
      }
    },
  };
}

/** As little as it needs: what tasks get lies in the step's room. */
function supervisorEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  marks: { readonly job: string; readonly step: string },
): Record<string, string> {
  const kept = ['HOME', 'LANG', 'PATH', 'TZ', killWaitVariable];
  const own = kept.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(own), MGPU_JOB_MARK: marks.job, [stepMarkVariable]: marks.step };
}
