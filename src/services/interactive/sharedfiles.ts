import { MgpuError } from '../../base/error.ts';
import { expandFilePattern } from '../../model/filepattern.ts';
import { isSharedFile, stepRoutes } from '../../model/step.ts';
import type { Following } from './follow.ts';
import type { SharedOutputs, StepStreams } from './relay.ts';

/** A step, for the names of its files. */
export interface NamedStep {
  readonly jobId: number;
  readonly jobName: string;
  readonly step: number;
  readonly user: string;
  readonly workDir: string;
  readonly openMode?: 'truncate' | 'append' | undefined;
  readonly nodeCount: number;
}

/**
 * Opens the files that the tasks on several nodes share: srun writes them, as in Slurm, for appends of two
 * machines to one file of a network file system lose lines. Says why in Slurm's words where one cannot be
 * opened.
 */
export async function openShared(
  { terminal: { file }, complain }: Pick<Following, 'terminal' | 'complain'>,
  streams: StepStreams,
  step: NamedStep,
): Promise<SharedOutputs | string> {
  const routes = stepRoutes(streams);
  const shared: { -readonly [name in keyof SharedOutputs]: SharedOutputs[name] } = {};
  for (const name of ['out', 'err'] as const) {
    const route = name === 'out' ? routes.output : routes.error;
    if (route === 'output' || route.kind !== 'file' || !isSharedFile(route, step.nodeCount)) continue;
    const path = pathOf(route.pattern, step);
    try {
      const write = await file(path, step.openMode ?? 'truncate');
      shared[name] = async (bytes) => {
        const isWritten = await write(bytes);
        // Asked no more after that: it is said once.
        if (!isWritten) await complain(`srun: error: ${path}: cannot be written: the rest is left out`);
        return isWritten;
      };
    } catch (error) {
      if (!(error instanceof MgpuError)) throw error;
      return `srun: error: Could not open std${name} file: ${error.message.slice(path.length + 2)}`;
    }
  }
  return shared;
}

function pathOf(pattern: string, { jobId, jobName, step, user, workDir }: NamedStep): string {
  const anywhere = { host: '', node: '', nodeIndex: 0, taskIndex: 0 };
  const path = expandFilePattern(pattern, { jobId, jobName, step, user, ...anywhere });
  return path.startsWith('/') ? path : `${workDir}/${path}`;
}
