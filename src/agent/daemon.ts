import { sweepRooms } from '../store/accounting.ts';
import { goneRequests } from '../store/inbox.ts';
import { writeHeartbeat } from '../store/nodes.ts';
import { type Agent, mayPass, ownsNode } from './agent.ts';
import { settleBoot } from './boot.ts';
import { findGpuTroubles } from './gpuwatch.ts';
import { type Memory, newMemory } from './memory.ts';
import { jobsRunHere } from './observe.ts';
import { register, sweepRuns } from './register.ts';
import { secondsLeft } from './report.ts';
import { runKey } from './run.ts';
import { act, tick } from './tick.ts';
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
export async function serve(agent: Agent, stop: { readonly isAsked: () => boolean }): Promise<DaemonEnd> {
  const memory = newMemory();
  const beats: Beats = { heartbeatMs: undefined, probeMs: undefined, beat: 0, sightings: new Map() };
  await settleBoot(agent);
  await register(agent, memory);
  memory.forgettable = await goneRequests(agent.store, agent.journal.cluster().handled);
  await passing(agent, () => sweepRooms(agent.store, agent.journal.cluster()));
  await passing(agent, () => sweepRuns(agent));
  while (!stop.isAsked()) {
    const restMs = await turn(agent, memory, beats);
    if (!ownsNode(agent)) {
      agent.logger.error('another daemon has registered this node; ending', { node: agent.node.name });
      return 'replaced';
    }
    if (!stop.isAsked()) await agent.watcher.wait(restMs);
  }
  await sayGoodbye(agent, memory);
  return 'stopped';
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
    await tick(agent, memory);
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
    await writeHeartbeat(agent.store, agent.node, beats.beat);
    memory.lostNodes = await findLostNodes(agent, beats.sightings);
  }
  if (agent.gpuProbe && isDue(beats.probeMs, gpuProbeSeconds, now)) {
    beats.probeMs = now;
    memory.gpuTroubles = await findGpuTroubles(agent, agent.gpuProbe, memory);
  }
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
  if (memory.lockedOutSinceMs !== undefined) rest = Math.min(rest, endingRestMs);
  for (const job of jobsRunHere(agent)) {
    const run = memory.runs.get(runKey(job.id, job.attempt));
    if (run === undefined) continue;
    const isEnding = job.state === 'COMPLETING' || run.phase === 'draining' || run.phase === 'absent';
    // What does not end for long, or could not be started, is looked at less often.
    const isSlow = run.killSentMs !== undefined || run.retryAtMs !== undefined;
    if (isEnding && !isSlow) rest = Math.min(rest, endingRestMs);
    else if (isEnding || !run.isChild) rest = Math.min(rest, adoptedRestMs);
    rest = Math.min(rest, Math.max(0, secondsLeft(agent, job, run) * 1000));
  }
  return rest;
}

/** Tells the cluster that nobody serves the node from now on; its jobs run on. */
async function sayGoodbye(agent: Agent, memory: Memory): Promise<void> {
  const { journal, node, store } = agent;
  const { name, incarnation } = node;
  await journal.commit((cluster) =>
    cluster.nodes.get(name)?.record.incarnation === incarnation
      ? [{ name: 'nodePresence', time: store.clock.now(), node: name, incarnation, presence: 'stopped' }]
      : [],
  );
  // What was claimed for this node until then is started: nobody else may.
  await act(agent, memory);
  agent.logger.info('stopped', { node: name, jobsLeftRunning: jobsRunHere(agent).length });
}
