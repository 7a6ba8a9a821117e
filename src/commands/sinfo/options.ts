import { parseCount } from '../../model/counts.ts';
import { parseHostlist } from '../../model/hostlist.ts';
import { commonRows, helpRow, isThere, verboseRow } from '../../tables/options/common.ts';
import {
  allRow,
  clusterRow,
  federationRow,
  formatFault,
  localRow,
  longRow,
  noheaderRow,
} from '../../tables/options/listing.ts';
import { freeText, nameList, type Parser } from '../../tables/options/parsers.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import {
  type Environment,
  type Reading,
  readCommandLine,
  readEnvironment,
  resolve,
} from '../../tables/precedence.ts';
import { type CommandTable, failed, type OptionRow, ok, sortedRows } from '../../tables/row.ts';
import { nodeStates, type StateFilter } from './states.ts';

/** What sinfo takes. Every list that is missing means all. */
export interface SinfoValues extends CommonValues {
  /** Also hidden partitions. */
  readonly all?: boolean;
  /** The name of this cluster, which a line then says. */
  readonly clusters?: string;
  /** Nodes that do not answer. */
  readonly dead?: boolean;
  /** As JSON or YAML, in the shape of Slurm's release. */
  readonly dump?: 'json' | 'yaml';
  /** Nodes that differ in what they have stand in lines of their own. */
  readonly exact?: boolean;
  readonly format?: string;
  /** A table of GPUs in place of nodes. */
  readonly gpus?: boolean;
  readonly hide?: boolean;
  /** Show it again every so many seconds. */
  readonly iterate?: number;
  /** Why nodes are out of use. */
  readonly listReasons?: boolean;
  readonly local?: boolean;
  readonly long?: boolean;
  /** Columns by name; it wins over `format`. */
  readonly longFormat?: string;
  /** One line for each node. */
  readonly node?: boolean;
  /** Sizes as they were given: ours have no unit that changes. */
  readonly noconvert?: boolean;
  readonly nodes?: readonly string[];
  readonly noheader?: boolean;
  readonly partitions?: readonly string[];
  /** A table of reservations in place of nodes. */
  readonly reservation?: boolean;
  /** Nodes that answer. */
  readonly responding?: boolean;
  /** Letters of columns: `#P,-t`. */
  readonly sort?: string;
  readonly states?: StateFilter;
  readonly summarize?: boolean;
}

const program = 'sinfo';
const selection = 'Which nodes';
const shown = 'What is shown';

const interval: Parser<number> = (text) => {
  const seconds = parseCount(text);
  return seconds === undefined || seconds === 0
    ? failed(1, `${program}: error: Error: invalid entry for --iterate=${text}`)
    : ok(seconds);
};

/** A list that does not parse names no node, as in Slurm. */
const nodes: Parser<readonly string[]> = (text) => ok(parseHostlist(text) ?? []);

const servedRows = [
  {
    long: 'Format',
    short: 'O',
    arg: 'required',
    metavar: 'fields',
    key: 'longFormat',
    parse: freeText,
    group: shown,
    help: 'which columns, by their names: NodeList:30,CPUsState,Gres:.20; it wins over --format',
  },
  {
    long: 'Node',
    short: 'N',
    arg: 'none',
    key: 'node',
    value: true,
    group: shown,
    help: 'one line for each node',
  },
  { ...allRow, group: selection },
  { ...clusterRow, group: selection },
  {
    long: 'dead',
    short: 'd',
    arg: 'none',
    key: 'dead',
    value: true,
    group: selection,
    help: 'nodes that do not answer',
  },
  {
    long: 'exact',
    short: 'e',
    arg: 'none',
    key: 'exact',
    value: true,
    group: shown,
    help: 'nodes that differ in what they have stand in lines of their own',
  },
  {
    long: 'format',
    short: 'o',
    arg: 'required',
    metavar: 'format',
    key: 'format',
    parse: freeText,
    env: { sinfo: ['SINFO_FORMAT'] },
    group: shown,
    help: 'which columns, and how wide: "%9P %.5a %.6D %N"',
  },
  {
    long: 'gpus',
    arg: 'none',
    key: 'gpus',
    value: true,
    group: shown,
    help: 'a table of all GPUs: whose they are, and how they are',
    ours: true,
  },
  helpRow,
  {
    long: 'hide',
    arg: 'none',
    key: 'hide',
    value: true,
    group: selection,
    help: 'no hidden partitions, as without it',
  },
  {
    long: 'iterate',
    short: 'i',
    arg: 'required',
    metavar: 'seconds',
    key: 'iterate',
    parse: interval,
    group: shown,
    help: 'show it again and again, with so long in between',
  },
  {
    long: 'json',
    arg: 'none',
    key: 'dump',
    value: 'json',
    group: shown,
    help: 'all that is known of the nodes, as JSON',
  },
  {
    long: 'list-reasons',
    short: 'R',
    arg: 'none',
    key: 'listReasons',
    value: true,
    group: shown,
    help: 'why nodes are out of use',
  },
  { ...localRow, group: selection },
  { ...longRow, group: shown },
  {
    long: 'noconvert',
    arg: 'none',
    key: 'noconvert',
    value: true,
    group: shown,
    help: 'sizes in the units in which they were given',
  },
  {
    long: 'nodes',
    short: 'n',
    arg: 'required',
    metavar: 'nodes',
    key: 'nodes',
    parse: nodes,
    group: selection,
    help: 'these nodes: n1,n[3-5]',
  },
  { ...noheaderRow, group: shown },
  {
    long: 'partition',
    short: 'p',
    arg: 'required',
    metavar: 'partitions',
    key: 'partitions',
    parse: nameList,
    env: { sinfo: ['SINFO_PARTITION'] },
    group: selection,
    help: 'nodes of these partitions',
  },
  {
    long: 'reservation',
    short: 'T',
    arg: 'none',
    key: 'reservation',
    value: true,
    group: shown,
    help: 'reservations in place of nodes',
  },
  {
    long: 'responding',
    short: 'r',
    arg: 'none',
    key: 'responding',
    value: true,
    group: selection,
    help: 'nodes that answer',
  },
  {
    long: 'sort',
    short: 'S',
    arg: 'required',
    metavar: 'fields',
    key: 'sort',
    parse: freeText,
    env: { sinfo: ['SINFO_SORT'] },
    group: shown,
    help: 'the order of the lines, by letters of columns: "#P,-t"; a minus turns one around',
  },
  {
    long: 'states',
    short: 't',
    arg: 'required',
    metavar: 'states',
    key: 'states',
    parse: nodeStates,
    group: selection,
    help: 'nodes in these states: idle,mix or drain; with & in place of commas, in all of them',
  },
  {
    long: 'summarize',
    short: 's',
    arg: 'none',
    key: 'summarize',
    value: true,
    group: shown,
    help: 'one line for each partition',
  },
  verboseRow,
  {
    long: 'yaml',
    arg: 'none',
    key: 'dump',
    value: 'yaml',
    group: shown,
    help: 'all that is known of the nodes, as YAML',
  },
] as const satisfies readonly OptionRow<SinfoValues>[];

export const sinfoTable: CommandTable<SinfoValues> = {
  program,
  summary: 'show the nodes of the cluster and their GPUs',
  rows: sortedRows<SinfoValues>(servedRows, commonRows, [federationRow]),
  order: 'permute',
  usageExitCode: 1,
  operands: '',
  readSwitch: isThere,
};

/** Reads a command line. sinfo has no operands and, as Slurm's, does not mind them. */
export function readSinfo(words: readonly string[], environment: Environment): Reading<SinfoValues> {
  const line = readCommandLine(words, sinfoTable);
  if (!('values' in line)) return line;
  const fault = formatFault(line.values, program);
  if (fault !== undefined) return fault;
  if (line.values.all === true && line.values.partitions !== undefined) {
    const what = 'Conflicting options, -a and -p, specified. Please choose one or the other.';
    return failed(1, `${program}: error: ${what}`);
  }
  const variables = readEnvironment(environment, sinfoTable);
  if ('failed' in variables) return variables;
  const values = resolve({ commandLine: line.values, environment: variables.values });
  return { values, operands: line.operands };
}
