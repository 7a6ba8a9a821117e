import type { StepOrder } from '../model/step.ts';
import type { Tasks } from '../ports/tasks.ts';
import type { StepRoom } from '../store/layout.ts';

/** --bcast: the program in the step's room is put onto the node first, and that copy is run. */
export interface Broadcast {
  /** A name that ends with a slash is that of a folder. */
  readonly path: string;
  readonly mode: number;
  readonly mtime: number;
}

interface Bringing {
  readonly tasks: Pick<Tasks, 'copyProgram'>;
  readonly room: StepRoom;
  readonly order: StepOrder;
  readonly bcast: Broadcast;
}

/** Puts the program where --bcast wants it and gives its path there, or what kept it from that. */
export async function bringProgram(bringing: Bringing): Promise<string | { readonly failure: string }> {
  const { tasks, room, order, bcast } = bringing;
  const path = broadcastPath(bcast.path, order);
  const fault = await tasks.copyProgram(room.program, path, bcast);
  return fault === undefined ? path : { failure: `REQUEST_FILE_BCAST(${order.node}): ${fault.words}` };
}

/**
 * As captured, a relative path counts as none: then the program goes into the working folder, under a name
 * that no other step has.
 */
export function broadcastPath(
  path: string,
  order: Pick<StepOrder, 'workDir' | 'jobId' | 'step' | 'node'>,
): string {
  const { workDir, jobId, step, node } = order;
  const name = `slurm_bcast_${jobId}.${step}_${node}`;
  if (!path.startsWith('/')) return `${workDir === '/' ? '' : workDir}/${name}`;
  return path.endsWith('/') ? `${path}${name}` : path;
}
