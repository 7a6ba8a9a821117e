import { commonRows, helpRow, isThere, verboseRow } from '../../tables/options/common.ts';
import {
  allRow,
  formatFault,
  listedNodes,
  localRow,
  longRow,
  noheaderRow,
  refusedFormRows,
  refusedListingRows,
} from '../../tables/options/listing.ts';
import { freeText, nameList, type Parser } from '../../tables/options/parsers.ts';
import { flag, take } from '../../tables/options/refused/forms.ts';
import type { CommonValues } from '../../tables/options/values.ts';
import {
  type Environment,
  type Reading,
  readCommandLine,
  readEnvironment,
  resolve,
} from '../../tables/precedence.ts';
import {
  type CommandTable,
  failed,
  type OptionRow,
  ok,
  type RefusedRow,
  sortedRows,
} from '../../tables/row.ts';

/** What sinfo takes. Every list that is missing means all. */
export interface SinfoValues extends CommonValues {
  /** Also hidden partitions, of which there are none. */
  readonly all?: boolean;
  readonly format?: string;
  /** A table of GPUs in place of nodes. */
  readonly gpus?: boolean;
  readonly local?: boolean;
  readonly long?: boolean;
  /** Columns by name; it wins over `format`. */
  readonly longFormat?: string;
  /** One line for each node. */
  readonly node?: boolean;
  readonly nodes?: readonly string[];
  readonly noheader?: boolean;
  readonly partitions?: readonly string[];
  readonly summarize?: boolean;
}

const program = 'sinfo';
const selection = 'Which nodes';
const shown = 'What is shown';

/** Slurm's list, twice `unknown` as it prints it. */
const stateNames =
  'unknown,down,idle,allocated,?,mixed,future,drain,drained,draining,no_respond,reserved,perfctrs,cloud,' +
  'completing,powering_down,powered_down,power_down,powering_up,fail,maint,reboot,reboot^,unknown';
const compactNames = 'alloc,mix,drng,comp,maint,npc,planned,all,resv,futr,unk';

/** Names with commas or `&`, abbreviated at will. */
const nodeStates: Parser<readonly string[]> = (text) => {
  const known = `${stateNames},${compactNames}`.split(',');
  const names = text.split(/[,&]/).filter((one) => one !== '');
  const bad = names.find((one) => !known.some((name) => name.startsWith(one.toLowerCase())));
  if (bad === undefined) return ok(names);
  return failed(
    1,
    `${program}: error: Bad state string: "${bad}"`,
    `${program}: error: valid states: ${stateNames}`,
  );
};

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
  { ...localRow, group: selection },
  { ...longRow, group: shown },
  {
    long: 'nodes',
    short: 'n',
    arg: 'required',
    metavar: 'nodes',
    key: 'nodes',
    parse: listedNodes,
    group: selection,
    help: 'these nodes: n1,n[3-5]',
  },
  { ...noheaderRow, group: shown },
  {
    long: 'partition',
    short: 'p',
    arg: 'required',
    metavar: 'names',
    key: 'partitions',
    parse: nameList,
    env: { sinfo: ['SINFO_PARTITION'] },
    group: selection,
    help: 'nodes of these partitions',
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
] as const satisfies readonly OptionRow<SinfoValues>[];

const refusedRows = [
  { ...flag('dead', 'nodes that do not answer'), short: 'd' },
  { ...flag('exact', 'one line only for nodes that are quite alike'), short: 'e' },
  { ...take('iterate', 'seconds', 'show it again and again'), short: 'i' },
  { ...flag('list-reasons', 'why nodes are out of use'), short: 'R' },
  { ...flag('reservation', 'reservations in place of nodes'), short: 'T' },
  { ...flag('responding', 'nodes that answer'), short: 'r' },
  { ...take('sort', 'fields', 'the order of the lines'), short: 'S', env: { sinfo: ['SINFO_SORT'] } },
  { ...take('states', 'states', 'nodes in these states'), short: 't', parse: nodeStates },
] satisfies readonly RefusedRow[];

export const sinfoTable: CommandTable<SinfoValues> = {
  program,
  summary: 'show the nodes of the cluster and their GPUs',
  rows: sortedRows<SinfoValues>(servedRows, commonRows, refusedListingRows, refusedFormRows, refusedRows),
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
  const variables = readEnvironment(environment, sinfoTable);
  if ('failed' in variables) return variables;
  const values = resolve({ commandLine: line.values, environment: variables.values });
  return { values, operands: line.operands };
}
