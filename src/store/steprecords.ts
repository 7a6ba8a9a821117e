import { MgpuError } from '../base/error.ts';
import { limits } from '../model/limits.ts';
import { type StepExit, shellCode } from '../model/step.ts';
import type { StepRecord } from '../model/steprecord.ts';
import type { StepGrant, StepRequest } from '../model/steprequest.ts';
import type { Files } from '../ports/files.ts';
import type { JobRoom, StepRoom } from './layout.ts';
import { certainStepNumbers, readStepExit, readStepGrant, readStepRequest, readStepStart } from './steps.ts';

export interface StepRecords {
  readonly steps: readonly StepRecord[];
  readonly leftOut: number;
}

/**
 * The steps of an attempt, as their files tell of them: the newest, and of those as many as the accounting
 * keeps. What never began is none.
 */
export async function readStepRecords(files: Files, room: JobRoom, attempt: number): Promise<StepRecords> {
  const numbers = await certainStepNumbers(files, room, attempt);
  const kept: StepRecord[] = [];
  let bytes = 0;
  for (let place = numbers.length - 1; place >= 0; place -= 1) {
    if (kept.length === limits.stepsKept) return { steps: kept.reverse(), leftOut: place + 1 };
    const record = await readStepRecord(files, room.step(attempt, numbers[place] ?? 0));
    if (record === undefined) continue;
    bytes += JSON.stringify(record).length;
    if (bytes > limits.stepsKeptBytes) return { steps: kept.reverse(), leftOut: place + 1 };
    kept.push(record);
  }
  return { steps: kept.reverse(), leftOut: 0 };
}

/** Undefined for a number under which no step began. */
export async function readStepRecord(files: Files, room: StepRoom): Promise<StepRecord | undefined> {
  try {
    const request = await readStepRequest(files, room.request);
    const grant = request && (await readStepGrant(files, room.grant));
    if (request === undefined || grant === undefined) return undefined;
    const starts: number[] = [];
    const exits: StepExit[] = [];
    for (const part of request.shares.keys()) {
      const exit = await readStepExit(files, room.exit(part));
      if (exit !== undefined) exits.push(exit);
      const start = await readStepStart(files, room.started(part));
      if (start !== undefined) starts.push(start.time);
    }
    if (starts.length === 0) return undefined;
    return recordOf(request, { grant, startTime: Math.min(...starts), exits });
  } catch (error) {
    // One room that cannot be read, or just went, is no reason to lose the others.
    if (!(error instanceof MgpuError)) throw error;
    return undefined;
  }
}

interface Known {
  readonly grant: StepGrant;
  readonly startTime: number;
  /** Of the parts that have ended. */
  readonly exits: readonly StepExit[];
}

function recordOf(request: StepRequest, { grant, startTime, exits }: Known): StepRecord {
  const { step, name, ntasks, shares, distribution } = request;
  const isOver = exits.length === shares.length;
  return {
    step,
    name,
    startTime,
    ntasks,
    cpus: shares.reduce((sum, { cpus }) => sum + cpus, 0),
    memoryMb: shares.reduce((sum, share) => sum + share.memoryMb, 0),
    nodes: shares.map(({ node }, part) => ({ node, gpus: grant.gpus[part]?.length ?? 0 })),
    ...(distribution !== undefined && { distribution }),
    ...(isOver ? endOf(exits, startTime) : { state: 'RUNNING', exitCode: { code: 0, signal: 0 } }),
  };
}

type End = Pick<StepRecord, 'state' | 'exitCode' | 'endTime' | 'endedBy' | 'usage'>;

/** As captured: what a signal ended counts as cancelled, by whom if that is known (beh.cancel.step). */
function endOf(exits: readonly StepExit[], startTime: number): End {
  const ends = exits.flatMap(({ tasks }) => tasks);
  const worst = ends.reduce((most, end) => (shellCode(end) > shellCode(most) ? end : most), {
    code: exits.some(({ failure }) => failure !== undefined) ? 1 : 0,
    signal: 0,
  });
  const endedBy = exits.find((exit) => exit.endedBy !== undefined)?.endedBy;
  const isOverTime = exits.some((exit) => exit.isOverTime === true);
  const sumOf = (key: 'userMs' | 'systemMs'): number =>
    exits.reduce((sum, exit) => sum + (exit[key] ?? 0), 0);
  return {
    state: stateOf(worst, { isOverTime, isEnded: endedBy !== undefined }),
    exitCode: { code: worst.signal === 0 ? worst.code : 0, signal: worst.signal },
    endTime: Math.max(startTime, ...exits.map((exit) => exit.endTime ?? startTime)),
    ...(endedBy !== undefined && { endedBy }),
    usage: { userMs: sumOf('userMs'), systemMs: sumOf('systemMs') },
  };
}

function stateOf(
  worst: { readonly code: number; readonly signal: number },
  { isOverTime, isEnded }: { readonly isOverTime: boolean; readonly isEnded: boolean },
): StepRecord['state'] {
  if (isOverTime) return 'TIMEOUT';
  if (isEnded || worst.signal !== 0) return 'CANCELLED';
  return worst.code === 0 ? 'COMPLETED' : 'FAILED';
}
