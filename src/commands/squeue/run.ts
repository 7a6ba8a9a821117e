import { printable } from '../../base/text.ts';
import { parseCount } from '../../model/counts.ts';
import type { ClusterView } from '../../services/view.ts';
import { dateLine } from '../../tables/dateline.ts';
import type { JobLine } from '../../tables/fields/jobvalues.ts';
import { squeueFields, squeueFormats } from '../../tables/fields/squeue.ts';
import {
  type Format,
  headLine,
  itemLine,
  type Paint,
  parseFormat,
  parseLongFormat,
} from '../../tables/format.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { chooseJobs, isKnown, type JobFilter } from './filter.ts';
import { jobLines } from './lines.ts';
import { readSqueue, type SqueueValues, squeueTable } from './options.ts';

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
}

/** `squeue`: prints, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SqueueDeps): Promise<number> {
  const read = readSqueue(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, squeueTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  return show(read.values, io, deps);
}

async function show(values: SqueueValues, io: CommandIo, deps: SqueueDeps): Promise<number> {
  const format = formatOf(values);
  for (const name of format.unknown) {
    io.err(`squeue: error: Invalid job format specification: ${printable(name)}\n`);
  }
  const view = await deps.view(values.spool);
  const filter = filterOf(values, deps.user);
  const complaint = complaintOf(view, filter);
  if (complaint !== undefined) {
    io.err(`${complaint}\n`);
    return 1;
  }
  for (const name of await strangers(view, filter, deps)) {
    io.err(`squeue: error: Invalid user: ${printable(name)}\n\n`);
  }
  const lines = jobLines(view, chooseJobs(view.cluster, filter), {
    isUnfolded: values.array === true,
    ...tasksLength(io.environment['SLURM_BITSTR_LEN']),
  });
  const paint = io.isColoured ? await deps.paint() : undefined;
  const texts = [...headLines(values, view, format), ...lines.map((line) => itemLine(format, line, paint))];
  io.out(texts.map((text) => `${text}\n`).join(''));
  return 0;
}

/** The options that lay out the table. A format by long names wins over one by letters. */
interface Layout {
  readonly format?: string;
  readonly longFormat?: string;
  readonly long?: boolean;
}

function formatOf({ format, longFormat, long }: Layout): Format<JobLine> {
  if (longFormat !== undefined) return parseLongFormat(longFormat, squeueFields);
  return parseFormat(format ?? (long === true ? squeueFormats.long : squeueFormats.standard), squeueFields);
}

function headLines(values: SqueueValues, view: ClusterView, format: Format<JobLine>): readonly string[] {
  if (values.noheader === true) return [];
  const date = values.long === true ? [dateLine(view.now, view.utcOffsetMinutes)] : [];
  return [...date, headLine(format)];
}

/** An empty list asks for all, as a missing one does: `squeue -p "$PARTITIONS"`. */
function filterOf(values: SqueueValues, self: Caller): JobFilter {
  const { jobs, states, users, partitions, names, accounts, nodelist } = values;
  const wanted = { jobs, states, users: users === 'self' ? [String(self.uid)] : users };
  const lists = { ...wanted, partitions, names, accounts, nodelist };
  return Object.fromEntries(
    Object.entries(lists).filter(([, list]) => list !== undefined && list.length > 0),
  );
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
