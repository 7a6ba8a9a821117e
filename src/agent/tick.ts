import { concernedBy } from '../core/concerned.ts';
import { decideWithin } from '../core/decide.ts';
import { nextDue } from '../core/due.ts';
import { planEvents } from '../core/plan.ts';
import { reduceAll } from '../core/reduce.ts';
import { type Cluster, idsAfter } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import { formatExitCode } from '../model/exitcode.ts';
import type { Seconds } from '../model/ids.ts';
import { limits } from '../model/limits.ts';
import type { SentRequest } from '../model/request.ts';
import { stillThere, takeOut } from '../store/inbox.ts';
import { makeRooms } from '../store/rooms.ts';
import { type Agent, logOrThrow, ownsNode } from './agent.ts';
import { deliverSignals } from './deliver.ts';
import { makeDurable } from './durable.ts';
import { endHosted } from './hosted.ts';
import { hasRequests, readRequests } from './intake.ts';
import { gatherSteps } from './keepsteps.ts';
import { launch } from './launch.ts';
import { takeLock } from './lock.ts';
import { sendLetters, sendTimeLetters } from './mail.ts';
import type { Memory } from './memory.ts';
import { jobsRunHere, observe } from './observe.ts';
import { endRemnants } from './remnants.ts';
import { ownEvents } from './report.ts';
import { findRun, localRunOf, type Run, runKey } from './run.ts';
import { sampleUsage } from './sample.ts';
import { forgetOldNews, lookAtSettings } from './settings.ts';
import { serveSteps } from './stepparts.ts';
import { findLostAttempts } from './takeback.ts';
import { tidy } from './tidy.ts';
import { wakeHolders } from './wakeholders.ts';

/** How long work waits for the holder of the lock before it is done without it. */
const lockPatienceMs = 1500;

/**
 * One turn of the daemon: look, decide, commit, act. Every act is safe to repeat, for a crash may come
 * between any two lines; what was decided is read from the log again.
 */
export async function tick(agent: Agent, memory: Memory): Promise<void> {
  // Only what rings from here on is not seen by this look.
  memory.isRung = agent.doorbell?.answer() === true;
  if (memory.isRung) agent.logger.debug('rung');
  await agent.journal.refresh();
  if (!ownsNode(agent)) return;
  await observe(agent, memory.runs);
  await deliverSignals(agent, memory.runs);
  await wakeHolders(agent, memory);
  await sendTimeLetters(agent, memory);
  await endRemnants(agent, memory);
  await endHosted(agent, memory);
  await gatherSteps(agent, memory);
  memory.lostAttempts = await findLostAttempts(agent, memory);
  await decideAndCommit(agent, memory);
  await act(agent, memory);
  await serveSteps(agent, memory);
  await sampleUsage(agent, memory);
  await tidy(agent, memory);
}

async function decideAndCommit(agent: Agent, memory: Memory): Promise<void> {
  const cluster = agent.journal.cluster();
  const now = agent.store.clock.now();
  const own = ownEvents(agent, memory, cluster, now).filter((event) => event.name !== 'requestsForgotten');
  forgetOldNews(memory.settings, cluster);
  const hasWork = own.length > 0 || (await hasRequests(agent, memory)) || hasStarts(memory, cluster, now);
  if (!hasWork) {
    memory.lockedOutSinceMs = undefined;
    return;
  }
  const lock = await takeLock(agent, 'schedule');
  const isLeftToOther = lock === 'busy' && isPatient(agent, memory);
  if (isLeftToOther && own.length === 0) return;
  if (!isLeftToOther) memory.lockedOutSinceMs = undefined;
  try {
    // Whoever has the lock reads the requests, and the others do not.
    await commitAll(agent, memory, isLeftToOther ? [] : await readRequests(agent, memory));
  } finally {
    if (typeof lock === 'function') await lock();
  }
}

/** The holder of the lock will do the work; only if it does not, we do it without the lock. */
function isPatient(agent: Agent, memory: Memory): boolean {
  const now = agent.store.clock.monotonicMs();
  memory.lockedOutSinceMs ??= now;
  return now - memory.lockedOutSinceMs < lockPatienceMs;
}

/** How long a state that has not changed is not planned again. */
const replanSeconds = 5;

function hasStarts(memory: Memory, cluster: Cluster, now: Seconds): boolean {
  const known = memory.planned;
  const isKnown = known?.cluster === cluster && now >= known.time && now - known.time < replanSeconds;
  if (isKnown && now < known.due) return known.hasStarts;
  const { events, idsWanted } = planEvents(cluster, now, []);
  const has = events.length > 0 || idsWanted > 0;
  memory.planned = { cluster, time: now, due: nextDue(cluster, now), hasStarts: has };
  return has;
}

/**
 * How much of what requests lead to goes into one commit, in characters: in UTF-8 three times as many bytes
 * at most, and there is room for own reports and for claims below what readers of a commit take.
 */
const decidedTextMax = limits.commitBytes / 8;

async function commitAll(agent: Agent, memory: Memory, requests: readonly SentRequest[]): Promise<void> {
  const { journal, store } = agent;
  if (requests.some((sent) => sent.request.name === 'reconfigure')) {
    await lookAtSettings(agent, memory.settings, { isAsked: true });
  }
  const seqOfInbox = journal.cluster().seq;
  let known = requests;
  let done = requests;
  let idsUsed = 0;
  let before = journal.cluster();
  const events = await journal.commit(async (cluster) => {
    const now = store.clock.now();
    before = cluster;
    // Others may have done these requests, and forgotten them, since the inbox was read.
    if (cluster.seq !== seqOfInbox) known = await stillThere(store, known);
    const own = ownEvents(agent, memory, cluster, now);
    const owned = reduceAll(cluster, own);
    const decided = decideWithin(owned, known, { now, textMax: decidedTextMax, formatMax: owned.format });
    done = decided.done;
    const planned = await startEvents(agent, memory, reduceAll(owned, decided.events), now);
    idsUsed = planned.idsUsed;
    return [...own, ...decided.events, ...planned.events];
  });
  if (events.length > 0) {
    memory.spareIds = memory.spareIds.slice(idsUsed);
    memory.durableSeq = journal.cluster().seq;
    // Said once: a node that is back meanwhile must not be called lost again by what was seen before.
    memory.lostNodes = [];
    memory.lostAttempts = [];
    memory.forgettable = memory.forgettable.filter((id) => journal.cluster().handled.has(id));
    if (events.some(({ name }) => name === 'clusterConfigured')) memory.settings.news = undefined;
    agent.logger.debug('committed', { seq: journal.cluster().seq, events: events.length });
    logEvents(agent, events);
    const after = journal.cluster();
    await store.bells?.ring(concernedBy({ before, after }, events, agent.node.name));
    sendLetters(agent, before, events);
  }
  await finishRequests(agent, memory, done);
}

/** Claims for all that can start; rooms for tasks of arrays are made before their ids are used. */
async function startEvents(
  agent: Agent,
  memory: Memory,
  cluster: Cluster,
  now: Seconds,
): Promise<{ readonly events: readonly ClusterEvent[]; readonly idsUsed: number }> {
  const first = planEvents(cluster, now, memory.spareIds);
  const missing = first.idsWanted - memory.spareIds.length;
  if (missing <= 0) return first;
  const last = Math.max(idsAfter(cluster), memory.spareIds.at(-1) ?? 0);
  const { store } = agent;
  memory.spareIds = [...memory.spareIds, ...(await makeRooms(store, last, missing))];
  // A claim that outlives a power cut must not outlive the room that it is for.
  if (store.spool.durable) await store.files.syncDir(store.layout.jobs);
  return planEvents(cluster, now, memory.spareIds);
}

/**
 * The requests are in the log (or were before): their files go, and then their identities may be forgotten.
 */
async function finishRequests(agent: Agent, memory: Memory, requests: readonly SentRequest[]): Promise<void> {
  const { store } = agent;
  if (requests.length === 0) return;
  await makeDurable(agent, memory);
  for (const request of requests) await takeOut(store, request);
  if (store.spool.durable) await store.files.syncDir(store.layout.inbox);
  const { handled } = agent.journal.cluster();
  const named = requests.map((one) => one.requestId).filter((id) => handled.has(id));
  memory.forgettable = [...memory.forgettable, ...named];
}

/** Carries out what the state says of this node: starts what was claimed, clears away what is over. */
export async function act(agent: Agent, memory: Memory): Promise<void> {
  const here = new Map(jobsRunHere(agent).map((job) => [runKey(job.id, job.attempt), job]));
  const nowMs = agent.store.clock.monotonicMs();
  for (const [key, run] of memory.runs) {
    if (here.has(key)) continue;
    memory.runs.delete(key);
    await clearAway(agent, run);
  }
  for (const [key, job] of here) {
    try {
      const run = memory.runs.get(key) ?? (await findRun(agent, job));
      memory.runs.set(key, run);
      if (isToLaunch(run, nowMs) && job.state === 'RUNNING') {
        await makeDurable(agent, memory);
        await launch(agent, job, run, memory.lease);
      }
    } catch (error) {
      // The others go on.
      logOrThrow(agent, job, error);
    }
  }
}

function isToLaunch(run: Run, nowMs: number): boolean {
  if (run.phase !== 'absent' || run.unreadSinceMs !== undefined) return false;
  return run.retryAtMs === undefined || run.retryAtMs <= nowMs;
}

/** Removes what a run left on this machine; what cannot be removed now goes when a daemon starts. */
async function clearAway(agent: Agent, run: Run): Promise<void> {
  const { files } = agent.store;
  try {
    await files.removeTree(localRunOf(agent, run));
    await files.unlink(`${localRunOf(agent, run)}.ended`);
  } catch (error) {
    // The others go on.
    logOrThrow(agent, { id: run.jobId }, error);
  }
}

function logEvents(agent: Agent, events: readonly ClusterEvent[]): void {
  for (const event of events) {
    if (event.name === 'jobSubmitted') agent.logger.info('submitted', { jobId: event.id });
    if (event.name === 'jobAllocated') {
      const nodes = event.allocation.map((share) => share.node).join(',');
      agent.logger.info('claimed', { jobId: event.id, attempt: event.attempt, for: nodes });
    }
    if (event.name === 'nodeReleased') {
      const { id: jobId, attempt, report } = event;
      const end = report && {
        state: report.endState,
        reason: report.reason,
        exit: formatExitCode(report.exitCode),
      };
      agent.logger.info('ended', { jobId, attempt, ...end });
    }
  }
}
