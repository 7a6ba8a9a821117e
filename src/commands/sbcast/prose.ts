import type { Prose } from '../../tables/man/page.ts';

export const sbcastProse: Prose = {
  text: `
# DESCRIPTION
\`mgpu_sbcast\` copies the file *SOURCE* to the path *DEST* on every node of a job: the one it is called
in, or the one that \`--jobid\` names. A *DEST* without a slash at its beginning counts from the working
directory. The file goes through the job's room in the directory of the cluster, and each node fetches it
from there.

# OPTIONS
{{options}}

# OPTIONS THAT ARE REFUSED
{{refused}}

# ENVIRONMENT
{{environment}}

# EXIT STATUS
= 1
  A node could not write the file, there is one already and \`--force\` was not given, or there is no such
  job.

# EXAMPLES
A program for the local disks of the nodes:

    $ mgpu_sbcast -f train.py /tmp/train.py

# SEE ALSO
\`mgpu_srun\`(1), \`mgpu_sbatch\`(1)
`,
};
