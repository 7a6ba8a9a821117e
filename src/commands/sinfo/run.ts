import { printable, textWidth } from '../../base/text.ts';
import type { ClusterView } from '../../services/view.ts';
import { dateLine } from '../../tables/dateline.ts';
import { type NodeFieldRow, type NodeGroup, partitionText } from '../../tables/fields/nodegroup.ts';
import { sinfoFields, sinfoFormats } from '../../tables/fields/sinfo.ts';
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
import { gpuTable, plainLines } from './gpus.ts';
import { groupNodes, type NodeFilter, shownPartitions } from './groups.ts';
import { readSinfo, type SinfoValues, sinfoTable } from './options.ts';

/** What sinfo needs of the world. */
export interface SinfoDeps {
  view(spool: string | undefined): Promise<ClusterView>;
  /** Asked for only when colours are wanted. */
  paint(): Promise<Paint>;
  /** A table with lines around its cells, which may be coloured. Asked for only on a terminal. */
  drawTable(head: readonly string[], rows: readonly (readonly string[])[]): Promise<string>;
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
  const view = await deps.view(values.spool);
  const texts =
    values.gpus === true ? await gpuLines(values, view, io, deps) : await nodeLines(values, view, io, deps);
  io.out(texts.map((text) => `${text}\n`).join(''));
  return 0;
}

async function gpuLines(
  values: SinfoValues,
  view: ClusterView,
  io: CommandIo,
  deps: SinfoDeps,
): Promise<readonly string[]> {
  const paint = io.isColoured ? await deps.paint() : undefined;
  const table = gpuTable(view, filterOf(values), paint);
  const hasHead = values.noheader !== true;
  return io.isTerminal
    ? [await deps.drawTable(hasHead ? table.head : [], table.rows)]
    : plainLines(table, hasHead);
}

async function nodeLines(
  values: SinfoValues,
  view: ClusterView,
  io: CommandIo,
  deps: SinfoDeps,
): Promise<readonly string[]> {
  const format = formatOf(values, view);
  for (const name of format.unknown) {
    // Slurm says the one so and the other otherwise.
    const what = isLong(values) ? 'sinfo: error: Invalid job' : 'Invalid node';
    io.err(`${what} format specification: ${printable(name)}\n`);
  }
  const fields = format.parts.flatMap((part): readonly NodeFieldRow[] =>
    typeof part === 'string' ? [] : [part.field],
  );
  const groups = groupNodes(view, { filter: filterOf(values), fields, isByNode: values.node === true });
  const paint = io.isColoured ? await deps.paint() : undefined;
  return [...headLines(values, view, format), ...groups.map((group) => itemLine(format, group, paint))];
}

/** The options that lay out the table. A format by long names wins over one by letters. */
interface Layout {
  readonly format?: string;
  readonly longFormat?: string;
  readonly long?: boolean;
  readonly node?: boolean;
  readonly summarize?: boolean;
}

function isLong({ longFormat }: Layout): boolean {
  return longFormat !== undefined;
}

function formatOf(layout: Layout, view: ClusterView): Format<NodeGroup> {
  const { format, longFormat, long = false, node = false, summarize = false } = layout;
  if (longFormat !== undefined) return parseLongFormat(longFormat, sinfoFields);
  if (format !== undefined) return parseFormat(format, sinfoFields);
  const partitions = shownPartitions(view, {}).map(partitionText);
  const kind = summarize ? 'summary' : node ? (long ? 'nodeLong' : 'node') : long ? 'long' : 'standard';
  return parseFormat(
    sinfoFormats[kind](roomFor(partitions), roomFor(view.cluster.nodes.keys())),
    sinfoFields,
  );
}

/** Slurm never makes these columns narrower than the word PARTITION. */
function roomFor(names: Iterable<string>): number {
  return Math.max(9, ...[...names].map(textWidth));
}

function headLines(values: SinfoValues, view: ClusterView, format: Format<NodeGroup>): readonly string[] {
  if (values.noheader === true) return [];
  const date = values.long === true ? [dateLine(view.now, view.utcOffsetMinutes)] : [];
  return [...date, headLine(format)];
}

function filterOf({ nodes, partitions }: SinfoValues): NodeFilter {
  return {
    ...(nodes !== undefined && nodes.length > 0 && { nodes }),
    ...(partitions !== undefined && partitions.length > 0 && { partitions }),
  };
}
