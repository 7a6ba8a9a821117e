import { printable } from '../../base/text.ts';
import { formatTimestamp } from '../../model/duration.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import type { Job } from '../../model/job.ts';
import { endTime } from '../../tables/fields/jobvalues.ts';
import { type JobCommandDeps, oneTarget } from './jobcommands.ts';
import { type Answer, findJobs } from './show.ts';

/** A process of a job, and what its environment says of its place. */
export interface JobProcess {
  readonly pid: number;
  /** The number of its step; undefined for one of the batch script, or of the only step there is. */
  readonly step?: string;
  readonly localId?: string;
  readonly globalId?: string;
}

const pidsHead = 'PID      JOBID    STEPID   LOCALID GLOBALID\n';

/** `listpids [JOB[.STEP] [NODE]]`: the processes that jobs have on this machine. */
export async function answerListpids(
  [named, node]: readonly string[],
  spool: string | undefined,
  deps: JobCommandDeps,
): Promise<Answer> {
  const view = await deps.view(spool);
  const [job, step] = named === undefined || named === '*' ? [] : named.split('.');
  const target = job === undefined ? undefined : oneTarget(job);
  const isAll = job === undefined;
  const found = isAll || target !== undefined ? findJobs(view, target).map((one) => one.job) : [];
  const here = node ?? deps.host;
  const running = found.filter((one) => one.state === 'RUNNING' && one.allocation[0]?.node === here);
  const rows: string[] = [];
  for (const one of running) {
    for (const process of await deps.pids(one)) {
      const own = process.step ?? (one.spec.kind === 'batch' ? 'batch' : '0');
      if (step === undefined || step === own) rows.push(pidRow(process, one, own));
    }
  }
  if (rows.length > 0) return { out: pidsHead + rows.join(''), err: '', exitCode: 0 };
  return {
    out: pidsHead,
    err: `${whyNone(named, { step, node, isAll, isKnown: found.length > 0 })}\n`,
    exitCode: 1,
  };
}

interface Missing {
  readonly step: string | undefined;
  readonly node: string | undefined;
  readonly isAll: boolean;
  readonly isKnown: boolean;
}

function whyNone(named = '', { step, node, isAll, isKnown }: Missing): string {
  if (isAll) return 'No job steps exist on this node.';
  if (step !== undefined) return `StepId=${printable(named)} does not exist on this node.`;
  return isKnown && node !== undefined
    ? `There are no steps for job ${printable(named)} on node ${printable(node)}.`
    : `JobId=${printable(named)} does not exist on node ${printable(node ?? '(null)')}.`;
}

function pidRow({ pid, localId = '-', globalId = '-' }: JobProcess, job: Job, step: string): string {
  const cells = [
    String(pid).padEnd(8),
    String(job.id).padEnd(8),
    step.padEnd(8),
    localId.padEnd(7),
    globalId.padEnd(8),
  ];
  return `${cells.join(' ')}\n`;
}

/** `pidinfo PID`: the job of a process of this machine, and how long it may still run. */
export async function answerPidinfo(
  word: string,
  spool: string | undefined,
  deps: JobCommandDeps,
): Promise<Answer> {
  const view = await deps.view(spool);
  const id = /^\d{1,9}$/.test(word) ? await deps.jobOfPid(Number(word)) : undefined;
  const job = id === undefined ? undefined : view.cluster.jobs.get(id);
  if (job === undefined || job.state !== 'RUNNING') {
    const err = 'slurm_pid2jobid error: Invalid job id specified\n';
    return { out: '', err, exitCode: 1 };
  }
  const end = endTime(job);
  const head = `Slurm JobId=${job.id} ends at `;
  if (end === undefined)
    return { out: `${head}Unknown\nJob remaining time is UNLIMITED\n`, err: '', exitCode: 0 };
  const when = formatTimestamp(end, view.utcOffsetMinutes);
  const left = Math.max(0, end - view.now);
  const out = `${head}${when}\nJob remaining time is ${left} seconds\n`;
  return { out, err: '', exitCode: 0 };
}

/** `completing`: the jobs that end, with the nodes that still hold them; nothing where there are none. */
export async function answerCompleting(spool: string | undefined, deps: JobCommandDeps): Promise<Answer> {
  const { cluster, utcOffsetMinutes } = await deps.view(spool);
  let out = '';
  for (const job of cluster.jobs.values()) {
    if (job.state !== 'COMPLETING') continue;
    const since = formatTimestamp(job.endTime, utcOffsetMinutes);
    out += `JobId=${job.id} EndTime=${since} Nodes(COMPLETING)=${formatHostlist(job.holders)}\n`;
  }
  return { out, err: '', exitCode: 0 };
}
