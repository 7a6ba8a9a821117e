import { printable } from '../../base/text.ts';
import type { Job } from '../../model/job.ts';
import type { JobTarget, Request } from '../../model/request.ts';
import type { ClusterView } from '../../services/view.ts';
import { parseTargets } from '../../tables/options/targets.ts';
import { type Asker, type JobVerb, planVerb, type VerbPlan } from './jobverbs.ts';
import type { JobProcess } from './processes.ts';
import { type Answer, findJobs } from './show.ts';
import { planUpdate } from './update/plan.ts';
import { readJobUpdate } from './update/words.ts';

/** What the commands about jobs need of the world. */
export interface JobCommandDeps {
  view(spool: string | undefined): Promise<ClusterView>;
  readonly user: { readonly uid: number; readonly name: string };
  /** Whether the spool is the user's own. Asked after the view. */
  isOwner(): Promise<boolean>;
  /** Puts a request into the inbox. */
  send(request: Request): Promise<void>;
  /** The batch script of a job; undefined if its room has none or is gone. */
  script(job: Job): Promise<Uint8Array | undefined>;
  /** Writes a file of the user's; gives what the system says where it cannot. */
  writeFile(path: string, content: Uint8Array): Promise<string | undefined>;
  /** The processes of a job on this machine, the oldest first. */
  pids(job: Job): Promise<readonly JobProcess[]>;
  /** The job that a process of this machine belongs to; undefined for one of no job. */
  jobOfPid(pid: number): Promise<number | undefined>;
  /** What this machine is called among the nodes. */
  readonly host: string;
  /** Minutes east of UTC at an instant. */
  utcOffsetMinutes(unixSeconds: number): number;
  sleep(ms: number): Promise<void>;
}

/** `hold`, `requeue` and their like. */
export async function answerVerb(
  verb: JobVerb,
  words: readonly string[],
  spool: string | undefined,
  deps: JobCommandDeps,
): Promise<Answer> {
  const refused = words.find((word) => /^state=/i.test(word));
  if (verb === 'requeuehold' && refused !== undefined) {
    return { out: '', err: `scontrol: error: ${refused} is not supported by this release\n`, exitCode: 1 };
  }
  return carriedOut(planVerb(verb, words, await askerOf(spool, deps)), deps);
}

/** `update JobId=...`. */
export async function answerUpdate(
  words: readonly string[],
  spool: string | undefined,
  deps: JobCommandDeps,
): Promise<Answer> {
  const asker = await askerOf(spool, deps);
  const update = readJobUpdate(words, { now: asker.now, utcOffsetMinutes: deps.utcOffsetMinutes });
  if (!('changes' in update)) return { out: '', err: linesText(update), exitCode: 1 };
  return carriedOut(planUpdate(update, asker), deps);
}

async function askerOf(spool: string | undefined, deps: JobCommandDeps): Promise<Asker> {
  const { cluster, now } = await deps.view(spool);
  return { cluster, now, sender: { uid: deps.user.uid, isOwner: await deps.isOwner() } };
}

async function carriedOut({ requests, complaints }: VerbPlan, deps: JobCommandDeps): Promise<Answer> {
  for (const request of requests) await deps.send(request);
  return { out: '', err: linesText(complaints), exitCode: complaints.length > 0 ? 1 : 0 };
}

/** `write batch_script JOB [FILE|-]`. What goes wrong with the script is told, and the exit code is 0. */
export async function answerWrite(
  [what = '', job, file]: readonly string[],
  spool: string | undefined,
  deps: JobCommandDeps,
): Promise<Answer> {
  const isScript = what.length >= 5 && 'batch_script'.startsWith(what.toLowerCase());
  if (what === '') return { out: '', err: 'too few arguments for keyword:write\n', exitCode: 1 };
  if (!isScript) return { out: '', err: `invalid write argument:${printable(what)}\n`, exitCode: 1 };
  if (job === undefined) return { out: '', err: '', exitCode: 0 };
  const failed = (why: string): Answer => ({
    out: '',
    err: `job script retrieval failed: ${why}\n`,
    exitCode: 0,
  });
  const target = oneTarget(job);
  const view = await deps.view(spool);
  const found = target && findJobs(view, target)[0]?.job;
  if (found === undefined) return failed('Invalid job id specified');
  if (found.spec.kind !== 'batch') return failed('Job script not specified');
  const script = await deps.script(found);
  if (script === undefined) return failed('Job script not specified');
  if (file === '-') {
    const text = new TextDecoder().decode(script);
    return { out: text.endsWith('\n') ? text : `${text}\n`, err: '', exitCode: 0 };
  }
  const path = file ?? `slurm-${job}.sh`;
  const why = await deps.writeFile(path, script);
  if (why !== undefined)
    return { out: '', err: `failed to open file \`${printable(path)}\`: ${why}\n`, exitCode: 0 };
  return { out: `batch script for job ${job} written to ${printable(path)}\n`, err: '', exitCode: 0 };
}

const waitMs = 500;

/** `wait_job JOB`: until its nodes are ready, which here they are when it runs. */
export async function answerWaitJob(
  job: string,
  spool: string | undefined,
  deps: JobCommandDeps,
): Promise<Answer> {
  const target = oneTarget(job);
  for (;;) {
    const found = target && findJobs(await deps.view(spool), target)[0]?.job;
    if (found === undefined) return said(`Problem running job ${printable(job)}`, 1);
    if (found.state === 'RUNNING') return said(`Nodes are ready for job ${printable(job)}`, 0);
    if (found.state !== 'PENDING' || found.held !== undefined)
      return said(`Job ${printable(job)} no longer running`, 1);
    await deps.sleep(waitMs);
  }
}

function said(text: string, exitCode: number): Answer {
  return { out: '', err: `scontrol: ${text}\n`, exitCode };
}

export function oneTarget(text: string): JobTarget | undefined {
  const targets = parseTargets(text);
  return targets?.length === 1 ? targets[0] : undefined;
}

function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line)}\n`).join('');
}
