import { assert } from '../base/assert.ts';
import type { Checksum } from '../base/checksum.ts';
import { IdMap } from '../base/idmap.ts';
import { checked, type Infer, int, list, object, oneOf, pair, text } from '../base/schema.ts';
import type { Cluster } from '../model/cluster.ts';
import { clusterConfigSchema, partitionConfigSchema, partitionStateSchema } from '../model/config.ts';
import { type ClusterEvent, eventSchema, formatOfEvent } from '../model/event.ts';
import { nodeNameSchema, nonceSchema, secondsSchema } from '../model/ids.ts';
import type { Job } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { nodeAdminSchema, nodeSchema } from '../model/node.ts';
import { jobIdRangesSchema } from '../model/ranges.ts';
import { reservationSchema } from '../model/reservation.ts';
import { isJobLine, jobLineReader, jobLines } from './joblines.ts';
import { decodeLines, encodeLines } from './linefile.ts';

const commitHead = object({
  mgpu: oneOf('commit'),
  format: int(1),
  seq: int(1),
  time: secondsSchema,
  writer: text(256),
  /** Drawn for each try, so that a writer knows its own entry again. */
  nonce: nonceSchema,
});
const checkpointHead = object(
  {
    mgpu: oneOf('checkpoint'),
    format: int(1),
    seq: int(0),
    time: secondsSchema,
    closed: jobIdRangesSchema,
    segment: int(0),
    handled: list(nonceSchema, limits.handledRequests),
  },
  {
    /** Since format 3, and only where there is any. */
    config: clusterConfigSchema,
    partitionStates: list(pair(text(limits.nameLength), partitionStateSchema), 100_000),
    partitionConfigs: list(partitionConfigSchema, 100_000),
    partitionsDeleted: list(text(limits.nameLength), 100_000),
    reservations: list(reservationSchema, 100_000),
    absentNodes: list(pair(nodeNameSchema, nodeAdminSchema), 100_000),
  },
);
const segmentHead = object({ mgpu: oneOf('segment'), format: int(1), segment: int(1), time: secondsSchema });

export type CommitHead = Infer<typeof commitHead>;
export interface Commit {
  readonly head: CommitHead;
  readonly events: readonly ClusterEvent[];
}

const nodeLine = object({ node: nodeSchema });

/**
 * Throws `SCHEMA` or `TOO_LARGE` for what a reader would refuse: such an entry would stop every daemon of the
 * cluster for good.
 */
export function encodeCommit(head: Omit<CommitHead, 'mgpu'>, events: readonly ClusterEvent[]): Uint8Array {
  for (const event of events) {
    checked(eventSchema, event, `commit ${head.seq}, not written: ${event.name}`);
    assert(formatOfEvent(event) <= head.format, `${event.name} is not of format ${head.format}`);
  }
  return encodeLines({ mgpu: 'commit', ...head }, events, limits.commitBytes);
}

/** Throws `DAMAGED`, `SCHEMA` or `NEWER_FORMAT`, each naming the file. */
export function decodeCommit(bytes: Uint8Array, path: string): Commit {
  const events: ClusterEvent[] = [];
  const line = (value: unknown, origin: string): void => {
    events.push(checked(eventSchema, value, origin));
  };
  return { head: decodeLines({ bytes, path }, commitHead, { line }), events };
}

/** Throws `TOO_LARGE` for one that readers would refuse. */
export function encodeCheckpoint(cluster: Cluster, time: number): Uint8Array {
  const { seq, format, closed, segment, handled } = cluster;
  const nodes = [...cluster.nodes.values()].map((node) => ({ node }));
  const { config, partitionStates, partitionConfigs, partitionsDeleted, reservations, absentNodes } = cluster;
  const settings = {
    ...(config && { config }),
    ...(partitionStates.size > 0 && { partitionStates: [...partitionStates] }),
    ...(partitionConfigs.size > 0 && { partitionConfigs: [...partitionConfigs.values()] }),
    ...(partitionsDeleted.size > 0 && { partitionsDeleted: [...partitionsDeleted] }),
    ...(reservations.size > 0 && { reservations: [...reservations.values()] }),
    ...(absentNodes.size > 0 && { absentNodes: [...absentNodes] }),
  };
  const head = { mgpu: 'checkpoint', format, seq, time, closed, segment, handled: [...handled], ...settings };
  const jobs = jobLines(cluster.jobs.values(), format >= 3);
  return encodeLines(head, [...nodes, ...jobs], limits.checkpointBytes);
}

/** `sum` makes the checksum. Throws as `decodeCommit` does. */
export function decodeCheckpoint(bytes: Uint8Array, path: string, sum?: Checksum): Cluster {
  const nodes: Infer<typeof nodeLine>['node'][] = [];
  const jobs: Job[] = [];
  const jobReader = jobLineReader(jobs);
  const head = decodeLines({ bytes, path, ...(sum && { sum }) }, checkpointHead, {
    quick: jobReader.quick,
    line(value, origin) {
      if (isJobLine(value)) jobReader.line(value, origin);
      else nodes.push(checked(nodeLine, value, origin).node);
    },
  });
  return {
    seq: head.seq,
    format: head.format,
    closed: head.closed,
    segment: head.segment,
    handled: new Set(head.handled),
    config: head.config,
    partitionStates: new Map(head.partitionStates),
    partitionConfigs: new Map(head.partitionConfigs?.map((one) => [one.name, one])),
    partitionsDeleted: new Set(head.partitionsDeleted),
    reservations: new Map(head.reservations?.map((one) => [one.name, one])),
    absentNodes: new Map(head.absentNodes),
    nodes: new Map(nodes.map((node) => [node.record.name, node])),
    jobs: IdMap.by(jobs, ({ id }) => id),
  };
}

/** A segment of accounting: ended jobs, one a line. Throws `TOO_LARGE` where they are too many for one. */
export function encodeSegment(segment: number, time: number, jobs: readonly Job[]): Uint8Array {
  return encodeLines({ mgpu: 'segment', format: 1, segment, time }, jobLines(jobs), limits.filedBytes);
}

export function decodeSegment(bytes: Uint8Array, path: string): readonly Job[] {
  const jobs: Job[] = [];
  decodeLines({ bytes, path }, segmentHead, jobLineReader(jobs));
  return jobs;
}
