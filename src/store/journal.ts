import { AssertionError } from '../base/assert.ts';
import { MgpuError } from '../base/error.ts';
import { reduceCommit } from '../core/reduce.ts';
import { type Cluster, emptyCluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/event.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { CommitLog, StoredCommit } from './log.ts';

/** The state, kept in step with the log, and the one way to change it. */
export interface Journal {
  /** The state as of the last look. */
  readonly cluster: () => Cluster;
  /** How much a reader has to replay: what the next checkpoint would save. */
  readonly tail: () => Tail;
  /** Says that there is a checkpoint, of this process or of another: readers begin there. */
  checkpointed(saved: Saved): void;
  /** Reads what is new. */
  refresh(): Promise<Cluster>;
  /**
   * Makes events of the newest state and commits them; when somebody else was first, makes them again of the
   * state then. `decide` must be harmless to repeat: its events carry identities that the state knows. No
   * events: no commit. Gives the events that were committed. Throws `CONTENDED` after very many losses.
   */
  commit(decide: Decide): Promise<readonly ClusterEvent[]>;
}

export type Decide = (cluster: Cluster) => readonly ClusterEvent[] | Promise<readonly ClusterEvent[]>;

/** A checkpoint: the state as of a commit, and how long its file is. */
export interface Saved {
  readonly seq: number;
  readonly bytes: number;
}

export interface Tail {
  readonly commits: number;
  readonly bytes: number;
  readonly checkpointBytes: number;
  /** How many jobs the checkpoint holds. */
  readonly checkpointJobs: number;
}

export interface JournalPorts {
  readonly clock: Clock;
  readonly ids: Ids;
}

const triesMax = 200;
const backoffMsMax = 50;
const reloadsMax = 20;
const reloadPauseMs = 50;
const eventBytesGuess = 300;

/** Opens the journal on a log: the newest checkpoint and all commits after it. */
export async function openJournal(log: CommitLog, ports: JournalPorts): Promise<Journal> {
  const reader = logReader(log, ports.clock);
  await reader.reload();
  await reader.refresh();
  return {
    cluster: reader.cluster,
    tail: reader.tail,
    checkpointed: reader.checkpointed,
    async refresh() {
      await reader.refresh();
      return reader.cluster();
    },
    commit: (decide) => commit(log, ports, reader, decide),
  };
}

async function commit(
  log: CommitLog,
  ports: JournalPorts,
  reader: LogReader,
  decide: Decide,
): Promise<readonly ClusterEvent[]> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    await reader.refresh();
    const events = await decide(reader.cluster());
    if (events.length === 0) return [];
    const nonce = ports.ids.next();
    const seq = reader.cluster().seq + 1;
    // Events that cannot follow on the state throw here: once in the log, they would stop every reader.
    const next = reduceCommit(reader.cluster(), seq, events);
    const outcome = await log.append({ seq, format: next.format, events, nonce });
    if (outcome === 'won') {
      reader.take(next, events.length * eventBytesGuess);
      return events;
    }
    if (outcome === 'unknown') await reader.reload();
    else if ((await reader.refresh()).some((other) => other.head.nonce === nonce)) {
      // The reply got lost, and with it the word that the entry is on disk.
      await log.sync();
      return events;
    }
    await ports.clock.sleep(ports.ids.random() * Math.min(backoffMsMax, 2 ** tries));
  }
  throw new MgpuError('CONTENDED', `the log was taken by others ${triesMax} times in a row`);
}

interface LogReader {
  readonly cluster: () => Cluster;
  readonly tail: () => Tail;
  checkpointed(saved: Saved): void;
  reload(): Promise<void>;
  refresh(): Promise<readonly StoredCommit[]>;
  /** Takes over the state after an own commit without reading it back. */
  take(next: Cluster, bytes: number): void;
}

function newTail(cluster: Cluster, checkpointBytes: number): Tail {
  return { commits: 0, bytes: 0, checkpointBytes, checkpointJobs: cluster.jobs.size };
}

/** The state after an entry as it was read. What cannot follow on the state no writer has committed. */
function applied(log: CommitLog, cluster: Cluster, { head, events }: StoredCommit): Cluster {
  try {
    return reduceCommit(cluster, head.seq, events);
  } catch (cause) {
    if (!(cause instanceof AssertionError)) throw cause;
    const why = cause.message.replace(/^assertion failed: /, '');
    throw new MgpuError(
      'DAMAGED',
      `${log.nameOf(head.seq)}: it cannot follow on the entries before it: ${why}`,
      {
        hint: 'an entry was changed or put there by hand; see docs/format.md, "Damage"',
        cause,
      },
    );
  }
}

function logReader(log: CommitLog, clock: Clock): LogReader {
  let cluster: Cluster = emptyCluster;
  let tail: Tail = { commits: 0, bytes: 0, checkpointBytes: 0, checkpointJobs: 0 };
  const take = (next: Cluster, bytes: number): void => {
    cluster = next;
    tail = { ...tail, commits: tail.commits + 1, bytes: tail.bytes + bytes };
  };
  const reload = async (): Promise<void> => {
    const checkpoint = await log.checkpoint();
    cluster = checkpoint.cluster;
    tail = newTail(cluster, checkpoint.bytes);
  };
  return {
    cluster: () => cluster,
    tail: () => tail,
    checkpointed({ seq, bytes }) {
      const commits = Math.max(0, cluster.seq - seq);
      if (commits >= tail.commits) return;
      const part = commits / tail.commits;
      tail = { ...newTail(cluster, bytes), commits, bytes: Math.round(tail.bytes * part) };
    },
    reload,
    async refresh() {
      for (let tries = 0; tries < reloadsMax; tries += 1) {
        const commits = await log.readAfter(cluster.seq);
        if (commits === 'gone') {
          // A listing that is no snapshot may show a gap that is none: the next one is given a moment.
          if (tries > 0) await clock.sleep(reloadPauseMs);
          await reload();
          continue;
        }
        for (const commit of commits) take(applied(log, cluster, commit), commit.bytes);
        return commits;
      }
      throw new MgpuError('LOG_GAP', `${await log.missingAfter(cluster.seq)}: the entry is missing`, {
        hint: 'restore the log folder from a copy, or see docs/format.md, "Damage"',
      });
    },
    take,
  };
}
