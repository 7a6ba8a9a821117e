import { accountsOf, associationsOf } from '../../model/accounts.ts';
import { configOf } from '../../model/cluster.ts';
import { formatTimestamp } from '../../model/duration.ts';
import { formatHostlist } from '../../model/hostlist.ts';
import type { ClusterView } from '../../services/view.ts';
import type { Record } from '../../tables/fields/sacctmgr.ts';
import { tresNames } from '../../tables/fields/tresnames.ts';

/** The things of one kind that the cluster has, each with its facts by the names of its columns. */
export function recordsOf(entity: string, view: ClusterView, withAssociations: boolean): readonly Record[] {
  switch (entity) {
    case 'Account':
      return byName(accounts(view), 'Account');
    case 'Association':
      return associations(view);
    case 'Cluster':
      return [clusterRecord(view)];
    case 'Event':
      return events(view);
    case 'Reservation':
      return reservations(view);
    case 'Resource':
      // Licences of other clusters: there are none.
      return [];
    case 'WCKey':
      return workloadKeys(view);
    case 'QOS':
      return [{ Name: 'normal', ...qos, Description: 'Normal QOS default', ID: '1' }];
    case 'TRES':
      return tres(view);
    default:
      return withAssociations ? usersWithAssociations(view) : byName(users(view), 'User');
  }
}

const qos: Record = { Priority: '0', GraceTime: '00:00:00', PreemptMode: 'cluster', UsageFactor: '1.000000' };

function byName(records: readonly Record[], key: string): readonly Record[] {
  return [...records].sort((a, b) => ((a[key] ?? '') < (b[key] ?? '') ? -1 : 1));
}

function accounts({ cluster }: ClusterView): readonly Record[] {
  return accountsOf(configOf(cluster)).map(({ name, description = name, organization = name }) => ({
    Account: name,
    Description: description,
    Organization: organization,
  }));
}

function associations({ cluster, clusterName }: ClusterView): readonly Record[] {
  return associationsOf(configOf(cluster)).map(({ account, user }, index) => ({
    Cluster: clusterName,
    Account: account,
    ...(user !== undefined && { User: user }),
    Fairshare: '1',
    QOS: 'normal',
    ID: String(index + 1),
    ...(user === undefined && account !== 'root' && { ParentName: 'root', ParentID: '1' }),
  }));
}

/** Everybody who is of an account, once. The first account that has a user is the default one. */
function users({ cluster }: ClusterView): readonly Record[] {
  const config = configOf(cluster);
  const found = new Map<string, Record>();
  for (const { name, users: own } of accountsOf(config)) {
    for (const user of own) {
      const isAdmin = user === 'root' || config.admins?.includes(user) === true;
      const known = found.get(user);
      const AdminLevel = isAdmin ? 'Administrator' : 'None';
      if (known === undefined) found.set(user, { User: user, DefaultAccount: name, AdminLevel });
    }
  }
  return [...found.values()];
}

function usersWithAssociations(view: ClusterView): readonly Record[] {
  const own = associations(view);
  return byName(users(view), 'User').flatMap((user) =>
    own.filter((one) => one['User'] === user['User']).map((one) => ({ ...one, ...user })),
  );
}

/** There is no controller: its port is none. */
function clusterRecord({ cluster, clusterName }: ClusterView): Record {
  return {
    Cluster: clusterName,
    ControlPort: '0',
    RPC: '9728',
    Fairshare: '1',
    QOS: 'normal',
    NodeCount: String(cluster.nodes.size),
  };
}

/** The nodes that somebody took out of use, and since when: of what is over nothing is kept. */
function events({ cluster, clusterName, utcOffsetMinutes, userNames }: ClusterView): readonly Record[] {
  return [...cluster.nodes.values()].flatMap(({ record, admin = {} }) => {
    const { reason, isDown = false, isDrained = false, isFailed = false } = admin;
    const states = [
      ...(isDown ? ['DOWN'] : []),
      ...(isDrained ? ['DRAIN'] : []),
      ...(isFailed ? ['FAIL'] : []),
    ];
    if (states.length === 0) return [];
    const said = reason && { Reason: reason.text, User: userNames?.get(reason.uid) ?? String(reason.uid) };
    return {
      ...{ Cluster: clusterName, NodeName: record.name, State: states.join('+'), Event: 'Node' },
      ...times(formatTimestamp(reason?.time, utcOffsetMinutes), 'Unknown'),
      ...said,
    };
  });
}

function times(start: string, end: string): Record {
  return { TimeStart: start, TimeEnd: end, Start: start, End: end };
}

function reservations({ cluster, clusterName, utcOffsetMinutes }: ClusterView): readonly Record[] {
  return [...cluster.reservations.values()].map(({ name, startTime, endTime, nodes, flags = [], ...who }) => {
    const time = (seconds: number): string => formatTimestamp(seconds, utcOffsetMinutes);
    const cpus = nodes.reduce((sum, node) => sum + (cluster.nodes.get(node)?.record.cpus ?? 0), 0);
    return {
      ...{ Cluster: clusterName, Name: name, TRES: `cpu=${cpus}`, Flags: flags.join(',') },
      ...times(time(startTime), time(endTime)),
      NodeNames: formatHostlist(nodes),
      Associations: [...(who.users ?? []), ...(who.accounts ?? [])].join(','),
    };
  });
}

/** Those of the jobs that the cluster has now; jobs name them freely. */
function workloadKeys({ cluster, clusterName }: ClusterView): readonly Record[] {
  const found = new Map<string, Record>();
  for (const { spec } of cluster.jobs.values()) {
    if (spec.wckey === undefined) continue;
    const key = `${spec.wckey}\n${spec.user}`;
    if (!found.has(key)) found.set(key, { WCKey: spec.wckey, Cluster: clusterName, User: spec.user });
  }
  return byName([...found.values()], 'WCKey');
}

/** Slurm's own, and the GPUs of the nodes by their types. */
function tres({ cluster }: ClusterView): readonly Record[] {
  const { plain, gres } = tresNames(cluster.nodes.values());
  const record = (text: string, id: number): Record => {
    const [type = '', name = ''] = text.split('/');
    return { Type: type, Name: name, ID: String(id) };
  };
  return [
    ...plain.map((text, index) => record(text, index + 1)),
    ...gres.map((text, index) => record(text, index + 1001)),
  ];
}
