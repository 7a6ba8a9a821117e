import { commonRows } from '../../tables/options/common.ts';
import { refusedJobRows } from '../../tables/options/refused/submit.ts';
import { clientRows } from '../../tables/options/submit/client.ts';
import { jobRows } from '../../tables/options/submit/job.ts';
import { mailRows } from '../../tables/options/submit/mail.ts';
import { nodeRows } from '../../tables/options/submit/nodes.ts';
import { processorRows, sharingRows } from '../../tables/options/submit/processors.ts';
import { resourceRows } from '../../tables/options/submit/resources.ts';
import { schedulingRows } from '../../tables/options/submit/scheduling.ts';
import { identityRows } from '../../tables/options/submit/surroundings.ts';
import type { SubmitValues } from '../../tables/options/values.ts';
import type { OptionRow } from '../../tables/row.ts';

/** What sbatch, srun and salloc have in common: all that a job may ask of a cluster. */
export const submissionRows: readonly OptionRow<SubmitValues>[] = [
  ...jobRows,
  ...resourceRows,
  ...processorRows,
  ...sharingRows,
  ...nodeRows,
  ...schedulingRows,
  ...mailRows,
  ...identityRows,
  ...clientRows,
  ...commonRows,
  ...refusedJobRows,
];
