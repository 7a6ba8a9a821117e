import type { Node } from '../model/node.ts';
import { isTriedElsewhere } from '../model/spec.ts';
import { formatVersion } from '../model/version.ts';
import { sweepRooms } from '../store/accounting.ts';
import { goneRequests } from '../store/inbox.ts';
import { writeHeartbeat } from '../store/nodes.ts';
import { encodeText, temporaryPrefix } from '../store/put.ts';
import { openSpool } from '../store/spool.ts';
import { type Agent, isPassing, mayPass, ownsNode } from './agent.ts';
import { settleBoot } from './boot.ts';
import { findGpuTroubles } from './gpuwatch.ts';
import { isEndingHosted } from './hosted.ts';
import {
  dropLeases,
  isFenced,
  isOver,
  keepWithoutLease,
  leaseSecondsFor,
  renewLease,
  restLease,
  takeUpLease,
} from './lease.ts';
import { type Memory, newMemory } from './memory.ts';
import { jobsRunHere } from './observe.ts';
import { register, sweepRuns } from './register.ts';
import { spareIdsEvents } from './report.ts';
import { localRunOf, runKey } from './run.ts';
import { lookAtSettings } from './settings.ts';
import { act, tick } from './tick.ts';
import { secondsToAct } from './timeleft.ts';
import { findLostNodes, type Sightings } from './watchnodes.ts';

/** Why the daemon ended: it was told to, or another daemon took its node's name. */
export type DaemonEnd = 'stopped' | 'replaced';

/** At the longest so long between two looks, whatever the watcher says. */
const restMsMax = 5000;
/** While processes are being ended, or children of an earlier daemon run. */
const endingRestMs = 100;
const adoptedRestMs = 1000;
/** After an error of the file server. */
const troubleRestMs = 1000;

/**
 * Registers the node and serves it until `stop` says so. Jobs that run go on when it ends, and the next
 * daemon of the node finds them again.
 */
export async function serve(agent: Agent, stop: Stop): Promise<DaemonEnd> {
  const memory = newMemory(agent.store.spool.format);
  let life = await begin(agent, memory, stop);
  if (life === undefined) return 'stopped';
  await passing(agent, async () => {
    memory.forgettable = await goneRequests(agent.store, agent.journal.cluster().handled);
  });
  await passing(agent, () => sweepRuns(agent));
  for (;;) {
    const end = await live(life, memory, stop);
    if (end === 'stopped') await sayGoodbye(life, memory);
    if (end !== 'over') return end;
    const next = newLife(agent, agent.store.ids.next());
    if ((await enterAgain(next, life, memory, stop)) === 'replaced') return 'replaced';
    life = next;
  }
}

interface Stop {
  readonly isAsked: () => boolean;
}

/**
 * A life of the daemon: what it does under one registration and one lease. It is over when the lease is, when
 * the node was called lost, and when the node is to have a lease that has none: then its jobs may have been
 * given to others, which the next registration finds out, for in the log it comes before or after.
 */
function newLife(agent: Agent, incarnation: string): Agent {
  const { leaseSeconds: _leaseSeconds, ...node } = agent.node;
  const leaseSeconds = leaseSecondsFor(agent, agent.journal.cluster());
  return { ...agent, node: { ...node, incarnation, ...(leaseSeconds !== undefined && { leaseSeconds }) } };
}

/** The first life; undefined when the daemon is to end before it could begin, with the spool out of reach. */
async function begin(agent: Agent, memory: Memory, stop: Stop): Promise<Agent | undefined> {
  while (!stop.isAsked()) {
    try {
      await tryWriting(agent);
      await settleBoot(agent);
      const life = newLife(agent, agent.node.incarnation);
      await enter(life, memory);
      return life;
    } catch (error) {
      if (!isPassing(error)) throw error;
      agent.logger.error(`will try again: ${error.message}`, { code: error.code });
    }
    await agent.watcher.wait(troubleRestMs);
  }
  return undefined;
}

/**
 * Throws where the spool takes no new file. The lease of a node that was stopped rests, and its jobs run on:
 * it is taken up only when the registration that follows is likely to succeed.
 */
async function tryWriting({ store }: Agent): Promise<void> {
  const path = `${store.layout.log}/${temporaryPrefix}${store.ids.next()}`;
  await store.files.create(path, encodeText('?'), { mode: 0o600, sync: store.spool.durable });
  await store.files.unlink(path);
}

async function enter(agent: Agent, memory: Memory): Promise<void> {
  memory.lease = await takeUpLease(agent);
  for (const job of jobsRunHere(agent)) if (!isTriedElsewhere(job.spec)) await keepWithoutLease(agent, job);
  for (const run of memory.runs.values()) run.isFenced ||= await isFenced(agent, localRunOf(agent, run));
  await register(agent, memory);
  if (memory.lease === undefined) await dropLeases(agent);
}

/** Until it has succeeded, or the daemon is to end: the spool may be out of reach for long. */
async function enterAgain(
  agent: Agent,
  earlier: Agent,
  memory: Memory,
  stop: Stop,
): Promise<'entered' | 'replaced' | 'stopped'> {
  const isTaken = (): boolean => !ownsNode(agent) && !ownsNode(earlier);
  while (!stop.isAsked()) {
    const isDone = await passing(agent, async () => {
      await agent.journal.refresh();
      if (!isTaken()) await enter(agent, memory);
    });
    if (isTaken()) return replaced(agent);
    if (isDone) return 'entered';
    await agent.watcher.wait(troubleRestMs);
  }
  return 'stopped';
}

function replaced(agent: Agent): 'replaced' {
  agent.logger.error('another daemon has registered this node; ending', { node: agent.node.name });
  return 'replaced';
}

async function live(agent: Agent, memory: Memory, stop: Stop): Promise<DaemonEnd | 'over'> {
  const beats: Beats = { heartbeatMs: undefined, probeMs: undefined, beat: 0, sightings: new Map() };
  while (!stop.isAsked()) {
    const restMs = await turn(agent, memory, beats);
    if (isLifeOver(agent, memory)) return 'over';
    if (!ownsNode(agent)) return replaced(agent);
    if (!stop.isAsked()) await agent.watcher.wait(restMs);
  }
  return 'stopped';
}

function isLifeOver(agent: Agent, { lease }: Memory): boolean {
  if (lease !== undefined && isOver(agent, lease)) return true;
  const cluster = agent.journal.cluster();
  const own = cluster.nodes.get(agent.node.name);
  if (own?.record.incarnation !== agent.node.incarnation) return false;
  if (own.presence === 'lost' && cluster.format >= 2) return true;
  return leaseSecondsFor(agent, cluster) !== agent.node.leaseSeconds;
}

interface Beats {
  heartbeatMs: number | undefined;
  probeMs: number | undefined;
  beat: number;
  readonly sightings: Sightings;
}

/** One turn; gives how long to rest, in milliseconds. */
async function turn(agent: Agent, memory: Memory, beats: Beats): Promise<number> {
  const isDone = await passing(agent, async () => {
    await periodic(agent, memory, beats);
    if (!isLifeOver(agent, memory)) await tick(agent, memory);
  });
  return isDone ? restOf(agent, memory) : troubleRestMs;
}

/** Does something whose failure may pass: that is logged, and the next turn tries again. */
async function passing(agent: Agent, action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (!mayPass(error)) throw error;
    agent.logger.error(`will try again: ${error.message}`, { code: error.code });
    return false;
  }
}

async function periodic(agent: Agent, memory: Memory, beats: Beats): Promise<void> {
  const now = agent.store.clock.monotonicMs();
  const { heartbeatSeconds, gpuProbeSeconds } = agent.settings;
  if (isDue(beats.heartbeatMs, heartbeatSeconds, now)) {
    beats.heartbeatMs = now;
    beats.beat += 1;
    await beat(agent, memory, beats.beat);
    memory.lostNodes = await findLostNodes(agent, beats.sightings);
    await lookAtFormat(agent, memory);
    await lookAtSettings(agent, memory.settings, { isAsked: false });
  }
  if (agent.gpuProbe && isDue(beats.probeMs, gpuProbeSeconds, now)) {
    beats.probeMs = now;
    memory.gpuTroubles = await findGpuTroubles(agent, agent.gpuProbe, memory);
  }
}

/** The lease is renewed as of before the write: others may see the heartbeat before its reply is here. */
async function beat(agent: Agent, memory: Memory, count: number): Promise<void> {
  const begunSeconds = Math.floor(agent.processes.uptimeSeconds());
  const load = agent.load && { ...agent.load(), ...agent.doorbell?.counts() };
  await writeHeartbeat(agent.store, agent.node, count, load);
  const { lease } = memory;
  if (lease && !(await renewLease(agent, lease, begunSeconds))) lease.stampSeconds = Number.NEGATIVE_INFINITY;
}

/** Somebody may have raised the spool's format meanwhile. */
async function lookAtFormat(agent: Agent, memory: Memory): Promise<void> {
  if (memory.spoolFormat < formatVersion)
    memory.spoolFormat = (await openSpool(agent.store, agent.store.layout.root)).spool.format;
}

function isDue(lastMs: number | undefined, everySeconds: number, nowMs: number): boolean {
  return lastMs === undefined || nowMs - lastMs >= everySeconds * 1000;
}

function restOf(agent: Agent, memory: Memory): number {
  let rest = Math.min(
    restMsMax,
    agent.settings.heartbeatSeconds * 1000,
    agent.settings.gpuProbeSeconds * 1000,
  );
  if (memory.lockedOutSinceMs !== undefined || isEndingHosted(memory)) rest = Math.min(rest, endingRestMs);
  if (memory.planned !== undefined) {
    // A begin time or a deadline is not slept through; what is due already was looked at just now.
    const left = memory.planned.due - agent.store.clock.now();
    if (left > 0) rest = Math.min(rest, left * 1000);
  }
  for (const job of jobsRunHere(agent)) {
    const run = memory.runs.get(runKey(job.id, job.attempt));
    if (run === undefined) continue;
    const isEnding = job.state === 'COMPLETING' || run.phase === 'draining' || run.phase === 'absent';
    // What does not end for long, or could not be started, is looked at less often.
    const isSlow = run.killSentMs !== undefined || run.retryAtMs !== undefined;
    if (isEnding && !isSlow) rest = Math.min(rest, endingRestMs);
    else if (isEnding || !run.isChild) rest = Math.min(rest, adoptedRestMs);
    rest = Math.min(rest, Math.max(0, secondsToAct(agent, job, run) * 1000));
  }
  return rest;
}

/** Tells the cluster that nobody serves the node from now on; its jobs run on. */
async function sayGoodbye(agent: Agent, memory: Memory): Promise<void> {
  const { journal, node, store } = agent;
  const { name, incarnation } = node;
  const isOwnAnd = (presence: Node['presence']): boolean => {
    const own = journal.cluster().nodes.get(name);
    return own?.record.incarnation === incarnation && own.presence === presence;
  };
  // One that was called lost says nothing: its jobs may be others', and its guard ends them.
  await journal.commit((cluster) => {
    if (!isOwnAnd('up')) return [];
    const time = store.clock.now();
    const gone = { name: 'nodePresence', time, node: name, incarnation, presence: 'stopped' } as const;
    return [gone, ...spareIdsEvents(memory, cluster, time)];
  });
  if (memory.lease !== undefined && isOwnAnd('stopped')) await restLease(agent, memory.lease);
  // What was claimed for this node until then is started: nobody else may.
  await act(agent, memory);
  await sweepRooms(store, journal.cluster(), memory.spareIds);
  agent.logger.info('stopped', { node: name, jobsLeftRunning: jobsRunHere(agent).length });
}
