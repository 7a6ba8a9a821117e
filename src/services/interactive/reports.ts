import { MgpuError } from '../../base/error.ts';
import { checked } from '../../base/schema.ts';
import { type TaskEnd, taskEndSchema } from '../../model/step.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import type { StepRoom } from '../../store/layout.ts';
import { decodeText } from '../../store/put.ts';
import { taskLines, taskNames } from './endlines.ts';

/** A node's part of a step. */
export interface FollowedPart {
  readonly node: string;
  readonly tasks: readonly number[];
}

export interface ReportOptions {
  readonly files: Files;
  readonly clock: Clock;
  readonly room: StepRoom;
  readonly parts: readonly FollowedPart[];
  /** As users name the step: `12.0`. */
  readonly name: string;
  /** -K: a task that fails ends the others. */
  readonly killsOnBadExit: boolean;
  /** -W: so many seconds after the first task ended the others are ended; 0 is never. */
  readonly waitSeconds: number;
  complain(line: string): Promise<void>;
  inform(line: string): void;
  /** Ends the step. */
  terminate(): void;
}

/** Tells how tasks ended, those that end together in one line, while others still run. */
export interface EndReports {
  look(): Promise<void>;
  /** What was not told yet, once all is known of a part. */
  finish(part: number, tasks: readonly TaskEnd[]): Promise<void>;
  /** True once the step was ended for what a task did. */
  hasTerminated(): boolean;
}

/** So long tasks may end one after the other and be told in one line, in ms. */
const togetherMs = 250;
const chunkBytes = 64 * 1024;

export function createReports(options: ReportOptions): EndReports {
  const parts = options.parts.map(({ node }) => ({ node, offset: 0, ends: new Map<number, TaskEnd>() }));
  const told = new Set<number>();
  let newMs: number | undefined;
  let firstEndMs: number | undefined;
  let hasTerminated = false;

  const tell = async (node: string, ends: readonly TaskEnd[]): Promise<void> => {
    const fresh = ends.filter(({ task }) => !told.has(task));
    for (const { task } of fresh) told.add(task);
    for (const line of taskLines(node, { tasks: fresh })) await options.complain(line);
  };
  const tellAll = async (): Promise<void> => {
    newMs = undefined;
    for (const { node, ends } of parts) await tell(node, [...ends.values()]);
  };
  const terminate = (line: string): void => {
    hasTerminated = true;
    options.inform(line);
    options.terminate();
  };
  return {
    async look() {
      const now = options.clock.monotonicMs();
      for (const [number, part] of parts.entries()) {
        for (const end of await readEnds(options, number, part)) {
          firstEndMs ??= now;
          newMs ??= now;
          part.ends.set(end.task, end);
        }
      }
      const ends = parts.flatMap((part) => [...part.ends.values()]);
      const isBad = ends.some(({ code, signal }) => code !== 0 || signal !== 0);
      if (options.killsOnBadExit && isBad && !hasTerminated) {
        await tellAll();
        terminate(`srun: launch/slurm: _step_signal: Terminating StepId=${options.name}`);
      } else if (newMs !== undefined && now - newMs >= togetherMs) await tellAll();
      const { waitSeconds } = options;
      const isLate = firstEndMs !== undefined && now - firstEndMs >= waitSeconds * 1000;
      if (waitSeconds > 0 && isLate && !hasTerminated) {
        for (const line of stateLines(options, ends)) options.inform(line);
        terminate(`srun: launch/slurm: _step_signal: Terminating StepId=${options.name}`);
      }
    },
    async finish(number, tasks) {
      const part = parts[number];
      if (part !== undefined) await tell(part.node, tasks);
    },
    hasTerminated: () => hasTerminated,
  };
}

function stateLines(
  { parts, name, waitSeconds }: ReportOptions,
  ends: readonly TaskEnd[],
): readonly string[] {
  const ended = new Set(ends.map(({ task }) => task));
  const all = parts.flatMap(({ tasks }) => tasks).sort((a, b) => a - b);
  const running = all.filter((task) => !ended.has(task));
  const exited = all.filter((task) => ended.has(task));
  return [
    `srun: First task exited ${waitSeconds}s ago`,
    ...(running.length > 0 ? [`srun: StepId=${name} ${taskNames(running)}: running`] : []),
    ...(exited.length > 0 ? [`srun: StepId=${name} ${taskNames(exited)}: exited`] : []),
  ];
}

/** The lines that are whole by now. */
async function readEnds(
  { files, room }: ReportOptions,
  number: number,
  part: { offset: number },
): Promise<readonly TaskEnd[]> {
  const bytes = await files.readPart(room.ends(number), part.offset, chunkBytes);
  const length = bytes === undefined ? 0 : bytes.lastIndexOf(0x0a) + 1;
  if (bytes === undefined || length === 0) return [];
  part.offset += length;
  const lines = decodeText(bytes.subarray(0, length)).split('\n');
  return lines.filter((line) => line !== '').flatMap((line) => endOf(line, room.ends(number)) ?? []);
}

/** A line that is none is left out: the exit record tells all ends again. */
function endOf(line: string, path: string): TaskEnd | undefined {
  try {
    return checked(taskEndSchema, JSON.parse(line), path);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof MgpuError) return undefined;
    throw error;
  }
}
