import type { ChangeRefusal, ChangeVerb } from '../../services/changejobs.ts';

/** Slurm's sentences about what may not be done to a job (asked of a Slurm 22.05.8), and ours. */
const sentences: Readonly<Record<ChangeRefusal, string>> = {
  unknown: 'Invalid job id specified',
  foreign: 'Access/permission denied',
  denied: 'Access/permission denied',
  pending: 'Job is pending execution',
  finished: 'Job has already finished',
  completing: 'Job can not be altered now, try again later',
  'not pending': 'Job is no longer pending execution',
  'not running': 'Job is not running',
  'not suspended': 'Job is not suspended',
  'not batch': 'Only batch jobs are accepted or processed',
  disabled: 'Requested operation is presently disabled',
  held: 'Job is in held state, pending scheduler release',
  partition: 'Invalid partition name specified',
  node: 'Invalid node name specified',
  feature: 'Invalid feature specification',
  license: 'Invalid license specification',
  reservation: 'Requested reservation is invalid',
  'time min': "Invalid time-min specification (exceeds job's time or other limits)",
  dependency: 'Job dependency problem',
  'circular dependency': 'Circular job dependency',
  'beyond bounds': 'A value is beyond what a job may ask for',
  'single tasks': 'Changes of single waiting tasks are not supported by this release',
  shrinking: 'Taking nodes away from a job that runs is not supported by this release',
  'old format': 'The spool is of a format that has no such thing, run mgpu upgrade',
};

/** For these Slurm has another sentence about a job that is somebody else's. */
const namesTheUser: ReadonlySet<ChangeVerb> = new Set(['hold', 'unhold', 'update']);

export function refusalSentence(refusal: ChangeRefusal, verb: ChangeVerb): string {
  if (refusal === 'foreign' && namesTheUser.has(verb)) return 'Invalid user id';
  // Slurm's own slip, which scripts see.
  const isSuspension = verb === 'suspend' || verb === 'resume';
  return refusal === 'unknown' && isSuspension ? 'Unexpected message received' : sentences[refusal];
}
