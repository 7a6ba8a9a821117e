/* What the jobs of a run do: they tell the witness that they are there. */

/**
 * The script of a job that stays for so many fifths of a second, given as its first argument, and has so many
 * steps before, its second. A step that cannot be made is no reason to end.
 */
export function witnessScript(
  path: string,
  steps: { readonly srun: string; readonly script: string },
): string {
  return `${beginning(path)}say start
for ((step = 0; step < $2; step += 1)); do
  ${steps.srun} ${steps.script} 2 < /dev/null > /dev/null 2>&1
done
for ((turn = 0; turn < $1; turn += 1)); do
  sleep 0.2
  say alive
done
say end
`;
}

/** The program of a step that stays for so many fifths of a second. */
export function stepScript(path: string): string {
  return `${beginning(path, ' $SLURM_STEP_ID')}say step
for ((turn = 0; turn < $1; turn += 1)); do
  sleep 0.2
  say alive
done
say done
`;
}

/** A script's way to tell the witness something, with the time since the machine started. */
function beginning(path: string, more = ''): string {
  return `#!/bin/bash
say() {
  read -r up _ < /proc/uptime
  echo "$1 $SLURM_JOB_ID $MGPU_ATTEMPT $MGPU_NODE $CUDA_VISIBLE_DEVICES $up${more}" >> "${path}"
}
`;
}
