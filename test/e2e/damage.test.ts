// A spool that was damaged or cannot be read: everybody stops, says which file it is, and writes nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeCommit } from '../../src/store/codec.ts';
import { seqName } from '../../src/store/layout.ts';
import { type Cluster, root, runProcess, withCluster } from './tools/cluster.ts';
import { markedProcesses } from './tools/proc.ts';

const isRoot = process.getuid?.() === 0;
const stranger = 65_534;

/** Every file of the spool with what is in it, but for what commands write before they look at the log. */
function contentOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`);
}

/** Daemon and commands end with code 1 and say this; the spool is as it was. */
async function assertAllStop(cluster: Cluster, said: RegExp): Promise<void> {
  const before = contentOf(cluster.spool);
  const daemon = cluster.start();
  assert.equal(await daemon.over(), 1);
  assert.match(daemon.log(), said);
  for (const words of [
    ['mgpu_squeue'],
    ['mgpu_sbatch', '--wrap', 'true'],
    ['mgpu_sinfo'],
    ['mgpu_scancel', '1'],
  ]) {
    const [command = '', ...args] = words;
    const ended = await cluster.run(command, ...args);
    assert.equal(ended.code, 1, `${command}: ${JSON.stringify(ended)}`);
    assert.match(ended.stderr, said, command);
    assert.equal(ended.stdout, '', command);
  }
  assert.deepEqual(contentOf(cluster.spool), before);
}

/** A cluster in which a daemon has registered and run a job, and has ended. */
async function used(cluster: Cluster): Promise<void> {
  const daemon = await cluster.daemon();
  await cluster.client.ended(await cluster.client.submit({ script: 'true' }));
  assert.equal(await daemon.stop(), 0);
}

function logFile(cluster: Cluster, seq: number): string {
  return join(cluster.spool, 'log', seqName(seq));
}

const damages: readonly (readonly [string, (path: string, bytes: Buffer) => void])[] = [
  [
    'a changed byte',
    (path, bytes) => {
      const at = bytes.indexOf('"time"') + 8;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
  ],
  ['a cut', (path, bytes) => writeFileSync(path, bytes.subarray(0, bytes.length - 20))],
  ['no content', (path) => writeFileSync(path, '')],
  ['another entry’s content', (path) => replaceBy(path, path.replace('2.json', '1.json'))],
];

for (const [what, damage] of damages) {
  test(`an entry of the log with ${what}`, () =>
    withCluster(async (cluster) => {
      await used(cluster);
      const path = logFile(cluster, 2);
      damage(path, readFileSync(path));
      await assertAllStop(cluster, /log\/000000000002\.json: /);
    }));
}

test('an entry of the log is missing', () =>
  withCluster(async (cluster) => {
    await used(cluster);
    renameSync(logFile(cluster, 2), join(cluster.folder, 'entry'));
    await assertAllStop(cluster, /log\/000000000002\.json: the entry is missing/);
  }));

test('an entry of the log, a checkpoint or spool.json that is no file at all', () =>
  withCluster(async (cluster) => {
    await used(cluster);
    const checkpoint = join(cluster.spool, 'checkpoints', seqName(2));
    const places = [logFile(cluster, 2), checkpoint, join(cluster.spool, 'spool.json')];
    for (const path of places) {
      const kept = existsSync(path) ? readFileSync(path) : undefined;
      for (const make of ['mkdir "$0"', 'mkfifo "$0"', 'ln -s /dev/zero "$0"', 'ln -s "$0" "$0"']) {
        rmSync(path, { force: true });
        execFileSync('sh', ['-c', make, path]);
        await assertAllStop(cluster, /(000000000002|spool)\.json: is not a regular file/);
        rmSync(path, { recursive: true });
      }
      if (kept !== undefined) writeFileSync(path, kept);
    }
  }));

test('the log folder is missing', () =>
  withCluster(async (cluster) => {
    await used(cluster);
    rmSync(join(cluster.spool, 'log'), { recursive: true });
    await assertAllStop(cluster, /spool\/log: the folder is missing/);
  }));

test('an entry of a newer format, and a whole spool of one', () =>
  withCluster(async (cluster) => {
    await used(cluster);
    const { store } = cluster.client;
    const seq = (await cluster.client.committed()).seq + 1;
    const head = { seq, time: store.clock.now(), writer: 'newer', nonce: store.ids.next(), format: 99 };
    writeFileSync(logFile(cluster, seq), encodeCommit(head, []));
    await assertAllStop(cluster, new RegExp(`${seqName(seq)}: its format 99 is newer`));
    const spoolFile = join(cluster.spool, 'spool.json');
    writeFileSync(spoolFile, JSON.stringify({ ...store.spool, format: 99 }));
    await assertAllStop(cluster, /spool\.json: its format 99 is newer than this program knows/);
    writeFileSync(spoolFile, '{"mgpu":"spool"');
    await assertAllStop(cluster, /spool\.json: it is no JSON/);
    rmSync(spoolFile);
    await assertAllStop(cluster, /no spool here/);
  }));

test('damage while a daemon runs: it ends and its job runs on', () =>
  withCluster(async (cluster) => {
    const daemon = await cluster.daemon();
    const id = await cluster.client.submit({ script: 'echo $$ > up; sleep 1000' });
    await cluster.client.reached(id, 'RUNNING');
    const seq = (await cluster.client.committed()).seq + 1;
    writeFileSync(logFile(cluster, seq), 'not an entry\n');
    assert.equal(await daemon.over(), 1);
    assert.match(daemon.log(), new RegExp(`${seqName(seq)}: `));
    assert.ok(markedProcesses(cluster.client.store.spool.clusterId, id).length > 0);
    rmSync(logFile(cluster, seq));
    await cluster.daemon();
    await cluster.client.cancel(id);
    assert.equal((await cluster.client.ended(id)).endState, 'CANCELLED');
  }));

test('the locks’ folder goes while a daemon runs: it goes on', () =>
  withCluster(async (cluster) => {
    const daemon = await cluster.daemon();
    await cluster.client.ended(await cluster.client.submit({ script: 'true' }));
    rmSync(join(cluster.spool, 'locks'), { recursive: true });
    await cluster.client.ended(await cluster.client.submit({ script: 'true' }));
    assert.equal(await daemon.stop(), 0);
  }));

test('the nodes’ folder goes while a daemon runs: it goes on', () =>
  withCluster(async (cluster) => {
    const daemon = await cluster.daemon({ arguments: ['--poll', '50'] });
    rmSync(join(cluster.spool, 'nodes'), { recursive: true });
    await cluster.client.ended(await cluster.client.submit({ script: 'true' }));
    assert.equal(await daemon.stop(), 0);
  }));

test('settings that cannot be end the daemon at its start', () =>
  withCluster(
    async (cluster) => {
      const daemon = cluster.start();
      assert.equal(await daemon.over(), 1);
      assert.match(daemon.log(), /cluster\.yaml:1:10: unknown setting: jobs: kil_wait/);
    },
    { settings: { jobs: { kil_wait: 5 } } },
  ));

if (isRoot) {
  test('a spool that the user may not read', () =>
    withCluster(async (cluster) => {
      await used(cluster);
      chmodSync(cluster.folder, 0o755);
      chmodSync(cluster.spool, 0o700);
      const environment = { ...cluster.environment, HOME: '/nonexistent' };
      const rights = [`--reuid=${stranger}`, `--regid=${stranger}`, '--clear-groups'];
      for (const words of [['mgpu_squeue'], ['mgpu_sbatch', '--wrap', 'true'], ['mgpud', '--gpus', '1']]) {
        const [command = '', ...args] = words;
        const program = ['setpriv', ...rights, process.execPath, join(root, 'bin', command)];
        const ended = await runProcess([...program, ...args], { environment, workDir: '/' });
        assert.equal(ended.code, 1, `${command}: ${JSON.stringify(ended)}`);
        assert.match(ended.stderr, /spool\/spool\.json: .*permission denied/, command);
      }
      assert.equal(statSync(cluster.spool).mode & 0o777, 0o700);
    }));
}

function replaceBy(path: string, other: string): void {
  writeFileSync(path, readFileSync(other));
}
