import { accountsOf } from '../../model/accounts.ts';
import { configOf } from '../../model/cluster.ts';
import { type Job, shownState } from '../../model/job.ts';
import { partitionsOf } from '../../model/partition.ts';
import type { ClusterView } from '../../services/view.ts';
import type { LiveKind } from '../../tables/completions/live.ts';

/** Something that may be typed, and what it is. */
export interface Candidate {
  readonly value: string;
  readonly help: string;
}

/** So many are offered at most: nobody looks through more. */
const candidatesMax = 1000;

/** What the cluster has of a kind now. */
export function candidatesOf(kind: LiveKind, view: ClusterView): readonly Candidate[] {
  return finders[kind](view).slice(0, candidatesMax);
}

type Finder = (view: ClusterView) => readonly Candidate[];

const finders: Readonly<Record<LiveKind, Finder>> = {
  jobs: ({ cluster }) => idsOf([...cluster.jobs.values()].filter((job) => job.state !== 'ENDED')),
  anyjobs: ({ cluster }) => idsOf([...cluster.jobs.values()].reverse()),
  jobnames: ({ cluster }) =>
    distinct([...cluster.jobs.values()].map(({ spec }) => ({ value: spec.name, help: spec.user }))),
  nodes: ({ cluster }) =>
    [...cluster.nodes.values()].map(({ record, presence }) => ({
      value: record.name,
      help: `${presence}, ${record.gpus.length} GPUs`,
    })),
  partitions: ({ cluster }) =>
    partitionsOf(cluster).map(({ name, isDefault, nodes }) => ({
      value: name,
      help: `${nodes.length} nodes${isDefault ? ', default' : ''}`,
    })),
  users: ({ cluster }) =>
    distinct([
      ...[...cluster.jobs.values()].map(({ spec }) => ({ value: spec.user, help: 'has jobs' })),
      ...accountsOf(configOf(cluster)).flatMap(({ name, users }) =>
        users.map((user) => ({ value: user, help: `of account ${name}` })),
      ),
    ]),
  accounts: ({ cluster }) =>
    accountsOf(configOf(cluster)).map(({ name, description = '' }) => ({ value: name, help: description })),
  gpus: ({ cluster }) =>
    distinct(
      [...cluster.nodes.values()].flatMap(({ record }) =>
        record.gpus.map(({ index, model }) => ({ value: String(index), help: model })),
      ),
    ),
  reservations: ({ cluster }) =>
    [...cluster.reservations.values()].map(({ name, nodes }) => ({ value: name, help: nodes.join(',') })),
  licenses: ({ cluster }) =>
    Object.entries(configOf(cluster).licenses ?? {}).map(([value, count]) => ({ value, help: `${count}` })),
};

/** A job, or an array once for all of its tasks. */
function idsOf(jobs: readonly Job[]): readonly Candidate[] {
  return distinct(
    jobs.map((job) => ({
      value: String(job.arrayJobId ?? job.id),
      help: `${job.spec.name}, ${shownState(job).toLowerCase()}, ${job.spec.user}`,
    })),
  );
}

function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const first = new Map<string, Candidate>();
  for (const one of candidates) if (!first.has(one.value)) first.set(one.value, one);
  return [...first.values()];
}
