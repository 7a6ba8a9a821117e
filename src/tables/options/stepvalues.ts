import type { LiveMode } from '../../model/steplive.ts';

/** What srun takes about a step and its tasks, beside what a job takes. */
export interface StepValues {
  /** As it was written: `none`, `map_cpu:0,1`. */
  /** Where the program is copied to; empty: where Slurm would put it. */
  readonly bcast?: string;
  readonly connectionSeconds?: number;
  readonly cpuBind?: string;
  readonly exact?: boolean;
  /** Seconds to wait for room. */
  readonly immediateSeconds?: number;
  readonly io?: LiveMode;
  readonly isStatusDisabled?: boolean;
  /** The job to make the step in. */
  readonly jobId?: number;
  /** 0 keeps the other tasks when one fails. */
  readonly killOnBadExit?: number;
  /** How long the job may wait, in seconds. */
  readonly maxWaitSeconds?: number;
  readonly mpi?: string;
  readonly multiProg?: boolean;
  readonly overlap?: boolean;
  readonly pty?: boolean;
  readonly quitOnInterrupt?: boolean;
  readonly relative?: number;
  /** How long nothing may be read or written, in seconds. */
  readonly sessionSeconds?: number;
  /** Programs that srun itself runs before and after the step. */
  readonly srunEpilog?: string;
  readonly srunProlog?: string;
  readonly taskEpilog?: string;
  readonly taskProlog?: string;
  /** How long the others may run on after the first task, in seconds. */
  readonly waitSeconds?: number;
  readonly whole?: boolean;
}
