import { formatArrayTasks, parseArraySpec } from '../../src/model/arrayspec.ts';
import { featuresOf, formatConstraint, parseConstraint } from '../../src/model/constraint.ts';
import { parseNodeCount } from '../../src/model/counts.ts';
import { formatDependency, parseDependency } from '../../src/model/dependency.ts';
import { parseDistribution } from '../../src/model/distribution.ts';
import { parseGpuBind } from '../../src/model/gpubind.ts';
import { parseGpuCount, parseGres } from '../../src/model/gres.ts';
import { foldHostlist, parseHostlist } from '../../src/model/hostlist.ts';
import { parseLicenses } from '../../src/model/licenses.ts';
import { formatMailTypes, parseMailTypes } from '../../src/model/mailtypes.ts';
import { formatMemory, parseMemoryMb } from '../../src/model/memory.ts';
import { parseRlimits } from '../../src/model/rlimits.ts';
import { parseSignalSpec } from '../../src/model/signalspec.ts';
import { parseTimeLimit } from '../../src/model/timelimit.ts';
import { parseTimeSpec } from '../../src/model/timespec.ts';
import { columnLine, parseColumns } from '../../src/tables/columns.ts';
import { sacctFields } from '../../src/tables/fields/sacct.ts';
import { shownLimit } from '../../src/tables/fields/squeue.ts';
import { type Format, lineMaker, parseFormat, parseLongFormat } from '../../src/tables/format.ts';
import type { Random } from '../fakes/random.ts';
import * as make from './make.ts';

/** What a real Slurm is asked; `look` is where what it took can be seen again. */
export type Ask =
  | { readonly by: 'scontrol'; readonly form: string }
  | { readonly by: 'sbatch'; readonly option: string; readonly words: readonly string[]; readonly look: Look }
  | { readonly by: 'squeue'; readonly option: '-o' | '-O' }
  | { readonly by: 'sacct' };
/** A format of squeue, a key of scontrol's page, or nothing but that it was taken. */
export type Look = { readonly squeue: string } | { readonly scontrol: string } | 'taken';

/** What the real one showed of one job, by letter, by name, by column; and when it was asked. */
export interface Known {
  readonly letters: Readonly<Record<string, string>>;
  readonly names: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, string>>;
}

export interface Kind {
  readonly name: string;
  readonly make: (random: Random) => string;
  readonly ask: Ask;
  /** What ours prints; undefined for a text that it refuses. */
  readonly ours: (input: string, known: Known, now: number) => string | undefined;
}

/** For a language of which only shows whether a text was taken. */
function taken(parse: (input: string) => unknown): (input: string) => string | undefined {
  return (input) => (parse(input) === undefined ? undefined : 'taken');
}

function held(option: string, look: Look, ...words: readonly string[]): Ask {
  return { by: 'sbatch', option, look, words: ['-H', ...words] };
}

export const kinds: readonly Kind[] = [
  {
    name: 'hostnames',
    make: make.hosts,
    ask: { by: 'scontrol', form: 'hostnames' },
    ours: (input) => parseHostlist(input)?.join('\n'),
  },
  {
    name: 'hostlist',
    make: (random) => (random() < 0.5 ? make.names(random) : make.hosts(random)),
    ask: { by: 'scontrol', form: 'hostlist' },
    ours: (input) => foldHostlist(input, 'given'),
  },
  {
    name: 'hostlistsorted',
    make: (random) => (random() < 0.5 ? make.names(random) : make.hosts(random)),
    ask: { by: 'scontrol', form: 'hostlistsorted' },
    ours: (input) => foldHostlist(input, 'sorted'),
  },
  {
    name: 'time limits',
    make: make.timeLimit,
    ask: held('--time', { squeue: '%l' }, '-p', 'cpu'),
    ours: (input) => {
      const limit = parseTimeLimit(input);
      return limit === undefined ? undefined : shownLimit(limit);
    },
  },
  {
    name: 'begin times',
    make: make.begin,
    // In a partition that is down a job waits, and its time shows.
    ask: { by: 'sbatch', option: '--begin', words: ['-p', 'off'], look: { scontrol: 'EligibleTime' } },
    ours: (input, _, now) => {
      const read = parseTimeSpec(input, { now, utcOffsetMinutes: () => 0, lies: 'after' });
      return 'time' in read ? String(Math.max(read.time, now)) : undefined;
    },
  },
  {
    name: 'memory',
    make: make.memory,
    ask: held('--mem', { squeue: '%m' }, '-p', 'cpu'),
    ours: (input) => {
      const mb = parseMemoryMb(input);
      return mb === undefined ? undefined : formatMemory(mb);
    },
  },
  {
    name: 'job arrays',
    make: make.array,
    ask: held('--array', { squeue: '%K' }),
    ours: (input) => {
      const spec = parseArraySpec(input, 1001);
      return spec && formatArrayTasks(spec);
    },
  },
  {
    name: 'dependencies',
    make: make.dependency,
    ask: held('--dependency', { squeue: '%E' }),
    ours: (input) => {
      const read = parseDependency(input);
      const clauses = read?.clauses.map((clause) => ({ ...clause, state: 'unfulfilled' as const }));
      return read && clauses && (formatDependency({ any: read.any, clauses }) || '(null)');
    },
  },
  {
    name: 'node counts',
    make: make.nodes,
    ask: held('--nodes', { squeue: '%D' }),
    // What squeue has room for.
    ours: (input) => parseNodeCount(input)?.min.toString().slice(0, 7),
  },
  { name: 'gres', make: make.gres, ask: held('--gres', 'taken'), ours: taken(parseGpuGres) },
  { name: 'GPU counts', make: make.gpus, ask: held('--gpus', 'taken'), ours: taken(parseGpuCount) },
  { name: 'signals', make: make.signal, ask: held('--signal', 'taken'), ours: taken(parseSignalSpec) },
  {
    name: 'distributions',
    make: make.distribution,
    ask: held('--distribution', 'taken', '-w', 'gpu01'),
    ours: taken(parseDistribution),
  },
  {
    name: 'constraints',
    make: make.constraint,
    ask: held('--constraint', { squeue: '%f' }),
    ours: (input) => {
      const read = parseConstraint(input);
      const isKnown = read && featuresOf(read).every((name) => clusterFeatures.has(name));
      return read && isKnown ? formatConstraint(read) : undefined;
    },
  },
  {
    name: 'mail types',
    make: make.mailTypes,
    ask: held('--mail-type', { scontrol: 'MailType' }),
    ours: (input) => {
      const types = parseMailTypes(input);
      return types && (types.length === 0 ? '' : formatMailTypes(types));
    },
  },
  {
    name: 'propagated limits',
    make: make.rlimits,
    ask: held('--propagate', 'taken'),
    ours: taken(parseRlimits),
  },
  {
    name: 'GPU bindings',
    make: make.gpuBind,
    ask: held('--gpu-bind', 'taken', '--gpus=1'),
    ours: taken(parseGpuBind),
  },
  {
    name: 'licenses',
    make: make.licenses,
    ask: held('--licenses', 'taken'),
    ours: taken((input) => {
      const read = parseLicenses(input);
      const isThere = read?.every(({ name, count }) => count <= (clusterLicenses[name] ?? -1));
      return isThere === true ? read : undefined;
    }),
  },
  {
    name: 'squeue -o',
    make: make.format,
    ask: { by: 'squeue', option: '-o' },
    ours: (input, { letters }) => {
      const fields = Object.entries(letters).map(([letter, value]) => ({
        name: letter,
        letter,
        head: '',
        get: () => value,
        isLength: 'lLM'.includes(letter),
      }));
      return formatted(parseFormat(input, fields));
    },
  },
  {
    name: 'squeue -O',
    make: make.longFormat,
    ask: { by: 'squeue', option: '-O' },
    ours: (input, { names }) => {
      const fields = Object.entries(names).map(([name, value]) => ({
        name,
        head: '',
        get: () => value,
        isLength: name === 'timelimit',
      }));
      return formatted(parseLongFormat(input, fields));
    },
  },
  {
    name: 'sacct --format',
    make: make.columns,
    ask: { by: 'sacct' },
    ours: (input, { columns }) => {
      const fields = sacctFields.map(({ get: _, ...field }) => ({
        ...field,
        get: () => columns[field.name] ?? '',
      }));
      const read = parseColumns(input, fields);
      return 'columns' in read ? columnLine(read.columns, {}, {}) : undefined;
    },
  },
];

/** Of the cluster that the real one is set up with. */
const clusterFeatures: ReadonlySet<string> = new Set(['a100', 'nvlink', 'v100', 'cpu']);
export const clusterLicenses: Readonly<Record<string, number>> = { foo: 10, bar: 5 };

/** Of a cluster that counts nothing but GPUs. */
function parseGpuGres(input: string): unknown {
  const read = parseGres(input);
  return read?.every(({ name }) => name === 'gpu') === true ? read : undefined;
}

/** The line, and what was complained about. */
function formatted(format: Format<unknown>): string {
  return [lineMaker(format)(undefined), ...format.unknown].join('\n');
}
