import { printable } from '../../base/text.ts';
import type { Cluster } from '../../model/cluster.ts';
import { parseCount } from '../../model/counts.ts';
import { partitionsOf } from '../../model/partition.ts';
import { slurmVersion } from '../../model/version.ts';
import type { ShownStep } from '../../services/steplist.ts';
import type { ClusterView } from '../../services/view.ts';
import { dateLine } from '../../tables/dateline.ts';
import type { JobLine } from '../../tables/fields/jobvalues.ts';
import { squeueFields, squeueFormats } from '../../tables/fields/squeue.ts';
import { squeueJsonFields } from '../../tables/fields/squeue-json.ts';
import {
  type Format,
  headLine,
  lineMaker,
  type Paint,
  parseFormat,
  parseLongFormat,
} from '../../tables/format.ts';
import { allOptions } from '../../tables/given.ts';
import { dumpOf, dumpText, jsonOf } from '../../tables/json.ts';
import { clusterComplaint } from '../../tables/options/listing.ts';
import { shownText } from '../../tables/shown.ts';
import { type Order, parseOrder } from '../../tables/sort.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { chooseJobs, isKnown, type JobFilter } from './filter.ts';
import { jobLines } from './lines.ts';
import { readSqueue, type SqueueValues, squeueTable } from './options.ts';
import { stepLines } from './steps.ts';

/** Who calls the command. */
interface Caller {
  readonly uid: number;
  readonly name: string;
}

/** What squeue needs of the world. */
export interface SqueueDeps {
  view(spool: string | undefined): Promise<ClusterView>;
  readonly user: Caller;
  /** Whether this machine knows a user of that name, or of that uid in digits. */
  isUser(name: string): Promise<boolean>;
  /** Asked for only when colours are wanted. */
  paint(): Promise<Paint>;
  /** The running steps of the cluster that was viewed last. */
  steps(view: ClusterView): Promise<readonly ShownStep[]>;
  /** Comes back after so long: -i. */
  sleep(seconds: number): Promise<void>;
}

/** So many characters are written at a time: a text of a long queue's lines costs more the longer it is. */
const pieceLength = 2 ** 16;

/** `squeue`: prints, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SqueueDeps): Promise<number> {
  const read = readSqueue(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, squeueTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { iterate, verbose = 0 } = read.values;
  if (verbose > 0) io.out(`${allOptions(squeueTable, read.values).join('\n')}\n`);
  let exitCode = await show(read.values, io, deps);
  while (iterate !== undefined) {
    io.out('\n');
    await deps.sleep(iterate);
    exitCode = await show(read.values, io, deps);
  }
  return exitCode;
}

async function show(values: SqueueValues, io: CommandIo, deps: SqueueDeps): Promise<number> {
  if (values.steps !== undefined) return showSteps(values, io, deps);
  const format = formatOf(values);
  for (const name of format.unknown) {
    io.err(`squeue: error: Invalid job format specification: ${printable(name)}\n`);
  }
  const view = await deps.view(values.spool);
  const foreign = clusterComplaint(values.clusters, view.clusterName, 'squeue');
  if (foreign !== undefined) {
    io.err(foreign.map((line) => `${printable(line)}\n`).join(''));
    return 1;
  }
  const filter = filterOf(values, deps.user, view);
  const complaint = complaintOf(view, filter);
  if (complaint !== undefined) {
    io.err(`${complaint}\n`);
    return 1;
  }
  for (const name of await strangers(view, filter, deps)) {
    io.err(`squeue: error: Invalid user: ${printable(name)}\n\n`);
  }
  const heads = values.dump === undefined ? headLines(values, view, format) : [];
  // Programs get the jobs as they lie.
  const order = values.dump === undefined ? orderOf(values) : { order: [] };
  if ('unknown' in order) {
    io.out(heads.map((text) => `${text}\n`).join(''));
    io.err(`squeue: error: Invalid sort specification: ${printable(order.unknown)}\n`);
    return 1;
  }
  const lines = jobLines(view, chooseJobs(view.cluster, filter), {
    isUnfolded: values.array === true,
    isByPartition: values.priority === true,
    arrayAlone: filter.jobs?.length === 1 ? filter.jobs[0]?.job : undefined,
    ...order,
    ...tasksLength(io.environment['SLURM_BITSTR_LEN']),
  });
  if (values.dump !== undefined) {
    const jobs = lines.map((line) => jsonOf(squeueJsonFields, line));
    io.out(dumpText(dumpOf('jobs', jobs, slurmVersion), values.dump));
    return 0;
  }
  const paint = io.isColoured ? await deps.paint() : undefined;
  const make = lineMaker(format, paint);
  let text = heads.map((head) => `${head}\n`).join('');
  for (const line of lines) {
    text += `${make(line)}\n`;
    if (text.length < pieceLength) continue;
    io.out(text);
    text = '';
  }
  io.out(text);
  return 0;
}

/** `-s`. */
async function showSteps(values: SqueueValues, io: CommandIo, deps: SqueueDeps): Promise<number> {
  const view = await deps.view(values.spool);
  const wanted = new Set(
    chooseJobs(view.cluster, filterOf(values, deps.user, view)).map(({ job }) => job.id),
  );
  const { now, utcOffsetMinutes } = view;
  const isWanted = (id: number): boolean => wanted.has(id);
  const listing = { values, now, utcOffsetMinutes, isWanted };
  const { lines, unknown } = stepLines(await deps.steps(view), listing);
  for (const name of unknown) {
    io.err(`squeue: error: Invalid job step format specification: ${printable(name)}\n`);
  }
  io.out(lines.map((text) => `${text}\n`).join(''));
  return 0;
}

/** Slurm's order, unless it is said otherwise; --start orders by the start. */
function orderOf({
  sort,
  start,
}: SqueueValues): { readonly order: Order<JobLine> } | { readonly unknown: string } {
  return parseOrder(sort ?? (start === true ? 'S' : 'P,t,-p'), sortableFields);
}

/** Slurm sorts by these letters not at all. */
const sortableFields = squeueFields.filter(({ letter }) => letter !== 'o' && letter !== 'Z');

/** The options that lay out the table. A format by long names wins over one by letters. */
interface Layout {
  readonly format?: string;
  readonly longFormat?: string;
  readonly long?: boolean;
  readonly start?: boolean;
}

function formatOf({ format, longFormat, long, start }: Layout): Format<JobLine> {
  if (longFormat !== undefined) return parseLongFormat(longFormat, squeueFields);
  const usual = start === true ? 'start' : long === true ? 'long' : 'standard';
  return parseFormat(format ?? squeueFormats[usual], squeueFields);
}

function headLines(values: SqueueValues, view: ClusterView, format: Format<JobLine>): readonly string[] {
  const cluster = values.clusters === undefined ? [] : [`CLUSTER: ${view.clusterName}`];
  if (values.noheader === true) return cluster;
  const isDated = values.long === true || values.iterate !== undefined;
  const date = isDated ? [dateLine(view.now, view.utcOffsetMinutes)] : [];
  return [...date, ...cluster, headLine(format)];
}

/** An empty list asks for all, as a missing one does: `squeue -p "$PARTITIONS"`. */
function filterOf(values: SqueueValues, self: Caller, { cluster }: ClusterView): JobFilter {
  const { jobs, users, partitions, names, accounts, nodelist, qos, licenses, reservation } = values;
  const usual = values.start === true ? (['PENDING'] as const) : values.dump && 'all';
  const states = values.states?.length ? values.states : usual;
  const wanted = { jobs, states, users: users === 'self' ? [String(self.uid)] : users };
  const lists = { ...wanted, partitions, names, accounts, nodelist, qos, licenses, reservation };
  const given = Object.entries(lists).filter(([, list]) => list !== undefined && list.length > 0);
  return { ...Object.fromEntries(given), ...hiddenOf(values, cluster) };
}

/** The partitions that are not shown unless all are asked for, or this one by name. */
function hiddenOf({ all, partitions }: SqueueValues, cluster: Cluster): Pick<JobFilter, 'hidden'> {
  if (all === true) return {};
  const hidden = partitionsOf(cluster).filter(
    ({ name, config }) => config.isHidden === true && partitions?.includes(name) !== true,
  );
  return hidden.length === 0 ? {} : { hidden: new Set(hidden.map(({ name }) => name)) };
}

/** Slurm's complaint about an id or a node that it does not know (captures 'errors.squeue'). */
function complaintOf({ cluster }: ClusterView, { jobs = [], nodelist = [] }: JobFilter): string | undefined {
  const node = nodelist.find((name) => !cluster.nodes.has(name));
  if (node !== undefined) return `squeue: error: Invalid node name ${printable(node)}`;
  const [only, ...others] = jobs;
  // Of several ids, those that are not known are passed over in silence.
  if (only === undefined || others.length > 0 || isKnown(cluster, only.job)) return undefined;
  return 'slurm_load_jobs error: Invalid job id specified';
}

/** The users that were asked for and do not exist. Whoever has a job does, so that few are looked up. */
async function strangers(view: ClusterView, filter: JobFilter, deps: SqueueDeps): Promise<readonly string[]> {
  const found: string[] = [];
  const known = new Set([deps.user.name, String(deps.user.uid)]);
  if (filter.users?.some((name) => !known.has(name))) {
    for (const { spec } of view.cluster.jobs.values()) known.add(spec.user).add(String(spec.uid));
  }
  for (const name of filter.users ?? []) {
    if (!known.has(name) && !(await deps.isUser(name))) found.push(name);
  }
  return found;
}

function tasksLength(text: string | undefined): { readonly tasksLengthMax?: number } {
  const length = text === undefined ? undefined : parseCount(text, { min: 0 });
  return length === undefined ? {} : { tasksLengthMax: length };
}
