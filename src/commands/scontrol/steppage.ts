import { formatTimestamp } from '../../model/duration.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import { formatTimeLimit } from '../../model/timelimit.ts';
import type { ShownStep } from '../../services/steplist.ts';
import type { ClusterView } from '../../services/view.ts';
import { formatTres, gpuTallyOf } from '../../tables/fields/tres.ts';

/** The lines of `scontrol show step`, as Slurm orders its keys (captures tab.scontrol.step and steps). */
export function stepPage(step: ShownStep, view: ClusterView): readonly string[] {
  const { job, shares, distribution, srun, tresPerNode } = step;
  const start = formatTimestamp(step.startTime, view.utcOffsetMinutes);
  const limit = formatTimeLimit(step.timeLimit, 'scontrol');
  const nodes = formatHostlist(shares.map(({ node }) => node));
  const layout = distribution === undefined ? '' : ` Dist=${capital(distribution)}`;
  return [
    `StepId=${step.id} UserId=${job.spec.uid} StartTime=${start} TimeLimit=${limit}`,
    `State=RUNNING Partition=${job.partition ?? job.spec.partition} NodeList=${nodes}`,
    `Nodes=${shares.length} CPUs=${step.cpus} Tasks=${step.ntasks} Name=${step.name} Network=(null)`,
    `TRES=${step.step === 'batch' ? '(null)' : tresOf(step, view)}`,
    'ResvPorts=(null)',
    `CPUFreqReq=Default${layout}`,
    `SrunHost:Pid=${srun === undefined ? '(null):0' : `${srun.host}:${srun.pid}`}`,
    ...(tresPerNode === undefined ? [] : [`TresPerNode=${tresPerNode}`]),
  ];
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

function tresOf({ shares, cpus }: ShownStep, { cluster }: ClusterView): string {
  const memoryMb = shares.reduce((sum, share) => sum + share.memoryMb, 0);
  const gpus = gpuTallyOf(shares, (node) => cluster.nodes.get(node)?.record.gpus);
  // In steps Slurm sorts them by name.
  return formatTres({ cpus, memoryMb, nodes: shares.length, billing: 0, gpus }).split(',').sort().join(',');
}
