import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';

/** Who runs this process. A number without a name is named by itself. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  readonly groupName: string;
  /** The home folder; undefined when the system knows none. */
  readonly home: string | undefined;
}

/** The account whose rights this process has. */
export async function currentAccount(): Promise<Account> {
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  const own = ownEntry(uid);
  return {
    uid,
    gid,
    userName: own?.name ?? (await nameOf('passwd', uid)),
    groupName: await nameOf('group', gid),
    home: own?.home,
  };
}

/** The name of a user id; the id itself when nobody has it. */
export function userNameOf(uid: number): Promise<string> {
  return nameOf('passwd', uid);
}

/** The number of a user; undefined where this machine knows no such user. */
export async function uidOf(name: string): Promise<number | undefined> {
  if (/^\d+$/.test(name)) return Number(name);
  if (name === '' || name.startsWith('-')) return undefined;
  const table = readIfThere('/etc/passwd');
  return idInTable(table, name) ?? idInTable(await askDirectory('passwd', name), name);
}

/** The names of the groups of this process. */
export async function ownGroups(): Promise<readonly string[]> {
  const gids = new Set([process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])]);
  return Promise.all([...gids].map((gid) => nameOf('group', gid)));
}

/** What the system calls this machine. */
export interface HostNames {
  /** Up to the first dot. */
  readonly short: string;
  /** With its domain, where this machine knows it without asking a name server. */
  readonly full: string;
}

export function hostNames(): HostNames {
  return hostNamesOf(hostname(), readIfThere('/etc/hosts'));
}

/** From the machine's own name and its table of hosts, where a line gives a host's full name first. */
export function hostNamesOf(name: string, hostsTable: string): HostNames {
  const short = name.split('.')[0] || 'localhost';
  if (name.includes('.')) return { short, full: name };
  const names = hostsTable
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
    .find((line) => line.includes(short));
  return { short, full: names?.find((each) => each.startsWith(`${short}.`)) ?? short };
}

/** The name for a number in a table such as /etc/group; undefined when it has none. */
export function nameInTable(table: string, id: number): string | undefined {
  for (const line of table.split('\n')) {
    const [name, , number] = line.split(':');
    if (number === String(id) && name) return name;
  }
  return undefined;
}

/** The shell of whoever runs this process; undefined when the system knows none. */
export function loginShell(): string | undefined {
  try {
    return userInfo().shell ?? undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SYSTEM_ERROR') return undefined;
    throw error;
  }
}

/** The number for a name in a table such as /etc/passwd; undefined when it has none. */
function idInTable(table: string, name: string): number | undefined {
  for (const line of table.split('\n')) {
    const [own, , id = ''] = line.split(':');
    if (own === name && /^\d+$/.test(id)) return Number(id);
  }
  return undefined;
}

function ownEntry(uid: number): { readonly name: string; readonly home: string } | undefined {
  try {
    const { username, homedir, uid: realUid } = userInfo();
    return realUid === uid ? { name: username, home: homedir } : undefined;
  } catch (error) {
    // The uid has no entry, as in many containers.
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SYSTEM_ERROR') return undefined;
    throw error;
  }
}

async function nameOf(database: 'passwd' | 'group', id: number): Promise<string> {
  return (
    nameInTable(readIfThere(`/etc/${database}`), id) ??
    nameInTable(await askDirectory(database, String(id)), id) ??
    String(id)
  );
}

/** How long a directory service may take to tell a name, in ms. */
const directoryTimeoutMs = 2000;

/** Asks what the system is set up to ask (LDAP and its like), by the tool made for it. */
async function askDirectory(database: 'passwd' | 'group', key: string): Promise<string> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    // Whether the tool is missing, slow, or knows nothing: there is no answer, and nobody needs one.
    execFile('getent', [database, key], { timeout: directoryTimeoutMs }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
      return '';
    throw error;
  }
}
