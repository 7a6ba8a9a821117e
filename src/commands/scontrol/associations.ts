import { printable } from '../../base/text.ts';
import { accountsOf } from '../../model/accounts.ts';
import { configOf } from '../../model/cluster.ts';
import type { ClusterView } from '../../services/view.ts';
import { type Failed, failed } from '../../tables/row.ts';
import type { Answer } from './show.ts';
import { type Setting, settingOf, tagNamed } from './words.ts';

/* `show assoc_mgr`: who may use the cluster, as Slurm's controller knows it. */

/** Which users are asked for; missing: all. */
export interface UsersWish {
  readonly users?: readonly string[];
}

const keys = ['accounts', 'flags', 'qos', 'users'] as const;
const flagNames = ['Assoc', 'QOS', 'Users'] as const;

/** Reads what stands behind `assoc_mgr` (as a Slurm 22.05.8 was asked). */
export function readAssociations(words: readonly string[]): UsersWish | Failed {
  let flags: readonly string[] = flagNames;
  let users: readonly string[] | undefined;
  for (const word of words) {
    const setting = settingOf(word);
    const key = setting === undefined ? undefined : tagNamed(setting.tag, keys);
    if (setting === undefined || key === undefined) {
      return failed(1, `invalid entity: ${word} for keyword:show assoc_mgr`);
    }
    if (key === 'users') users = listOf(setting);
    if (key !== 'flags') continue;
    const wrong = listOf(setting).find((one) => flagNamed(one) === undefined);
    if (wrong !== undefined) {
      return failed(0, `invalid flag '${wrong}', valid options are 'Assoc, QOS, and/or Users'`);
    }
    flags = listOf(setting).flatMap((one) => flagNamed(one) ?? []);
  }
  if (flags.some((flag) => flag !== 'Users')) {
    const what = 'show assoc_mgr of associations and QOS is not supported by this release';
    return failed(1, `scontrol: error: ${what}: use flags=users, or sacctmgr show`);
  }
  return users === undefined ? {} : { users };
}

function listOf({ value }: Setting): readonly string[] {
  return value.split(',').filter((one) => one !== '');
}

function flagNamed(text: string): (typeof flagNames)[number] | undefined {
  return flagNames.find((name) => name.toLowerCase().startsWith(text.toLowerCase()));
}

/** Slurm's number for a user whom the machine does not know. */
const unknownUid = 2 ** 32 - 2;

/** The users of the accounts by their names; the first account that has one is his default. */
export async function showUsers(
  { users }: UsersWish,
  { cluster }: ClusterView,
  uidOf: (name: string) => Promise<number | undefined>,
): Promise<Answer> {
  const config = configOf(cluster);
  const defaults = new Map<string, string>();
  for (const { name, users: own } of accountsOf(config)) {
    for (const user of own) if (!defaults.has(user)) defaults.set(user, name);
  }
  const shown = [...defaults].filter(([user]) => users === undefined || users.includes(user));
  const lines = ['Current Association Manager state', '', 'User Records', ''];
  for (const [user, account] of shown.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const isAdmin = user === 'root' || config.admins?.includes(user) === true;
    const who = `UserName=${user}(${(await uidOf(user)) ?? unknownUid})`;
    lines.push(`${who} DefAccount=${account} DefWckey= AdminLevel=${isAdmin ? 'Administrator' : 'None'}`);
  }
  return { out: lines.map((line) => `${printable(line)}\n`).join(''), err: '', exitCode: 0 };
}
