import type { ArraySpec } from '../../model/arrayspec.ts';
import type { NodeCount } from '../../model/counts.ts';
import type { Dependency } from '../../model/dependency.ts';
import type { ExportSpec } from '../../model/exportspec.ts';
import type { GpuCount, GresRequest } from '../../model/gres.ts';
import type { Hint } from '../../model/hint.ts';
import type { LicenseCount } from '../../model/licenses.ts';
import type { MailType } from '../../model/mailtypes.ts';
import type { NodeGpuIds } from '../../model/nodegpuids.ts';
import type { SignalSpec } from '../../model/signalspec.ts';
import type { TimeLimit } from '../../model/timelimit.ts';
import type { Geometry } from './placewords.ts';
import type { Switches } from './schedulewords.ts';
import type { StepValues } from './stepvalues.ts';

/** What every command takes. */
export interface CommonValues {
  /** The cluster's directory. */
  readonly spool?: string;
  /** How often -v was given. */
  readonly verbose?: number;
}

/**
 * What sbatch, srun and salloc take. A missing field was not asked for; defaults are the cluster's business.
 * Paths and patterns are as written: relative ones count from the working directory.
 */
export interface SubmitValues extends CommonValues, StepValues {
  readonly account?: string;
  readonly array?: ArraySpec;
  /** An instant, in Slurm's language. */
  readonly begin?: string;
  /** salloc rings when the allocation is granted: always, never, or after a long wait. */
  readonly bell?: 'always' | 'never';
  readonly chdir?: string;
  readonly clusters?: readonly string[];
  readonly comment?: string;
  readonly constraint?: string;
  readonly contiguous?: boolean;
  readonly coresPerSocket?: number;
  readonly coreSpec?: number;
  readonly cpusPerGpu?: number;
  readonly cpusPerTask?: number;
  /** An instant, in Slurm's language. */
  readonly deadline?: string;
  readonly dependency?: Dependency;
  /** Tasks are told where to meet, as torch.distributed reads it. */
  readonly distributed?: boolean;
  readonly distribution?: string;
  readonly error?: string;
  /** Node names, hostlists expanded. */
  readonly exclude?: readonly string[];
  readonly export?: ExportSpec;
  readonly exportFile?: string;
  readonly geometry?: Geometry;
  readonly getUserEnv?: { readonly timeoutSeconds?: number };
  readonly gid?: string;
  readonly gpuBind?: string;
  /** Device indices on each node, in order, each once. */
  readonly gpuIds?: readonly number[];
  /** For the whole job. */
  readonly gpus?: readonly GpuCount[];
  readonly gpusPerNode?: readonly GpuCount[];
  readonly gpusPerSocket?: readonly GpuCount[];
  readonly gpusPerTask?: readonly GpuCount[];
  /** On each node; an empty list was asked for by `none`. */
  readonly gres?: readonly GresRequest[];
  readonly gresFlags?: readonly string[];
  readonly hint?: Hint;
  readonly hold?: boolean;
  readonly ignorePbs?: boolean;
  /** Seconds after which salloc gives up; 0 is at once. */
  readonly immediateSeconds?: number;
  readonly input?: string;
  readonly jobName?: string;
  /** The signal that salloc's command gets when the allocation is taken away. */
  readonly killCommand?: number;
  readonly killOnInvalidDep?: boolean;
  readonly label?: boolean;
  readonly licenses?: readonly LicenseCount[];
  readonly mailTypes?: readonly MailType[];
  readonly mailUser?: string;
  /** MiB on each node; 0 is all that the node has. */
  readonly memMb?: number;
  readonly memPerCpuMb?: number;
  readonly memPerGpuMb?: number;
  readonly minCpus?: number;
  readonly nice?: number;
  readonly nodefile?: string;
  /** Exactly these GPUs of exactly these nodes. */
  readonly nodeGpuIds?: NodeGpuIds;
  /** Node names, hostlists expanded; a single one with a slash is a file that names them. */
  readonly nodelist?: readonly string[];
  readonly nodes?: NodeCount;
  readonly noKill?: boolean;
  readonly noShell?: boolean;
  readonly ntasks?: number;
  readonly ntasksPerCore?: number;
  readonly ntasksPerGpu?: number;
  readonly ntasksPerNode?: number;
  readonly ntasksPerSocket?: number;
  readonly openMode?: 'append' | 'truncate';
  readonly output?: string;
  readonly overcommit?: boolean;
  readonly parsable?: boolean;
  readonly partition?: string;
  readonly priority?: number;
  readonly propagate?: string;
  readonly qos?: string;
  readonly quiet?: boolean;
  readonly requeue?: boolean;
  readonly reservation?: string;
  /** Whom the job shares its nodes with: nobody, jobs of its user, jobs of its label, or all. */
  readonly sharing?: 'node' | 'user' | 'mcs' | 'oversubscribe';
  readonly signal?: SignalSpec;
  readonly socketsPerNode?: number;
  readonly spreadJob?: boolean;
  readonly switches?: Switches;
  /** The node of each task, as `nodelist` says it with --distribution=arbitrary. */
  readonly taskNodes?: readonly string[];
  readonly testOnly?: boolean;
  readonly threadSpec?: number;
  readonly threadsPerCore?: number;
  readonly timeLimit?: TimeLimit;
  readonly timeMin?: TimeLimit;
  readonly tmpMb?: number;
  readonly uid?: string;
  readonly unbuffered?: boolean;
  readonly useMinNodes?: boolean;
  /** sbatch waits for the job's end. */
  readonly wait?: boolean;
  readonly waitAllNodes?: boolean;
  readonly wckey?: string;
  readonly wrap?: string;
}
