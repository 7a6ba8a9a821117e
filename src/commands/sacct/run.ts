import { printable } from '../../base/text.ts';
import { formatTimestamp } from '../../model/duration.ts';
import { parseTimeSpec, type TimeContext } from '../../model/timespec.ts';
import { slurmVersion } from '../../model/version.ts';
import type { AccountQuery, AccountView } from '../../services/account.ts';
import { type Columns, columnHeads, columnLine, columnNames, parseColumns } from '../../tables/columns.ts';
import { type AccountLine, accountId } from '../../tables/fields/account.ts';
import { sacctFields, sacctFormats } from '../../tables/fields/sacct.ts';
import { accountedJobs } from '../../tables/fields/sacct-json.ts';
import { accountPlugin, dumpOf, dumpText } from '../../tables/json.ts';
import { shownText } from '../../tables/shown.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { type AccountFilter, accountLines, queryOf, type Window } from './choose.ts';
import { readSacct, type SacctValues, sacctTable } from './options.ts';

/** What sacct needs of the world. */
export interface SacctDeps {
  view(spool: string | undefined, query: AccountQuery): Promise<AccountView>;
  readonly user: { readonly uid: number; readonly name: string };
  /** Whether this machine knows a user of that name, or of that uid in digits. */
  isUser(name: string): Promise<boolean>;
  readonly time: Omit<TimeContext, 'lies'>;
}

/** `sacct`: prints, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SacctDeps): Promise<number> {
  const read = readSacct(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, sacctTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { values } = read;
  if (values.helpFormat === true) {
    io.out(
      columnNames(sacctFields)
        .map((line) => `${line}\n`)
        .join(''),
    );
    return 0;
  }
  const unnamed = complaintOfUnnamed(values);
  if (unnamed !== undefined) {
    io.err(`sacct: fatal: ${unnamed}\n`);
    return 1;
  }
  const filter = await filterOf(values, deps);
  const format = formatOf(values);
  const complaint = complaintOf(filter) ?? complaintOf(format);
  if (complaint !== undefined) {
    io.err(`${complaint}\n`);
    return 1;
  }
  if ('filter' in filter && 'columns' in format) await show({ ...filter, ...format, values }, io, deps);
  return 0;
}

interface Asked {
  readonly values: SacctValues;
  readonly filter: AccountFilter;
  readonly columns: readonly Columns<AccountLine>[];
}

async function show({ values, filter, columns }: Asked, io: CommandIo, deps: SacctDeps): Promise<void> {
  const view = await deps.view(values.spool, queryOf(filter));
  const kept = keptOf(values);
  const lines = accountLines(view, {
    targets: filter.jobs,
    isEligibleOnly: filter.jobs === undefined || filter.states !== undefined,
    isBrief: values.allocations === true || kept !== undefined,
    unit: values.noconvert === true ? 'M' : values.unit,
  });
  if (kept !== undefined) {
    io.out(lines.map((line) => `${kept(accountId(line))}\n${rule}\nNONE\n\n`).join(''));
    return;
  }
  const { parsable, delimiter = '|' } = values;
  if (values.dump !== undefined) {
    io.out(dumpText(dumpOf('jobs', accountedJobs(lines), slurmVersion, accountPlugin), values.dump));
    return;
  }
  const layout = parsable === undefined ? {} : { delimiter, endsLines: parsable === 'with ends' };
  const heads = values.noheader === true ? [] : columnHeads(columns, layout);
  const texts = [...heads, ...lines.map((line) => columnLine(columns, line, layout))];
  io.out(texts.map((text) => `${text}\n`).join(''));
}

const rule = '-'.repeat(80);

/** What the accounting keeps nothing of, as where Slurm's is not told to (AccountingStoreFlags). */
function keptOf({ batchScript, envVars }: SacctValues): ((id: string) => string) | undefined {
  if (batchScript === true) return (id) => `Batch Script for ${id}`;
  return envVars === true ? (id) => `Environment used for ${id} (must be batch to display)` : undefined;
}

function complaintOfUnnamed(values: SacctValues): string | undefined {
  if (keptOf(values) === undefined || (values.jobs ?? []).length > 0) return undefined;
  const what = values.batchScript === true ? 'job scripts' : 'job environment';
  return `When requesting ${what} you must also request specific jobs with the '-j' option.`;
}

interface Complaint {
  readonly complaint: string;
}

function complaintOf(outcome: object | Complaint): string | undefined {
  return 'complaint' in outcome ? outcome.complaint : undefined;
}

/** Formats add up, and so do -b and -l. */
function formatOf({ format, brief, long }: SacctValues): Pick<Asked, 'columns'> | Complaint {
  const named = [
    ...(format ?? []),
    ...(brief === true ? [sacctFormats.brief] : []),
    ...(long === true ? [sacctFormats.long] : []),
  ];
  const columns = parseColumns(named.length > 0 ? named.join(',') : sacctFormats.standard, sacctFields);
  if ('columns' in columns) return columns;
  return { complaint: `sacct: error: Invalid field requested: "${printable(columns.unknown)}"` };
}

async function filterOf(
  values: SacctValues,
  deps: SacctDeps,
): Promise<{ readonly filter: AccountFilter } | Complaint> {
  for (const name of values.users ?? []) {
    const isKnown = name === deps.user.name || name === String(deps.user.uid) || (await deps.isUser(name));
    if (!isKnown) return { complaint: `sacct: error: Invalid user id: ${printable(name)}` };
  }
  const window = windowOf(values, deps);
  if ('complaint' in window) return window;
  const { accounts, groups, jobs, names, nodelist, partitions, qos, states } = values;
  const lists = { accounts, groups, jobs, names, nodelist, partitions, qos, states };
  const given = Object.entries({ ...lists, users: usersOf(values, deps) });
  const some = given.filter(([, list]) => list !== undefined && list.length > 0);
  return { filter: { ...Object.fromEntries(some), ...window } };
}

/** By default one's own, and for root and for jobs that are named by ids or nodes everybody's. */
function usersOf(
  { users, allUsers, jobs, nodelist }: SacctValues,
  { user }: SacctDeps,
): readonly string[] | undefined {
  if (users !== undefined && users.length > 0) return users;
  const isNamed = (jobs ?? []).length > 0 || (nodelist ?? []).length > 0;
  const isOpen = allUsers === true || user.uid === 0 || isNamed;
  return isOpen ? undefined : [String(user.uid)];
}

/** sacct(1), DEFAULT TIME WINDOW. */
function windowOf(
  { start, end, jobs, states }: SacctValues,
  { time }: SacctDeps,
): { readonly window?: Window } | Complaint {
  const hasJobs = jobs !== undefined && jobs.length > 0;
  if (hasJobs && start === undefined && end === undefined) return {};
  const hasStates = states !== undefined && states.length > 0;
  const from = instantOf(start ?? (hasJobs ? 'uts0' : hasStates ? 'now' : 'midnight'), time);
  if (typeof from === 'object') return from;
  const endsAtStart = end === undefined && hasStates && (!hasJobs || start !== undefined);
  const to = endsAtStart ? from : instantOf(end ?? 'now', time);
  if (typeof to === 'object') return to;
  // What a machine whose clock is ahead has just written is not in the future.
  if (from <= to) return { window: { start: from, end: to >= time.now ? Number.POSITIVE_INFINITY : to } };
  const [first, last] = [from, to].map((one) => formatTimestamp(one, time.utcOffsetMinutes(one)));
  return { complaint: `sacct: error: Start time (${first}) requested is after end time (${last}).` };
}

function instantOf(text: string, time: SacctDeps['time']): number | Complaint {
  const reading = parseTimeSpec(text, { ...time, lies: 'before' });
  if ('time' in reading) return reading.time;
  return { complaint: `Invalid time specification (pos=${reading.position}): ${printable(text)}` };
}
