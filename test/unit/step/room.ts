import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepExit, StepOrder } from '../../../src/model/step.ts';
import { type Supervision, supervise } from '../../../src/step/supervise.ts';
import { jobRoom, type StepRoom as StepFiles } from '../../../src/store/layout.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { asyncFiles } from '../../../src/system/files.ts';
import { createRoomWatcher } from '../../../src/system/roomwatch.ts';
import { systemTasks } from '../../../src/system/tasks.ts';

/** A job's room in a folder of its own, and steps in it that run real processes. */
export interface StepRoom {
  readonly path: string;
  readonly room: StepFiles;
  readonly warnings: string[];
  run(step: StepGiven): Promise<number>;
  exit(): StepExit;
  out(task: number): string;
  err(task: number): string;
}

interface StepGiven {
  readonly command: readonly string[];
  readonly order?: Partial<StepOrder>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly endAsked?: Promise<'us' | 'all'>;
  readonly graceMs?: number;
  readonly terminal?: Supervision['terminal'];
  readonly bcast?: Supervision['bcast'];
  readonly findMeeting?: Supervision['findMeeting'];
  readonly kin?: Supervision['kin'];
  readonly hooks?: Supervision['hooks'];
  /** What the machine lacks for terminals. */
  readonly terminalFault?: string;
}

export async function withRoom(body: (room: StepRoom) => Promise<void>): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'mgpu-step-'));
  mkdirSync(join(path, 'jobs/1'), { recursive: true });
  mkdirSync(join(path, 'w'));
  const room = jobRoom(join(path, 'jobs/1')).firstStep;
  const watcher = createRoomWatcher();
  watcher.add(room.path);
  const warnings: string[] = [];
  const text = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  try {
    await body({
      path,
      room,
      warnings,
      run: (given) =>
        supervise({
          files: asyncFiles(),
          tasks: {
            ...systemTasks(),
            ...(given.terminalFault !== undefined && { terminalFault: () => given.terminalFault }),
          },
          ...(given.terminal !== undefined && { terminal: given.terminal }),
          ...(given.findMeeting !== undefined && { findMeeting: given.findMeeting }),
          ...(given.bcast !== undefined && { bcast: given.bcast }),
          ...(given.kin !== undefined && { kin: given.kin }),
          ...(given.hooks !== undefined && { hooks: given.hooks }),
          clock: systemClock(),
          watcher,
          room,
          order: orderIn(join(path, 'w'), given.order),
          command: given.command,
          environment: given.environment ?? { PATH: process.env['PATH'] ?? '/bin' },
          nonce: 'test',
          graceMs: given.graceMs ?? 200,
          endAsked: given.endAsked ?? new Promise(() => {}),
          warn: (message) => warnings.push(message),
        }),
      exit: () => JSON.parse(text(room.exit(0))),
      out: (task) => text(room.stream(task, 'out')),
      err: (task) => text(room.stream(task, 'err')),
    });
  } finally {
    await watcher.close();
    rmSync(path, { recursive: true });
  }
}

function orderIn(workDir: string, given: Partial<StepOrder> = {}): StepOrder {
  return {
    mgpu: 'step',
    format: 1,
    jobId: 1,
    step: 0,
    ntasks: 1,
    node: 'gpu01',
    nodes: ['gpu01'],
    jobName: 'test',
    user: 'alice',
    host: 'vm',
    workDir,
    gpus: [],
    ...given,
  };
}
