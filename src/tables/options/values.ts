import type { ArraySpec } from '../../model/arrayspec.ts';
import type { NodeCount } from '../../model/counts.ts';
import type { ExportSpec } from '../../model/exportspec.ts';
import type { GpuCount, GresRequest } from '../../model/gres.ts';
import type { TimeLimit } from '../../model/timelimit.ts';
import type { StepValues } from './stepvalues.ts';

/** What every command takes. */
export interface CommonValues {
  /** The cluster's directory. */
  readonly spool?: string;
  /** How often -v was given. */
  readonly verbose?: number;
}

/**
 * What sbatch and srun take. A missing field was not asked for anywhere; defaults are the cluster's business.
 * Paths and patterns are as written: relative ones count from the working directory.
 */
export interface SubmitValues extends CommonValues, StepValues {
  readonly account?: string;
  readonly array?: ArraySpec;
  readonly chdir?: string;
  readonly comment?: string;
  readonly cpusPerTask?: number;
  readonly error?: string;
  /** Node names, hostlists expanded. */
  readonly exclude?: readonly string[];
  readonly export?: ExportSpec;
  /** Device indices on each node, in order, each once. */
  readonly gpuIds?: readonly number[];
  /** For the whole job. */
  readonly gpus?: readonly GpuCount[];
  readonly gpusPerNode?: readonly GpuCount[];
  /** On each node; an empty list was asked for by `none`. */
  readonly gres?: readonly GresRequest[];
  readonly hold?: boolean;
  readonly ignorePbs?: boolean;
  readonly input?: string;
  readonly jobName?: string;
  readonly label?: boolean;
  /** MiB on each node; 0 is all that the node has. */
  readonly memMb?: number;
  /** Node names, hostlists expanded. */
  readonly nodelist?: readonly string[];
  readonly nodes?: NodeCount;
  readonly ntasks?: number;
  readonly ntasksPerNode?: number;
  readonly openMode?: 'append' | 'truncate';
  readonly output?: string;
  readonly parsable?: boolean;
  readonly partition?: string;
  readonly quiet?: boolean;
  readonly requeue?: boolean;
  readonly timeLimit?: TimeLimit;
  readonly unbuffered?: boolean;
  /** sbatch waits for the job's end. */
  readonly wait?: boolean;
  readonly wrap?: string;
}
