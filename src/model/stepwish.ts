import type { GpuNeed } from './spec.ts';

/** What a step asks for of its job's allocation. */
export interface StepWish {
  /** Missing: one for each node. */
  readonly ntasks?: number;
  /** Missing: all nodes of the job, as far as there are tasks for them. */
  readonly nodeCount?: number;
  readonly ntasksPerNode?: number;
  readonly cpusPerTask?: number;
  readonly nodelist?: readonly string[];
  readonly exclude?: readonly string[];
  /** The first of the job's nodes to take, from 0. */
  readonly relative?: number;
  /** Missing: all devices that the job has on the step's nodes. */
  readonly gpus?: readonly GpuNeed[];
  readonly memoryPerNodeMb?: number;
  readonly memoryPerCpuMb?: number;
  /** Only the CPUs that it asks for, not all of its nodes'. */
  readonly isExact: boolean;
  readonly isOvercommitted: boolean;
  /** As it was written: `cyclic`, `plane=2`. */
  readonly distribution?: string;
  /** With `arbitrary` the node of each task. */
  readonly taskNodes?: readonly string[];
}
