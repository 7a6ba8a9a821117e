import { MgpuError } from '../base/error.ts';
import { activeJobsOn } from '../core/free.ts';
import type { ActiveJob } from '../model/job.ts';
import { isTriedElsewhere } from '../model/spec.ts';
import { killWaitVariable, stepMarkVariable } from '../model/step.ts';
import type { StepRequest } from '../model/steprequest.ts';
import type { StepRoom } from '../store/layout.ts';
import {
  certainNumbers,
  readStepExit,
  readStepGrant,
  readStepRequest,
  readStepStart,
  takenStepFile,
  writeStepFile,
} from '../store/steps.ts';
import { type Agent, logOrThrow } from './agent.ts';
import { keepWithoutLease, leaseForShim } from './lease.ts';
import { readStarted } from './markers.ts';
import type { Memory } from './memory.ts';
import { localRunOf, markOf, runKey } from './run.ts';

/*
 * The parts of steps that this node's daemon starts: those that no srun within the job starts itself. It
 * looks into the rooms of the jobs that have something of this node; a step costs no commit. The supervisor
 * takes its part's marker, so that a part starts once, however often it is launched.
 */

/** What the daemon remembers of the steps of one attempt. */
export interface StepsSeen {
  /** The folder's version when it was listed last. */
  version: string;
  /** Those whose part here is not known to have ended, and when it was launched by this daemon. */
  readonly open: Map<number, { launchedMs?: number }>;
  /** All that were ever listed. */
  readonly known: Set<number>;
}

/** After so long a part that was launched and not taken is launched again, in ms. */
const launchAgainMs = 10_000;

/** Starts the parts whose turn has come, and notes the end of those whose supervisor died. */
export async function serveSteps(agent: Agent, memory: Memory): Promise<void> {
  const jobs = activeJobsOn(agent.journal.cluster(), agent.node.name);
  const kept = new Set(jobs.map(({ id, attempt }) => runKey(id, attempt)));
  for (const key of memory.steps.keys()) if (!kept.has(key)) memory.steps.delete(key);
  for (const job of jobs) {
    if (job.state !== 'RUNNING' || !job.holders.includes(agent.node.name)) continue;
    try {
      await serveJob(agent, memory, job);
    } catch (error) {
      // The others go on.
      logOrThrow(agent, job, error);
    }
  }
}

async function serveJob(agent: Agent, memory: Memory, job: ActiveJob): Promise<void> {
  const { files, layout } = agent.store;
  const room = layout.job(job.id);
  const folder = await files.stat(room.steps(job.attempt));
  if (folder === undefined) return;
  const key = runKey(job.id, job.attempt);
  const seen = memory.steps.get(key) ?? { version: '', open: new Map(), known: new Set() };
  memory.steps.set(key, seen);
  // Who rings may have made a step that the folder's attributes, as they are kept here, do not show yet.
  if (folder.version !== seen.version || memory.isRung) {
    for (const number of await certainNumbers(files, room, job.attempt)) {
      if (!seen.known.has(number)) seen.open.set(number, {});
      seen.known.add(number);
    }
    // Only now: what came in between is seen at the next look.
    seen.version = folder.version;
  }
  for (const [number, part] of seen.open) {
    const isOpen = await servePart(agent, memory, {
      job,
      number,
      part,
      room: room.step(job.attempt, number),
    });
    if (!isOpen) seen.open.delete(number);
  }
}

interface Serving {
  readonly job: ActiveJob;
  readonly number: number;
  readonly room: StepRoom;
  readonly part: { launchedMs?: number };
}

/** False when nothing is to be done for the step here any more. */
async function servePart(agent: Agent, memory: Memory, serving: Serving): Promise<boolean> {
  const { files, clock } = agent.store;
  const { room, part } = serving;
  const request = await takenStepFile(files, room.request, readStepRequest);
  if (request === undefined || request === 'void') return request === undefined;
  const place = request.shares.findIndex(({ node }) => node === agent.node.name);
  if (place < 0 || request.shares[place]?.isDirect === true) return false;
  if ((await readStepExit(files, room.exit(place))) !== undefined) return false;
  const grant = await takenStepFile(files, room.grant, readStepGrant);
  if (grant === undefined || grant === 'void') return grant === undefined;
  const start = await takenStepFile(files, room.started(place), readStepStart);
  if (start === 'void') return false;
  if (start === undefined) {
    const now = clock.monotonicMs();
    if (part.launchedMs !== undefined && now - part.launchedMs < launchAgainMs) return true;
    if (!(await hasBegunHere(agent, memory, serving.job))) return true;
    part.launchedMs = now;
    await launchPart(agent, memory, { ...serving, request, place });
    return true;
  }
  if (start.bootId === agent.processes.bootId() && (await agent.processes.isAlive(start))) return true;
  await noteLostSupervisor(agent, serving, place);
  return false;
}

/** How long a shim that was just started is waited for, rather than until the next turn, in ms. */
const beginMs = 25;
const beginLooksMax = 4;

/**
 * On its first node a job has begun once its shim has the start marker. Until then the attempt may be taken
 * away, and the node with it, as one of which no process is left.
 */
async function hasBegunHere({ store, node }: Agent, { runs }: Memory, job: ActiveJob): Promise<boolean> {
  if (job.allocation[0]?.node !== node.name) return true;
  if (runs.get(runKey(job.id, job.attempt))?.phase !== 'running') return false;
  for (let looks = 0; looks < beginLooksMax; looks += 1) {
    const marker = await readStarted(store, job.id, job.attempt);
    if (marker !== 'absent') return marker !== 'withdrawn' && marker !== 'lost';
    await store.clock.sleep(beginMs);
  }
  return false;
}

interface Launching extends Serving {
  readonly request: StepRequest;
  readonly place: number;
}

/** Under a lease that is over the job may be another node's by now: then nothing is started. */
const launchText = `log=$1
shift
if [ -n "\${MGPU_LEASE-}" ]; then
  read -r stamp < "\${MGPU_LEASE#* }/stamp" || exit 76
  read -r up _ < /proc/uptime
  [ "$stamp" = forever ] || [ $((\${up%%.*} - stamp)) -lt "\${MGPU_LEASE%% *}" ] || exit 76
fi
unset MGPU_LEASE
exec "$@" >> "$log" 2>&1
`;

async function launchPart(
  agent: Agent,
  memory: Memory,
  { job, number, room, place }: Launching,
): Promise<void> {
  const { logger, node, processes, settings, stepCommand, store, watcher } = agent;
  const facts = { jobId: job.id, attempt: job.attempt, step: number, node: node.name };
  const mark = markOf(agent, job.id, job.attempt);
  try {
    // The guard ends what has such a folder when the node's lease is over.
    await store.files.makeDir(localRunOf(agent, { jobId: job.id, attempt: job.attempt }), 0o700);
    if (!isTriedElsewhere(job.spec)) await keepWithoutLease(agent, job);
    await processes.launch({
      args: ['-c', launchText, 'mgpu_step', room.log(place), ...stepCommand, room.path, String(place)],
      environment: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        MGPU_JOB_MARK: mark,
        [stepMarkVariable]: `${mark}.${number}.${place}`,
        [killWaitVariable]: String(settings.killWaitSeconds),
        ...(memory.lease && isTriedElsewhere(job.spec) && { MGPU_LEASE: leaseForShim(agent, memory.lease) }),
      },
      onExit: () => watcher.wake(),
    });
    logger.info('launched a part of a step', facts);
  } catch (error) {
    if (!(error instanceof MgpuError)) throw error;
    logger.error(`launch of a part of a step failed: ${error.message}`, facts);
  }
}

/** So that its srun does not wait for ever; what the supervisor left is ended with the job. */
async function noteLostSupervisor(
  agent: Agent,
  { job, number, room }: Serving,
  place: number,
): Promise<void> {
  const { files, clock, ids } = agent.store;
  if ((await readStepExit(files, room.exit(place))) !== undefined) return;
  const name = `StepId=${job.id}.${number}`;
  const failure = `the supervisor of ${name} on ${agent.node.name} has ended before its tasks`;
  const exit = {
    mgpu: 'step-exit',
    format: 1,
    step: number,
    tasks: [],
    failure,
    endTime: clock.now(),
  } as const;
  await writeStepFile(files, room.exit(place), exit, ids.next());
  agent.logger.warn(failure, { jobId: job.id });
}
