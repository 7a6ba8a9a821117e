import { printable, textWidth } from '../../base/text.ts';
import type { NodeLoad } from '../../model/node.ts';
import {
  hasGroupPartitions,
  hiddenPartitions,
  nodeNamesOf,
  type PartitionReader,
} from '../../model/partition.ts';
import type { ClusterView } from '../../services/view.ts';
import { dateLine } from '../../tables/dateline.ts';
import { type NodeFieldRow, type NodeGroup, partitionText } from '../../tables/fields/nodegroup.ts';
import type { NodesView } from '../../tables/fields/nodestate.ts';
import { sinfoFields, sinfoFormats } from '../../tables/fields/sinfo.ts';
import {
  type Format,
  headLine,
  lineMaker,
  type Paint,
  parseFormat,
  parseLongFormat,
} from '../../tables/format.ts';
import { allOptions } from '../../tables/given.ts';
import { clusterComplaint } from '../../tables/options/listing.ts';
import { shownText } from '../../tables/shown.ts';
import { type Order, parseOrder } from '../../tables/sort.ts';
import { tellFailure } from '../failure.ts';
import type { CommandIo } from '../io.ts';
import { nodeDump } from './dump.ts';
import { gpuTable, plainLines } from './gpus.ts';
import { groupNodes, type NodeFilter, shownPartitions } from './groups.ts';
import { readSinfo, type SinfoValues, sinfoTable } from './options.ts';
import { reservationLines } from './reservations.ts';

/** What sinfo needs of the world. */
export interface SinfoDeps {
  view(spool: string | undefined): Promise<ClusterView>;
  /** How busy the nodes are. */
  loads(): Promise<ReadonlyMap<string, NodeLoad>>;
  /** Who asks; his groups are looked up only where they count. */
  reader(withGroups: boolean): Promise<PartitionReader>;
  /** Asked for only when colours are wanted. */
  paint(): Promise<Paint>;
  /** A table with lines around its cells, which may be coloured. Asked for only on a terminal. */
  drawTable(head: readonly string[], rows: readonly (readonly string[])[]): Promise<string>;
  /** Comes back after so long: -i. */
  sleep(seconds: number): Promise<void>;
}

/** `sinfo`: prints, and gives the exit code. */
export async function run(argv: readonly string[], io: CommandIo, deps: SinfoDeps): Promise<number> {
  const read = readSinfo(argv, io.environment);
  if ('shows' in read) {
    io.out(shownText(read.shows, sinfoTable, io.program));
    return 0;
  }
  if ('failed' in read) return tellFailure(read.failed, io);
  const { values } = read;
  if ((values.verbose ?? 0) > 0) io.out(`${allOptions(sinfoTable, values).join('\n')}\n`);
  let exitCode = await show(values, io, deps);
  while (values.iterate !== undefined) {
    io.out('\n');
    await deps.sleep(values.iterate);
    exitCode = await show(values, io, deps);
  }
  return exitCode;
}

async function show(values: SinfoValues, io: CommandIo, deps: SinfoDeps): Promise<number> {
  const view = await deps.view(values.spool);
  const foreign = clusterComplaint(values.clusters, view.clusterName, 'sinfo');
  if (foreign !== undefined) {
    io.err(foreign.map((line) => `${printable(line)}\n`).join(''));
    return 1;
  }
  const filter = filterOf(values, await hiddenOf(values, view, deps));
  if (values.dump !== undefined) {
    io.out(nodeDump({ ...view, loads: await deps.loads() }, filter, values.dump));
    return 0;
  }
  const texts = await tableLines({ values, view, filter }, io, deps);
  io.out(texts.map((text) => `${text}\n`).join(''));
  return 0;
}

interface Asked {
  readonly values: SinfoValues;
  readonly view: ClusterView;
  readonly filter: NodeFilter;
}

async function tableLines(asked: Asked, io: CommandIo, deps: SinfoDeps): Promise<readonly string[]> {
  const { values, view } = asked;
  if (values.gpus === true) return gpuLines(asked, io, deps);
  if (values.reservation !== true) return nodeLines(asked, io, deps);
  const date = values.long === true ? [dateLine(view.now, view.utcOffsetMinutes)] : [];
  const lines = reservationLines(view, values.noheader !== true);
  const isEmpty = view.cluster.reservations.size === 0;
  return isEmpty ? [...date, 'No reservations in the system'] : [...date, ...lines];
}

async function gpuLines(
  { values, view, filter }: Asked,
  io: CommandIo,
  deps: SinfoDeps,
): Promise<readonly string[]> {
  const paint = io.isColoured ? await deps.paint() : undefined;
  const table = gpuTable(view, filter, paint);
  const hasHead = values.noheader !== true;
  return io.isTerminal
    ? [await deps.drawTable(hasHead ? table.head : [], table.rows)]
    : plainLines(table, hasHead);
}

async function nodeLines(
  { values, view, filter }: Asked,
  io: CommandIo,
  deps: SinfoDeps,
): Promise<readonly string[]> {
  const format = formatOf(values, view, filter);
  for (const name of format.unknown) {
    // Slurm says the one so and the other otherwise.
    const what = isLong(values) ? 'sinfo: error: Invalid job' : 'Invalid node';
    io.err(`${what} format specification: ${printable(name)}\n`);
  }
  const fields = format.parts.flatMap((part): readonly NodeFieldRow[] =>
    typeof part === 'string' ? [] : [part.field],
  );
  const isMeasured = fields.some(({ letter }) => letter === 'O' || letter === 'e');
  const shown: ClusterView & NodesView = isMeasured ? { ...view, loads: await deps.loads() } : view;
  const order = orderOf(values);
  const groups = groupNodes(shown, {
    filter,
    fields,
    isByNode: values.node === true,
    isExact: values.exact === true,
    isWithNodes: values.node === true || values.listReasons === true,
    ...(order !== undefined && { order }),
  });
  const paint = io.isColoured ? await deps.paint() : undefined;
  return [...headLines(values, view, format), ...groups.map(lineMaker(format, paint))];
}

/** Letters that name no column are passed over, as by Slurm; `#P` is the order of the declarations. */
function orderOf({ sort }: SinfoValues): Order<NodeGroup> | undefined {
  if (sort === undefined) return undefined;
  const letters = [...sort].filter(
    (one) => /[#,+-]/.test(one) || sortable.some(({ letter }) => letter === one),
  );
  const read = parseOrder(letters.join('').replaceAll('#P', '#'), [...sortable, declared]);
  return 'order' in read ? read.order : undefined;
}

const sortable = sinfoFields.filter(({ letter }) => letter !== undefined);
const declared: NodeFieldRow = {
  name: 'Declared',
  letter: '#',
  head: '',
  get: ({ place }) => String(place),
  sortKey: ({ place }) => place,
};

/** The options that lay out the table. A format by long names wins over one by letters. */
interface Layout {
  readonly format?: string;
  readonly longFormat?: string;
  readonly long?: boolean;
  readonly listReasons?: boolean;
  readonly node?: boolean;
  readonly summarize?: boolean;
}

function isLong({ longFormat }: Layout): boolean {
  return longFormat !== undefined;
}

function formatOf(layout: Layout, view: ClusterView, filter: NodeFilter): Format<NodeGroup> {
  const { format, longFormat, long = false } = layout;
  if (longFormat === undefined ? format === '%all' : /^all(:|$)/i.test(longFormat)) return allFormat();
  if (longFormat !== undefined) return parseLongFormat(longFormat, sinfoFields);
  if (format !== undefined) return parseFormat(format, sinfoFields);
  const partitions = shownPartitions(view, filter).map(partitionText);
  const text = sinfoFormats[kindOf(layout, long)](roomFor(partitions), roomFor(nodeNamesOf(view.cluster)));
  return parseFormat(text, sinfoFields);
}

function kindOf({ listReasons, node, summarize }: Layout, isLong: boolean): keyof typeof sinfoFormats {
  if (summarize === true) return 'summary';
  if (node === true) return isLong ? 'nodeLong' : 'node';
  if (listReasons === true) return isLong ? 'reasonsLong' : 'reasons';
  return isLong ? 'long' : 'standard';
}

/** Every lettered column with bars between; capitals have a blank before theirs, as in Slurm. */
function allFormat(): Format<NodeGroup> {
  const letters = sortable.map(({ letter = '' }) => letter).sort();
  const small = letters.filter((letter) => letter >= 'a').map((letter) => `%${letter}|`);
  const capital = letters.filter((letter) => letter < 'a').map((letter) => `%${letter} `);
  return parseFormat(small.join('') + capital.join('|'), sinfoFields);
}

/** Slurm never makes these columns narrower than the word PARTITION. */
function roomFor(names: Iterable<string>): number {
  return Math.max(9, ...[...names].map(textWidth));
}

function headLines(values: SinfoValues, view: ClusterView, format: Format<NodeGroup>): readonly string[] {
  const cluster = values.clusters === undefined ? [] : [`CLUSTER: ${view.clusterName}`];
  if (values.noheader === true) return cluster;
  const isDated = values.long === true || values.iterate !== undefined;
  const date = isDated ? [dateLine(view.now, view.utcOffsetMinutes)] : [];
  return [...date, ...cluster, headLine(format)];
}

/** Partitions that are named are shown whoever asks. */
async function hiddenOf(
  { all, partitions }: SinfoValues,
  { cluster }: ClusterView,
  deps: SinfoDeps,
): Promise<ReadonlySet<string>> {
  if (all === true || partitions !== undefined) return new Set();
  return hiddenPartitions(cluster, await deps.reader(hasGroupPartitions(cluster)));
}

function filterOf(values: SinfoValues, hidden: ReadonlySet<string>): NodeFilter {
  const { nodes, partitions, states, dead, responding, listReasons } = values;
  const usual = listReasons === true ? reasonStates : undefined;
  const wanted = states ?? usual;
  return {
    ...(nodes !== undefined && { nodes }),
    ...(partitions !== undefined && { partitions }),
    ...(wanted !== undefined && { states: wanted }),
    // Of both, the nodes that do not answer win, as in Slurm.
    ...(dead === true ? { responding: 'no' } : responding === true && { responding: 'yes' }),
    ...(hidden.size > 0 && { hidden }),
  };
}

/** Nodes that somebody took out of use. */
const reasonStates = { names: ['down', 'drain', 'fail'], isAll: false };
