/**
 * All job states of Slurm with their codes, in the order of Slurm's complaint; some never occur in this
 * cluster.
 */
const codes = {
  PENDING: 'PD',
  RUNNING: 'R',
  SUSPENDED: 'S',
  COMPLETED: 'CD',
  CANCELLED: 'CA',
  FAILED: 'F',
  TIMEOUT: 'TO',
  NODE_FAIL: 'NF',
  PREEMPTED: 'PR',
  BOOT_FAIL: 'BF',
  DEADLINE: 'DL',
  OUT_OF_MEMORY: 'OOM',
  COMPLETING: 'CG',
  CONFIGURING: 'CF',
  RESIZING: 'RS',
  RESV_DEL_HOLD: 'RD',
  REQUEUED: 'RQ',
  REQUEUE_FED: 'RF',
  REQUEUE_HOLD: 'RH',
  REVOKED: 'RV',
  SIGNALING: 'SI',
  SPECIAL_EXIT: 'SE',
  STAGE_OUT: 'SO',
  STOPPED: 'ST',
} as const;

export type JobStateName = keyof typeof codes;
export const jobStateNames = Object.keys(codes) as readonly JobStateName[];

/** The state of a name or a code, in either case; no abbreviations. */
export function parseJobState(text: string): JobStateName | undefined {
  const wanted = text.toUpperCase();
  return jobStateNames.find((name) => name === wanted || codes[name] === wanted);
}
