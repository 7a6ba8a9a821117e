import type { StepUsage } from '../../model/steprecord.ts';
import type { Json } from '../json.ts';
import { type AccountLine, askedOf, isStep, lineCpus, lineShares } from './account.ts';
import { type GpuTally, gpuTallyOf, type Tres } from './tres.ts';

/* Trackable resources as `sacct --json` lists them, by Slurm's numbers for each kind. */

interface Kind {
  readonly type: string;
  readonly name: string | null;
  readonly id: number;
}

const cpu: Kind = { type: 'cpu', name: null, id: 1 };
const memory: Kind = { type: 'mem', name: null, id: 2 };
const energy: Kind = { type: 'energy', name: null, id: 3 };
const node: Kind = { type: 'node', name: null, id: 4 };
const billing: Kind = { type: 'billing', name: null, id: 5 };
const disk: Kind = { type: 'fs', name: 'disk', id: 6 };
const virtual: Kind = { type: 'vmem', name: null, id: 7 };
/** The kinds of GPUs follow on all of them, in the order of their names. */
const gpuId = 1001;

function counted(kind: Kind, count: number | null): Json {
  return { ...kind, count };
}

/** All types that the nodes have, for their numbers. */
function typesOf({ nodes }: AccountLine): readonly string[] {
  const types = [...nodes.values()].flatMap(({ record }) => record.gpus.map(({ type }) => type));
  return [...new Set(types)].filter((type) => type !== '').sort();
}

function gpusOf(line: AccountLine, gpus: GpuTally): readonly Json[] {
  const total = [...gpus.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const types = typesOf(line);
  const typed = [...gpus].filter(([type, count]) => types.includes(type) && count > 0);
  return [
    counted({ type: 'gres', name: 'gpu', id: gpuId }, total),
    ...typed
      .map(([type, count]) => ({ type, count, id: gpuId + 1 + types.indexOf(type) }))
      .sort((a, b) => a.id - b.id)
      .map(({ type, count, id }) => counted({ type: 'gres', name: `gpu:${type}`, id }, count)),
  ];
}

function listed(line: AccountLine, tres: Tres, hasEnergy: boolean): readonly Json[] {
  return [
    ...(tres.cpus > 0 ? [counted(cpu, tres.cpus)] : []),
    ...(tres.memoryMb > 0 ? [counted(memory, tres.memoryMb)] : []),
    ...(hasEnergy ? [counted(energy, null)] : []),
    ...(tres.nodes > 0 ? [counted(node, tres.nodes)] : []),
    ...(tres.billing > 0 ? [counted(billing, tres.billing)] : []),
    ...gpusOf(line, tres.gpus),
  ];
}

/** What it had; nothing for what never had anything. */
export function allocatedTres(line: AccountLine): readonly Json[] {
  const shares = lineShares(line);
  if (shares === undefined) return [];
  const cpus = lineCpus(line);
  const memoryMb = shares.reduce((sum, share) => sum + share.memoryMb, 0);
  const gpus = gpuTallyOf(shares, (name) => line.nodes.get(name)?.record.gpus);
  const tres = { cpus, memoryMb, nodes: shares.length, billing: isStep(line) ? 0 : cpus, gpus };
  return listed(line, tres, !isStep(line));
}

/** What it asked for. */
export function askedTres(line: AccountLine): readonly Json[] {
  return listed(line, askedOf(line), false);
}

interface Figure {
  readonly kind: Kind;
  readonly max: number | undefined;
  readonly average: number | undefined;
  readonly task?: number | undefined;
  readonly node?: string | undefined;
}

/** What its tasks used at most, on the average and in all; nothing where it was not measured. */
export function measuredTres(usage: StepUsage | undefined): Readonly<Record<string, Json>> {
  const { tasks = 1 } = usage ?? {};
  const bytes = (kb: number | undefined): number | undefined => (kb === undefined ? undefined : kb * 1024);
  const place = { task: usage?.maxRssTask, node: usage?.maxRssNode };
  const taken: readonly Figure[] = [
    { kind: cpu, max: usage?.aveCpuMs, average: usage?.aveCpuMs, ...place },
    { kind: memory, max: bytes(usage?.maxRssKb), average: bytes(usage?.aveRssKb), ...place },
    { kind: disk, max: usage?.maxReadBytes, average: usage?.aveReadBytes, ...place },
    {
      ...{ kind: virtual, max: bytes(usage?.maxVmKb), average: bytes(usage?.aveVmKb) },
      ...{ task: usage?.maxVmTask, node: usage?.maxVmNode },
    },
  ];
  const given: readonly Figure[] = [
    { kind: disk, max: usage?.maxWriteBytes, average: usage?.aveWriteBytes, ...place },
  ];
  return { requested: figures(taken, tasks), consumed: figures(given, tasks) };
}

function figures(all: readonly Figure[], tasks: number): Json {
  const known = all.filter(({ max, average }) => max !== undefined && average !== undefined);
  return {
    max: known.map(({ kind, max = 0, task = 0, node = null }) => ({ ...kind, count: max, task, node })),
    // Which task used the least is not kept but for processor time.
    min: [],
    average: known.map(({ kind, average = 0 }) => counted(kind, average)),
    total: known.map(({ kind, average = 0 }) => counted(kind, average * tasks)),
  };
}
