import { spanningEnvironment } from '../core/environment.ts';
import type { ActiveJob } from '../model/job.ts';
import type { StartKeeper } from '../ports/keeper.ts';
import { askCluster } from './askcluster.ts';
import { makeAndFollow, stepInterrupts } from './innerstep.ts';
import type { FollowingSession, Terminal } from './interactive/follow.ts';
import { waitForStart } from './interactive/waitforstart.ts';
import { voiceOf } from './interactive.ts';
import { giveBack } from './pulse.ts';
import type { InnerStepOptions } from './steps/making.ts';
import { awaited, type Submission, submit } from './submit.ts';

/** A step, and the job that is asked for it alone. */
export interface SpanningOptions extends Omit<InnerStepOptions, 'jobId'> {
  readonly submission: Submission;
  readonly startKeeper: StartKeeper;
}

/**
 * srun over several nodes: asks for an allocation, makes one step on all of it, follows that to its end and
 * gives the nodes back. The allocation is srun's own, as in Slurm: it ends with srun, however that ends.
 * Gives the code that srun ends with.
 */
export async function runSpanning(
  session: FollowingSession,
  terminal: Terminal,
  options: SpanningOptions,
): Promise<number> {
  const { store, present, watcher } = session;
  const voice = voiceOf(terminal, options);
  const host = options.submission.spec.submitHost;
  const { interrupts, named } = stepInterrupts(session, options, {
    inform: voice.inform,
    before: async (request) => void (await askCluster(session, { request, host })),
    endsOnHangup: true,
  });
  const release = terminal.interrupts(interrupts.take);
  try {
    watcher.add(store.layout.log);
    const jobId = await submit(store, present, awaited(session, options.submission));
    // Where an error ends this process, the keeper says so in the pulse, and the nodes are given back.
    const keeper = options.startKeeper(store.layout.job(jobId).pulse);
    interrupts.submitted(jobId);
    const { immediateSeconds, maxWaitSeconds, ...rest } = options;
    const waiting = { immediateSeconds, maxWaitSeconds, host };
    const job = await waitForStart({ session, interrupts, jobId, ...waiting, ...voice });
    if (job?.state !== 'RUNNING') {
      keeper.stop();
      if (job !== undefined) voice.inform(`srun: Job allocation ${jobId} has been revoked`);
      return 1;
    }
    const code = await makeAndFollow(
      {
        session,
        terminal,
        options: { ...rest, jobId, ...stepOn(session, options, job) },
        interrupts,
        job,
        nodes: present.journal.cluster().nodes,
        ...voice,
      },
      named,
    );
    keeper.stop();
    await giveBack(session, jobId, code);
    return code;
  } finally {
    release();
    await interrupts.settled();
  }
}

/** The step takes all nodes that its job came to. */
function stepOn(
  { store }: FollowingSession,
  { wish, content, workDir }: SpanningOptions,
  job: ActiveJob,
): Pick<InnerStepOptions, 'wish' | 'content' | 'isSpanning'> {
  const { clusterName } = store.spool;
  const input = { job, own: content.environment, workDir, clusterName, spoolRoot: store.layout.root };
  return {
    wish: { ...wish, nodeCount: job.allocation.length },
    content: { ...content, environment: spanningEnvironment(input) },
    isSpanning: true,
  };
}
