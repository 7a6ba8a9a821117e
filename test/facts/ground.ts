import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from '../e2e/tools/wait.ts';
import { captured, helpers, helpersPath, otherUsers } from './captured.ts';

/*
 * Where a cluster stands. A contained one has the captured machine's host name, users and home, and its own
 * /tmp and processes: nothing has to be renamed in what is printed, so that columns keep their widths, and
 * all of it is gone when it is closed. That takes root and namespaces. A plain one stands on the machine as
 * it is, and names are put back afterwards.
 */

export type Who = 'owner' | 'root' | 'bob';

export interface Ground {
  /** Where a path of the ground is seen from outside. */
  outside(path: string): string;
  /** What starts a command line there, as somebody. */
  words(who: Who): readonly string[];
  readonly places: Places;
  /** In plain text: what stands here for the captured names, the longest first. */
  readonly names: readonly (readonly [string, string])[];
  close(): Promise<void>;
}

/** As commands on the ground see them. */
export interface Places {
  readonly checkout: string;
  readonly home: string;
  /** For the spool, the daemons' folders and their logs. */
  readonly run: string;
  readonly helpers: string;
  /** A folder to add to PATH for node. */
  readonly node: string;
}

/** Why no contained ground can be made here, or undefined. */
export function whyPlain(): string | undefined {
  if (process.getuid?.() !== 0) return 'that takes root';
  const words = [...namespaces, 'mount', '-t', 'tmpfs', 'mgpu-facts', '/mnt'];
  const tried = spawnSync('unshare', words, { encoding: 'utf8' });
  return tried.status === 0 ? undefined : `no namespace: ${tried.error?.message ?? tried.stderr.trim()}`;
}

const namespaces = ['--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'];

const places: Places = {
  checkout: '/srv/mgpu',
  home: captured.home,
  run: '/srv/run',
  helpers: helpersPath,
  node: '/srv/node',
};

const slurmNames =
  'sacct sacctmgr salloc sattach sbatch sbcast scancel scontrol sdiag sinfo sprio squeue srun sshare sstat';

/** Bash runs it as the first process of the namespaces and reads on: it reaps who loses its parent. */
const containment = `
set -e
echo ${captured.host} > /proc/sys/kernel/hostname
mount --bind "$BASE/passwd" /etc/passwd
mount --bind "$BASE/group" /etc/group
mount --bind "$CHECKOUT" "$BASE/mgpu"
mount --bind "$NODE" "$BASE/node"
mount -t tmpfs -o mode=755 mgpu-facts /srv
mkdir -p /srv/mgpu /srv/node /srv/run ${dirname(helpersPath)}
cp "$BASE/wr.sh" ${helpersPath}
chown ${captured.uid}:${captured.uid} /srv/run
mount --bind "$BASE/mgpu" /srv/mgpu
mount --bind "$BASE/node" /srv/node
mount -t tmpfs -o mode=755 mgpu-facts /home
for user in ${[captured.user, ...Object.keys(otherUsers)].join(' ')}; do
  mkdir /home/$user
  chown $user: /home/$user
done
for name in ${slurmNames}; do
  # A command that ours lack must not be taken from a Slurm that the machine has.
  ! [ -e /usr/bin/$name ] || mount --bind /dev/null /usr/bin/$name
done
mount -t tmpfs -o mode=1777 mgpu-facts /tmp
mount -t tmpfs -o mode=1777 mgpu-facts /var/tmp
echo ready
while read -r line; do :; done
`;

export async function containedGround(checkout: string): Promise<Ground> {
  const base = mkdtempSync(join(tmpdir(), 'mgpu-facts-'));
  for (const name of ['mgpu', 'node']) mkdirSync(join(base, name));
  writeFileSync(join(base, 'wr.sh'), helpers);
  const users = { [captured.user]: captured.uid, ...otherUsers };
  for (const file of ['passwd', 'group'] as const) writeFileSync(join(base, file), accounts(file, users));
  const holder = spawn('unshare', [...namespaces, 'bash', '-c', containment], {
    env: { ...process.env, BASE: base, CHECKOUT: checkout, NODE: dirname(process.execPath) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const pid = await firstProcess(holder);
  return {
    places,
    names: [],
    outside: (path) => `/proc/${pid}/root${path}`,
    words(who) {
      const enter = ['nsenter', '--target', String(pid), '--mount', '--uts', '--pid', '--'];
      const uid = who === 'root' ? undefined : who === 'bob' ? otherUsers['bob'] : captured.uid;
      return uid === undefined ? enter : [...enter, ...asUser(uid)];
    },
    async close() {
      holder.kill('SIGKILL');
      await until(() => holder.signalCode !== null || holder.exitCode !== null, { what: 'a ground closes' });
      rmSync(base, { recursive: true, force: true });
    },
  };
}

function asUser(uid: number): readonly string[] {
  return ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
}

/** The machine's accounts with the captured users in place of any that have their names or numbers. */
function accounts(file: 'passwd' | 'group', users: Readonly<Record<string, number>>): string {
  const taken = new Set([...Object.keys(users), ...Object.values(users).map(String)]);
  const others = readFileSync(`/etc/${file}`, 'utf8')
    .split('\n')
    .filter((line) => {
      const [name = '', , id = ''] = line.split(':');
      return name !== '' && !taken.has(name) && !taken.has(id);
    });
  const own = Object.entries(users).map(([name, id]) =>
    file === 'passwd' ? `${name}:x:${id}:${id}::/home/${name}:/bin/bash` : `${name}:x:${id}:`,
  );
  return `${[...others, ...own].join('\n')}\n`;
}

/** Waits until the ground is laid; gives the pid of its first process as seen from here. */
async function firstProcess(holder: ChildProcess): Promise<number> {
  let said = '';
  holder.stdout?.on('data', (bytes) => {
    said += String(bytes);
  });
  await until(() => said.includes('ready') || holder.exitCode !== null, { what: 'a ground is laid' });
  if (holder.exitCode !== null) throw new Error(`unshare: no ground: exit ${holder.exitCode}`);
  const children = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8');
  return Number(children.trim());
}

export async function plainGround(checkout: string): Promise<Ground> {
  const base = mkdtempSync(join(tmpdir(), 'mgpu-facts-'));
  chmodSync(base, 0o755);
  const isRoot = process.getuid?.() === 0;
  const [home, run] = [join(base, 'home'), join(base, 'run')];
  for (const folder of [home, run]) {
    mkdirSync(folder);
    if (isRoot) chownSync(folder, captured.uid, captured.uid);
  }
  if (isRoot) makeUser(home);
  writeFileSync(join(base, 'wr.sh'), helpers);
  const self = isRoot ? { username: captured.user, uid: captured.uid, gid: captured.uid } : userInfo();
  const names: readonly (readonly [string, string])[] = [
    [home, captured.home],
    [hostname(), captured.host],
    [`${self.username}(${self.uid})`, `${captured.user}(${captured.uid})`],
    [`${self.username}(${self.gid})`, `${captured.user}(${captured.uid})`],
    [self.username, captured.user],
    [String(self.uid), String(captured.uid)],
  ];
  return {
    places: { checkout, home, run, helpers: join(base, 'wr.sh'), node: dirname(process.execPath) },
    names: names.filter(([here, there]) => here !== there),
    outside: (path) => path,
    words: (who) => (isRoot && who !== 'root' ? asUser(captured.uid) : []),
    async close() {
      rmSync(base, { recursive: true, force: true });
    },
  };
}

function makeUser(home: string): void {
  const isThere = spawnSync('getent', ['passwd', captured.user]).status === 0;
  if (isThere) return;
  execFileSync('useradd', ['-u', String(captured.uid), '-M', '-d', home, '-s', '/bin/bash', captured.user]);
}
