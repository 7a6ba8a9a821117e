import { printable } from '../../base/text.ts';
import { accountsOf, associationsOf } from '../../model/accounts.ts';
import { configOf } from '../../model/cluster.ts';
import type { ClusterView } from '../../services/view.ts';
import { tresNames } from '../../tables/fields/tresnames.ts';
import { type Failed, failed } from '../../tables/row.ts';
import type { Answer, ShowOptions } from './show.ts';
import { type Setting, settingOf, tagNamed } from './words.ts';

/*
 * `show assoc_mgr`: who may use the cluster, as Slurm's controller knows it. It counts usage there where
 * limits are enforced; where they are not, as here, all of it is nought (seen on a Slurm 22.05.8 with jobs
 * running).
 */

/** Which of it is asked for; of what is missing all. */
export interface AssociationsWish {
  readonly flags: readonly (typeof flagNames)[number][];
  readonly accounts?: readonly string[];
  readonly qos?: readonly string[];
  readonly users?: readonly string[];
}

const keys = ['accounts', 'flags', 'qos', 'users'] as const;
const flagNames = ['Assoc', 'QOS', 'Users'] as const;

/** Reads what stands behind `assoc_mgr` (as a Slurm 22.05.8 was asked). */
export function readAssociations(words: readonly string[]): AssociationsWish | Failed {
  let wish: AssociationsWish = { flags: flagNames };
  for (const word of words) {
    const setting = settingOf(word);
    const key = setting === undefined ? undefined : tagNamed(setting.tag, keys);
    if (setting === undefined || key === undefined) {
      return failed(1, `invalid entity: ${word} for keyword:show assoc_mgr`);
    }
    const list = listOf(setting);
    if (key !== 'flags') {
      wish = { ...wish, [key]: list };
      continue;
    }
    const wrong = list.find((one) => flagNamed(one) === undefined);
    if (wrong !== undefined) {
      return failed(0, `invalid flag '${wrong}', valid options are 'Assoc, QOS, and/or Users'`);
    }
    wish = { ...wish, flags: list.flatMap((one) => flagNamed(one) ?? []) };
  }
  return wish;
}

function listOf({ value }: Setting): readonly string[] {
  return value.split(',').filter((one) => one !== '');
}

function flagNamed(text: string): (typeof flagNames)[number] | undefined {
  return flagNames.find((name) => name.toLowerCase().startsWith(text.toLowerCase()));
}

export type UidOf = (name: string) => Promise<number | undefined>;

/** A record: its lines, the first of them at the margin. */
type Page = readonly string[];

export async function showAssociations(
  wish: AssociationsWish,
  view: ClusterView,
  { options: { isOneLine }, uidOf }: { readonly options: ShowOptions; readonly uidOf: UidOf },
): Promise<Answer> {
  const idOf = async (user: string): Promise<string> => `${user}(${(await uidOf(user)) ?? unknownUid})`;
  const parts: (readonly [head: string, pages: readonly Page[]])[] = [];
  if (wish.flags.includes('Users')) parts.push(['User Records', await userPages(wish, view, idOf)]);
  if (wish.flags.includes('Assoc')) {
    parts.push(['Association Records', await associationPages(wish, view, idOf)]);
  }
  if (wish.flags.includes('QOS')) parts.push(['QOS Records', qosPages(wish, view)]);
  const gap = isOneLine ? [] : [''];
  const lines = parts.flatMap(([head, pages]) => [
    ...gap,
    head,
    ...gap,
    ...pages.flatMap((page) => (isOneLine ? [oneLine(page)] : page)),
  ]);
  const out = ['Current Association Manager state', ...lines].map((line) => `${printable(line)}\n`).join('');
  return { out, err: '', exitCode: 0 };
}

/** What is set in deeper than the rest belongs to the line above it. */
function oneLine(page: Page): string {
  return page.map((line) => line.replace(/^ {8}/, '=').replace(/^ {4}/, ' ')).join('');
}

/** Slurm's number for a user whom the machine does not know. */
const unknownUid = 2 ** 32 - 2;

type NameId = (user: string) => Promise<string>;

/** By their names; the first account that has a user is his default. */
async function userPages(
  { users }: AssociationsWish,
  { cluster }: ClusterView,
  idOf: NameId,
): Promise<readonly Page[]> {
  const config = configOf(cluster);
  const defaults = new Map<string, string>();
  for (const { name, users: own } of accountsOf(config)) {
    for (const user of own) if (!defaults.has(user)) defaults.set(user, name);
  }
  const shown = [...defaults].filter(([user]) => users === undefined || users.includes(user));
  return Promise.all(
    shown
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(async ([user, account]) => {
        const isAdmin = user === 'root' || config.admins?.includes(user) === true;
        const level = isAdmin ? 'Administrator' : 'None';
        return [`UserName=${await idOf(user)} DefAccount=${account} DefWckey= AdminLevel=${level}`];
      }),
  );
}

async function associationPages(
  { accounts, users }: AssociationsWish,
  { cluster, clusterName }: ClusterView,
  idOf: NameId,
): Promise<readonly Page[]> {
  const config = configOf(cluster);
  const places = placesIn(config);
  const all = associationsOf(config).map((one, index) => ({ ...one, id: index + 1 }));
  const rootId = all.find(({ account, user }) => account === 'root' && user === undefined)?.id;
  const firstOf = new Map<string, string>();
  for (const { account, user } of all) {
    if (user !== undefined && !firstOf.has(user)) firstOf.set(user, account);
  }
  const shown = all.filter(
    ({ account, user }) =>
      (accounts === undefined || accounts.includes(account)) &&
      (users === undefined || user === undefined || users.includes(user)),
  );
  return Promise.all(
    shown.map(async ({ account, user, id }) => {
      const who = user === undefined ? '' : await idOf(user);
      const parent = user === undefined && account !== 'root' ? `root(${rootId})` : '';
      const isDefault = user !== undefined && firstOf.get(user) === account;
      const place = places.get(`${account}/${user ?? ''}`) ?? 0;
      return [
        `ClusterName=${clusterName} Account=${account} UserName=${who} Partition= Priority=0 ID=${id}`,
        '    SharesRaw/Norm/Level/Factor=1/18446744073709551616.00/1/0.00',
        '    UsageRaw/Norm/Efctv=0.00/1.00/0.00',
        `    ParentAccount=${parent} Lft=${place} DefAssoc=${isDefault ? 'Yes' : 'No'}`,
        '    GrpJobs=N(0) GrpJobsAccrue=N(0)',
        '    GrpSubmitJobs=N(0) GrpWall=N(0.00)',
        ...groupLimits(cluster.nodes.values()),
        '    MaxJobs= MaxJobsAccrue= MaxSubmitJobs= MaxWallPJ=',
        ...['MaxTRESPJ', 'MaxTRESPN', 'MaxTRESMinsPJ', 'MinPrioThresh'].map((key) => `    ${key}=`),
      ];
    }),
  );
}

/** Slurm's numbers of a tree in which whatever was made last stands first. */
function placesIn(declared: Parameters<typeof accountsOf>[0]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  let next = 1;
  const take = (key: string): void => {
    places.set(key, next);
    next += 1;
  };
  const users = (account: string, names: readonly string[]): void => {
    for (const user of [...names].reverse()) {
      take(`${account}/${user}`);
      next += 1;
    }
  };
  const all = accountsOf(declared);
  take('root/');
  for (const { name, users: own } of all.filter((one) => one.name !== 'root').reverse()) {
    take(`${name}/`);
    users(name, own);
    next += 1;
  }
  users('root', all.find(({ name }) => name === 'root')?.users ?? []);
  return places;
}

function qosPages({ qos }: AssociationsWish, { cluster }: ClusterView): readonly Page[] {
  if (qos !== undefined && !qos.includes('normal')) return [];
  return [
    [
      'QOS=normal(1)',
      '    UsageRaw=0.000000',
      '    GrpJobs=N(0) GrpJobsAccrue=N(0) GrpSubmitJobs=N(0) GrpWall=N(0.00)',
      ...groupLimits(cluster.nodes.values()),
      ...['MaxWallPJ', 'MaxTRESPJ', 'MaxTRESPN', 'MaxTRESMinsPJ'].map((key) => `    ${key}=`),
      // With the blank that Slurm leaves behind it.
      '    MinPrioThresh= ',
      '    MinTRESPJ=',
      '    PreemptMode=OFF',
      '    Priority=0',
      '    Account Limits',
      '        No Accounts',
      '    User Limits',
      '        No Users',
    ],
  ];
}

function groupLimits(nodes: Parameters<typeof tresNames>[0]): readonly string[] {
  const { plain, gres } = tresNames(nodes);
  const none = [...plain, ...gres].map((name) => `${name}=N(0)`).join(',');
  return ['GrpTRES', 'GrpTRESMins', 'GrpTRESRunMins'].map((key) => `    ${key}=${none}`);
}
