/**
 * Why something may not be done to a job. Commands have Slurm's sentence for each (see
 * commands/scontrol/refusals).
 */
export type JobRefusal =
  /** The job is another user's. */
  | 'foreign'
  | 'denied'
  | 'pending'
  | 'finished'
  | 'completing'
  | 'not pending'
  | 'not running'
  | 'not suspended'
  | 'not batch'
  | 'disabled'
  | 'held'
  | 'partition'
  | 'node'
  | 'feature'
  | 'license'
  | 'reservation'
  | 'time min'
  | 'dependency'
  | 'circular dependency'
  | 'beyond bounds'
  /** What Slurm can do and this release cannot. */
  | 'single tasks'
  | 'shrinking'
  /** The spool has to be upgraded first. */
  | 'old format';
