import type { Cluster } from '../model/cluster.ts';
import { type ActiveJob, type NodeShare, type RunningJob, shownJobId } from '../model/job.ts';
import type { TimeLimit } from '../model/timelimit.ts';
import type { Store } from '../store/spool.ts';
import { readStepRecord } from '../store/steprecords.ts';
import { readStepRequest, stepNumbers } from '../store/steps.ts';

/** A step that runs, as squeue -s and scontrol show step tell of it. */
export interface ShownStep {
  readonly job: RunningJob;
  /** `12.0`, `12_3.batch`. */
  readonly id: string;
  /** `batch`, or its number. */
  readonly step: string;
  readonly name: string;
  readonly startTime: number;
  /** What it has of each of its nodes. */
  readonly shares: readonly NodeShare[];
  readonly cpus: number;
  readonly ntasks: number;
  readonly timeLimit: TimeLimit;
  readonly distribution?: string;
  readonly tresPerNode?: string;
  /** Where its srun is. */
  readonly srun?: { readonly host: string; readonly pid: number };
}

/** The running steps of all running jobs, job by job, a batch script first. */
export async function runningSteps(store: Store, cluster: Cluster): Promise<readonly ShownStep[]> {
  const all: ShownStep[] = [];
  for (const job of cluster.jobs.values()) {
    if (job.state !== 'RUNNING') continue;
    all.push(...firstSteps(job), ...(await madeSteps(store, job)));
  }
  return all;
}

/** The batch script, or step 0 of an interactive job. */
function firstSteps(job: RunningJob): readonly ShownStep[] {
  const { spec, allocation, startTime } = job;
  if (spec.kind === 'allocation') return [];
  const isBatch = spec.kind === 'batch';
  const shares = isBatch ? allocation.slice(0, 1) : allocation;
  const step = isBatch ? 'batch' : '0';
  return [
    {
      job,
      id: `${shownJobId(job)}.${step}`,
      step,
      name: isBatch ? 'batch' : spec.name,
      startTime,
      shares,
      cpus: isBatch ? 0 : shares.reduce((sum, { cpus }) => sum + cpus, 0),
      ntasks: isBatch ? 1 : spec.ntasks,
      timeLimit: 'UNLIMITED',
      ...(!isBatch && { distribution: 'block' }),
      ...(!isBatch && spec.tresPerNode !== undefined && { tresPerNode: spec.tresPerNode }),
    },
  ];
}

async function madeSteps({ files, layout }: Store, job: RunningJob): Promise<readonly ShownStep[]> {
  const room = layout.job(job.id);
  const found: ShownStep[] = [];
  for (const number of await stepNumbers(files, room, job.attempt)) {
    const record = await readStepRecord(files, room.step(job.attempt, number));
    if (record?.state !== 'RUNNING') continue;
    const request = await readStepRequest(files, room.step(job.attempt, number).request);
    if (request === undefined) continue;
    const { distribution, timeLimit = 'UNLIMITED', host, client } = request;
    // A step that asks for none has its job's.
    const isOwn = request.tresPerNode !== undefined || request.gpusPerTask !== undefined;
    const tresPerNode = isOwn ? request.tresPerNode : job.spec.tresPerNode;
    const shares = request.shares.map((share, place) => ({
      node: share.node,
      cpus: share.cpus,
      memoryMb: share.memoryMb,
      tasks: 0,
      gpus: gpusOf(job, share.node).slice(0, record.nodes[place]?.gpus ?? 0),
    }));
    found.push({
      job,
      id: `${shownJobId(job)}.${number}`,
      step: String(number),
      name: record.name,
      startTime: record.startTime,
      shares,
      cpus: record.cpus,
      ntasks: record.ntasks,
      timeLimit,
      ...(distribution !== undefined && { distribution }),
      ...(tresPerNode !== undefined && { tresPerNode }),
      srun: { host, pid: client.pid },
    });
  }
  return found;
}

function gpusOf(job: ActiveJob, node: string): readonly number[] {
  return job.allocation.find((share) => share.node === node)?.gpus ?? [];
}
