import { type Ranges, rangesCount, rangesNumbers } from './ranges.ts';
import type { StepOrder } from './step.ts';

/*
 * --distributed: the tasks of a step are told where they meet, as torch.distributed's env:// reads it, and
 * torchrun, which takes `PET_...` for each of its options that is not given.
 */

/** The part of a step that has task 0: its node is where all meet. */
export function meetingPart(layout: readonly Ranges[]): number {
  const found = layout.findIndex((tasks) => tasks[0]?.[0] === 0);
  return Math.max(0, found);
}

const portFirst = 10_000;
const portCount = 20_000;
/** So many are tried, below those that the kernel gives to connections by itself. */
export const portsMax = 200;

/** The ports to try in that order: another one for each step, so that two hardly want the same. */
export function meetingPort(step: { readonly jobId: number; readonly step: number }, tries: number): number {
  return portFirst + ((step.jobId * 101 + step.step * 17 + tries * 7) % portCount);
}

/** Where tasks meet. */
export interface Meeting {
  readonly address: string;
  readonly port: number;
}

/** What all tasks are told. */
export function meetingVariables({ address, port }: Meeting): Readonly<Record<string, string>> {
  return {
    MASTER_ADDR: address,
    MASTER_PORT: String(port),
    PET_MASTER_ADDR: address,
    PET_MASTER_PORT: String(port),
  };
}

type Placed = Pick<StepOrder, 'ntasks' | 'gpus'> & Partial<Pick<StepOrder, 'layout' | 'nodeIndex'>>;

/** What one task is told of itself. Nodes are ranked by their first tasks: rank 0 is where all meet. */
export function rankVariables(order: Placed, task: number, localTask: number): Record<string, string> {
  const { ntasks, gpus, layout = [[[0, ntasks - 1]]], nodeIndex = 0 } = order;
  const firsts = layout.map((tasks) => [...rangesNumbers(tasks)][0] ?? ntasks);
  const nodeRank = firsts.filter((first) => first < (firsts[nodeIndex] ?? 0)).length;
  const isOneEach = layout.every((tasks) => rangesCount(tasks) === 1);
  return {
    WORLD_SIZE: String(ntasks),
    RANK: String(task),
    LOCAL_RANK: String(localTask),
    LOCAL_WORLD_SIZE: String(rangesCount(layout[nodeIndex] ?? [])),
    NODE_RANK: String(nodeRank),
    PET_NODE_RANK: String(nodeRank),
    // A launcher on each node, which starts the processes itself.
    ...(isOneEach && { PET_NNODES: String(layout.length) }),
    ...(isOneEach && gpus.length > 0 && { PET_NPROC_PER_NODE: String(gpus.length) }),
  };
}
