// A machine on which nothing is configured: the cluster and its daemon come by themselves.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, type Ended, makeCluster, until } from './tools/cluster.ts';
import { isAlive, killProcess, markedProcesses } from './tools/proc.ts';

const submitters = 12;

let cluster: Cluster;
/** Where everything of the embedded cluster lies: its spool, and the log of its daemon. */
let home = '';

before(async () => {
  cluster = await makeCluster();
});
after(async () => {
  await bare('mgpu', 'stop');
  if (home !== '') for (const { pid } of markedProcesses(clusterId())) killProcess(pid);
  await cluster.close();
});

/** Runs a command without any configuration. */
function bare(command: string, ...args: string[]): Promise<Ended> {
  return cluster.runWith({ environment: { MGPU_SPOOL: '' } }, command, ...args);
}

async function output(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await bare(command, ...args);
  assert.equal(code, 0, `${command} ${args.join(' ')}: ${stderr}\n${daemonLog()}`);
  return stdout.trim();
}

function daemonLog(): string {
  const path = join(home, 'mgpud.log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function clusterId(): string {
  return JSON.parse(readFileSync(join(home, 'spool/spool.json'), 'utf8')).clusterId;
}

function registrations(): number {
  return daemonLog().split('"registered"').length - 1;
}

test('the first commands, all at once, make one spool and one daemon, and no job gets lost', async () => {
  const ids = await Promise.all(
    Array.from({ length: submitters }, () =>
      bare('mgpu_sbatch', '--parsable', '--wait', '-o', '/dev/null', '--wrap', 'true'),
    ),
  );
  const state = join(cluster.folder, '.local/state/mgpu');
  home = join(state, readdirSync(state)[0] ?? '');
  for (const { code, stderr } of ids) assert.equal(code, 0, `${stderr}\n${daemonLog()}`);
  const distinct = new Set(ids.map(({ stdout }) => stdout.trim()));
  assert.deepEqual(
    [...distinct].map(Number).sort((a, b) => a - b),
    Array.from({ length: submitters }, (_, index) => index + 1),
  );
  assert.equal(registrations(), 1, daemonLog());
  assert.equal(
    await output('mgpu_squeue', '-h', '-t', 'CD', '-o', '%T'),
    Array(submitters).fill('COMPLETED').join('\n'),
  );
});

test('mgpu stop leaves jobs running, and the next daemon that is wanted finds them', async () => {
  const pidFile = join(cluster.work, 'pid');
  const id = await output(
    'mgpu_sbatch',
    '--parsable',
    '-J',
    'long',
    '--wrap',
    `echo $$ > ${pidFile}; exec sleep 600`,
  );
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').trim() !== '', {
    what: 'the job starts',
  });
  const pid = Number(readFileSync(pidFile, 'utf8'));
  assert.match(
    await output('mgpu', 'stop'),
    new RegExp(`^Stopped mgpud.*\nStill running.*: ${id} \\(long\\)$`),
  );
  assert.equal(await output('mgpu', 'stop'), 'No daemon was running here');
  assert.equal(isAlive(pid), true);
  assert.equal(await output('mgpu_squeue', '-h', '-o', '%T'), 'RUNNING');
  const before = registrations();
  assert.equal(await output('mgpu_sinfo', '-h', '-o', '%D'), '1');
  // The command waits until the daemon has its folder, not until it has registered.
  await until(() => registrations() > before, { what: 'a daemon registers', explain: daemonLog });
  assert.equal(registrations(), before + 1);
  await output('mgpu_scancel', id);
  await until(() => !isAlive(pid), { what: 'the job ends', explain: daemonLog });
});

test('a daemon that was killed is started again by the next submission', async () => {
  const daemons = readdirSync(join(cluster.folder, 'local', clusterId()));
  const [node = ''] = daemons;
  const { pid } = JSON.parse(
    readFileSync(join(cluster.folder, 'local', clusterId(), node, 'daemon.json'), 'utf8'),
  );
  killProcess(pid);
  await until(() => !isAlive(pid), { what: 'the daemon is gone' });
  assert.equal((await bare('mgpu_sbatch', '-W', '-o', '/dev/null', '--wrap', 'exit 3')).code, 3);
});

test("the user's configuration names another cluster", async () => {
  const folder = join(cluster.folder, '.config/mgpu');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), `spool: ${cluster.spool}\n`);
  const { code } = await bare('mgpu_sbatch', '-H', '--wrap', 'true');
  assert.equal(code, 0);
  assert.equal(await output('mgpu_squeue', '-h', '-o', '%i'), '1');
  writeFileSync(join(folder, 'config.yaml'), 'spol: x\n');
  const { code: bad, stderr } = await bare('mgpu_squeue');
  assert.equal(bad, 1);
  assert.match(
    stderr,
    /^squeue: error: .*config\.yaml: unknown setting: spol\nsqueue: settings that may stand there: spool\n$/,
  );
  writeFileSync(join(folder, 'config.yaml'), '');
});
