import {
  type GpuCount,
  type GresRequest,
  gpuCountComplaint,
  gresComplaint,
  parseGpuCount,
  parseGres,
} from '../../model/gres.ts';
import { type Failed, failed, ok } from '../row.ts';
import { type Parser, submissionFailure } from './parsers.ts';

const unknownGres = 'Invalid generic resource (gres) specification';

/** The value of --gpus and --gpus-per-node. */
export const gpuCount: Parser<readonly GpuCount[]> = (text, { program }) => {
  const value = parseGpuCount(text);
  return value === undefined ? complaint(program, gpuCountComplaint(text)) : ok(value);
};

/**
 * The value of --gres. GPUs are all that a cluster of this kind counts; Slurm calls an unknown name by the
 * same words, and minds none of which nothing is asked for: `craynetwork:0`.
 */
export const gresList: Parser<readonly GresRequest[]> = (text, { program }) => {
  const value = parseGres(text);
  if (value === undefined) return complaint(program, gresComplaint(text));
  const wanted = value.filter(({ name, count }) => name === 'gpu' || count > 0);
  return wanted.every(({ name }) => name === 'gpu') ? ok(wanted) : complaint(program, unknownGres);
};

/** What the model says in sbatch's words, in those of the program. */
function complaint(program: string, sentence: string = unknownGres): Failed {
  const [, reason] = /^Batch job submission failed: (.*)$/.exec(sentence) ?? [];
  return reason === undefined
    ? failed(1, `${program}: error: ${sentence}`)
    : submissionFailure(program, reason);
}
