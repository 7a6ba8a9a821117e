import { printable } from '../../base/text.ts';
import { configOf } from '../../model/cluster.ts';
import { formatHostlist, parseHostlist } from '../../model/hostlist.ts';
import { isActive } from '../../model/job.ts';
import { hasGroupPartitions, hiddenPartitions, nodeNamesOf, partitionsOf } from '../../model/partition.ts';
import { topology } from '../../services/topology.ts';
import type { ClusterView } from '../../services/view.ts';
import { type NodesView, usedNodes } from '../../tables/fields/nodestate.ts';
import { lastBusyTimes } from '../../tables/fields/nodetres.ts';
import { configPage } from './configpage.ts';
import { nodePage } from './nodepage.ts';
import type { ScontrolCommand } from './options.ts';
import { partitionPage } from './partitionpage.ts';
import { reservationPage } from './reservationpage.ts';
import type { ScontrolDeps } from './run.ts';
import { type Answer, pageText, type ShowOptions } from './show.ts';

type ShowCluster = Extract<ScontrolCommand, { readonly name: 'show cluster' }>;

interface Asked {
  readonly view: ClusterView;
  readonly options: ShowOptions;
  readonly deps: Pick<ScontrolDeps, 'config' | 'loads' | 'reader'>;
}

/** `show` of what there is of the cluster itself. */
export async function showCluster({ entity, which }: ShowCluster, asked: Asked): Promise<Answer> {
  const { view, deps } = asked;
  switch (entity) {
    case 'nodes':
      return showNodes(which, asked);
    case 'partitions':
      return showPartitions(which, asked);
    case 'reservations':
      return showReservations(which, asked);
    case 'config':
      return said(configPage(await deps.config(), view));
    case 'licenses':
      return said(licenseLines(view, which));
    case 'aliases':
      return said(which === undefined ? [configuredNames(view).join(' ')] : []);
    case 'daemons':
      return said(['slurmctld slurmd']);
    case 'frontend':
      return said(['No nodes in the system']);
    case 'topology':
      return showTopology(view, which);
    default:
      // There is nothing of the kind, and Slurm prints nothing then.
      return said([]);
  }
}

function said(lines: readonly string[]): Answer {
  return { out: lines.map((line) => `${printable(line)}\n`).join(''), err: '', exitCode: 0 };
}

function complained(what: string): Answer {
  return { out: '', err: `scontrol: error: ${printable(what)}\n`, exitCode: 0 };
}

/** In the order of their declaration, then of their names. */
function configuredNames({ cluster }: ClusterView): readonly string[] {
  return [...new Set([...configOf(cluster).nodes.map(({ name }) => name), ...nodeNamesOf(cluster)])];
}

async function hiddenOf({ view, options, deps }: Asked): Promise<ReadonlySet<string>> {
  if (options.isAll) return new Set();
  return hiddenPartitions(view.cluster, await deps.reader(hasGroupPartitions(view.cluster)));
}

async function showNodes(names: string | undefined, asked: Asked): Promise<Answer> {
  const { view, options, deps } = asked;
  const shown: ClusterView & NodesView = { ...view, loads: await deps.loads() };
  const used = usedNodes(shown);
  if (names === undefined && used.size === 0) return said(['No nodes in the system']);
  const hidden = await hiddenOf(asked);
  const partitions = partitionsOf(view.cluster).filter(({ name }) => !hidden.has(name));
  const lastBusy = lastBusyTimes(view.cluster);
  const wanted = names === undefined ? nodeNamesOf(view.cluster) : (parseHostlist(names) ?? [names]);
  let out = '';
  let exitCode = 0;
  for (const name of wanted) {
    const node = used.get(name);
    if (node === undefined) {
      out += `Node ${printable(name)} not found\n`;
      exitCode = 1;
      continue;
    }
    const own = partitions.filter(({ nodes }) => nodes.includes(name)).map((one) => one.name);
    const { utcOffsetMinutes } = view;
    const facts = { partitions: own, lastBusy: lastBusy.get(name), utcOffsetMinutes };
    const lines = nodePage(node, { ...facts, hasDetails: options.hasDetails });
    out += pageText(lines, options);
  }
  return { out, err: '', exitCode, records: wanted.length };
}

async function showPartitions(name: string | undefined, asked: Asked): Promise<Answer> {
  const { view, options } = asked;
  const hidden = await hiddenOf(asked);
  const all = partitionsOf(view.cluster).filter((one) => !hidden.has(one.name));
  const wanted = name === undefined ? all : all.filter((one) => one.name === name);
  if (wanted.length === 0 && name !== undefined) {
    return { out: `Partition ${printable(name)} not found\n`, err: '', exitCode: 1 };
  }
  const used = usedNodes(view);
  const pages = wanted.map((partition) => pageText(partitionPage(partition, used).map(printable), options));
  return { out: pages.join(''), err: '', exitCode: 0, records: pages.length };
}

function showReservations(name: string | undefined, { view, options }: Asked): Answer {
  const all = [...view.cluster.reservations.values()].filter(({ endTime }) => endTime > view.now);
  if (name === undefined && all.length === 0) return said(['No reservations in the system']);
  const wanted = name === undefined ? all : all.filter((one) => one.name === name);
  if (wanted.length === 0) {
    return { out: `Reservation ${printable(name ?? '')} not found\n`, err: '', exitCode: 1 };
  }
  const used = usedNodes(view);
  const pages = wanted.map((one) => pageText(reservationPage(one, view, used), options));
  return { out: pages.join(''), err: '', exitCode: 0, records: pages.length };
}

/** With the blank that Slurm leaves at the end. */
function showTopology(view: ClusterView, which: string | undefined): Answer {
  const all = topology(view);
  if (all.length === 0 && which === undefined) return complained('No topology information available');
  const own = all.filter(({ name }) => name === which);
  const around = all.filter(({ nodes }) => which !== undefined && nodes.includes(which));
  const shown = which === undefined ? all : own.length > 0 ? own : around;
  if (shown.length === 0 && which !== undefined) {
    return complained(`Topology information contains no switch or node named ${which}`);
  }
  return said(
    shown.map(({ name, level, nodes, switches }) => {
      const below = switches.length === 0 ? '' : `Switches=${formatHostlist(switches)} `;
      return `SwitchName=${name} Level=${level} LinkSpeed=1 Nodes=${formatHostlist(nodes)} ${below}`;
    }),
  );
}

function licenseLines({ cluster }: ClusterView, which: string | undefined): readonly string[] {
  const declared = Object.entries(configOf(cluster).licenses ?? {});
  if (declared.length === 0) return ['No licenses configured in Slurm.'];
  const used = new Map<string, number>();
  for (const job of cluster.jobs.values()) {
    if (!isActive(job)) continue;
    for (const { name, count } of job.spec.licenses ?? []) used.set(name, (used.get(name) ?? 0) + count);
  }
  return declared
    .filter(([name]) => which === undefined || name === which)
    .flatMap(([name, total]) => {
      const taken = used.get(name) ?? 0;
      return [
        `LicenseName=${name}`,
        `    Total=${total} Used=${taken} Free=${total - taken} Reserved=0 Remote=no`,
      ];
    });
}
