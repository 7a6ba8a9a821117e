import { type Letter, lettersOf, timeLetter } from '../core/letters.ts';
import { type Cluster, configOf } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import { formatExitCode } from '../model/exitcode.ts';
import { formatHostlist } from '../model/hostlist.ts';
import { shownState } from '../model/job.ts';
import { type Agent, logOrThrow } from './agent.ts';
import type { Memory } from './memory.ts';
import { jobsRunHere } from './observe.ts';
import { isFirst, runKey } from './run.ts';
import { secondsLeft } from './timeleft.ts';

/** Where Debian and most others have it; `mail: program:` of cluster.yaml names another one. */
const programDefault = '/usr/bin/mail';

/**
 * Sends what an own commit is a reason for: a commit has one writer, so each mail is sent once or, if that
 * writer dies right then, not at all.
 */
export function sendLetters(agent: Agent, before: Cluster, events: readonly ClusterEvent[]): void {
  for (const letter of lettersOf(before, events)) send(agent, letter);
}

const percents = [50, 80, 90] as const;

/** Sends the mails about parts of a time limit that are used up, each once for an attempt. */
export async function sendTimeLetters(agent: Agent, { runs }: Memory): Promise<void> {
  for (const job of jobsRunHere(agent)) {
    const run = runs.get(runKey(job.id, job.attempt));
    const { timeLimit } = job.spec;
    if (job.state !== 'RUNNING' || run === undefined || timeLimit === 'UNLIMITED') continue;
    const used = 1 - secondsLeft(agent, job, run) / (timeLimit * 60);
    try {
      for (const percent of percents) {
        const letter = used * 100 >= percent ? timeLetter(job, percent) : undefined;
        if (letter === undefined || run.mailed?.has(percent)) continue;
        run.mailed = new Set([...(run.mailed ?? []), percent]);
        if (await isFirst(agent, run, `mailed.${percent}`)) send(agent, letter);
      }
    } catch (error) {
      // The others go on.
      logOrThrow(agent, job, error);
    }
  }
}

function send(agent: Agent, letter: Letter): void {
  const { journal, logger, mailer, store } = agent;
  const program = configOf(journal.cluster()).mailProgram ?? programDefault;
  const { subject, to } = letter;
  const variables = variablesOf(letter, store.spool.clusterName);
  mailer?.send({ program, subject, to, variables }, (why) => {
    logger.warn(`no mail was sent: ${why}`, { jobId: letter.job.id, subject });
  });
}

/** Of what Slurm tells its MailProg in its environment the most of use. */
function variablesOf({ job, about }: Letter, clusterName: string): Readonly<Record<string, string>> {
  const { spec } = job;
  const names = job.state === 'PENDING' ? [] : (job.allocation ?? []).map((share) => share.node);
  const isOver = job.state === 'ENDED' || job.state === 'COMPLETING';
  return {
    SLURM_CLUSTER_NAME: clusterName,
    SLURM_JOBID: String(job.id),
    SLURM_JOB_ID: String(job.id),
    SLURM_JOB_ACCOUNT: spec.account,
    SLURM_JOB_GID: String(spec.gid),
    SLURM_JOB_GROUP: spec.group,
    SLURM_JOB_MAIL_TYPE: about,
    SLURM_JOB_NAME: spec.name,
    SLURM_JOB_NODELIST: names.length === 0 ? '(null)' : formatHostlist(names),
    SLURM_JOB_PARTITION: spec.partition,
    SLURM_JOB_STATE: shownState(job),
    SLURM_JOB_UID: String(spec.uid),
    SLURM_JOB_USER: spec.user,
    SLURM_JOB_WORK_DIR: spec.workDir,
    ...(isOver && { SLURM_JOB_EXIT_CODE2: formatExitCode(job.exitCode) }),
    ...(job.arrayJobId !== undefined && {
      SLURM_ARRAY_JOB_ID: String(job.arrayJobId),
      SLURM_ARRAY_TASK_ID: String(job.arrayTaskId),
    }),
  };
}
