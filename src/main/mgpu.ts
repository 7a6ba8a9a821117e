import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { MgpuError } from '../base/error.ts';
import { printable } from '../base/text.ts';
import type { CommandIo } from '../commands/io.ts';
import { mgpuProgram } from '../commands/mgpu/options.ts';
import { type InitReport, type MgpuAsk, type MgpuDeps, run } from '../commands/mgpu/run.ts';
import { isNodeName } from '../model/ids.ts';
import { restoreBackup, takeBackup } from '../services/backup.ts';
import { type DoctorPorts, examine } from '../services/doctor.ts';
import { readDaemon } from '../services/embedded.ts';
import { type FsckPorts, fsck } from '../services/fsck.ts';
import type { LogsWish } from '../services/logs.ts';
import { type RepairPorts, type RepairWish, repair } from '../services/repair.ts';
import { jobsOn, stopDaemon } from '../services/stop.ts';
import { upgrade } from '../services/upgrade.ts';
import { why } from '../services/why.ts';
import { layoutOf, spoolFolders } from '../store/layout.ts';
import { initSpool, refuseOthers, type Store } from '../store/spool.ts';
import { fault } from '../system/files/fault.ts';
import { asyncFiles } from '../system/files.ts';
import { readAdmin, textOf } from './wire/admin.ts';
import { ownLocalDir, ownUid } from './wire/embedded.ts';
import { locate, openSession, openStore, storePorts } from './wire/session.ts';
import { runCommand } from './wire.ts';

/** Where the bundle lies: dist/, beside bin/ and completions/. */
declare const __dirname: string;

const clusterNameDefault = 'mgpu';

/** `mgpu`: setting up a cluster and looking after it. */
export function main(calledAs: string): Promise<void> {
  return runCommand({ name: 'mgpu', calledAs, failureExitCode }, async (argv, io) => {
    const reading = await readAdmin(mgpuProgram, calledAs, argv);
    if ('shown' in reading) {
      io.out(reading.shown);
      return 0;
    }
    return run(askOf(reading), io, depsOf(io));
  });
}

/** As fsck(8) tells what could not be checked from what is not sound. */
function failureExitCode(argv: readonly string[]): number {
  return argv.includes('fsck') ? 2 : 1;
}

function askOf({
  command,
  words,
}: {
  readonly command: string;
  readonly words: Readonly<Record<string, unknown>>;
}): MgpuAsk {
  const spool = textOf(words, 'spool');
  if (command === 'doctor') return { command, spool, pair: words['pair'] === true };
  if (command === 'stop' || command === 'upgrade') return { command, spool };
  if (command === 'fsck') return { command, spool, repair: repairWish(words) };
  if (command === 'completion') {
    return { command, shell: operandOf(words, 'shell'), slurmNames: words['slurm-names'] === true };
  }
  if (command === 'logs') return { command, spool, wish: logsWish(words) };
  if (command === 'why') return { command, spool, job: operandOf(words, 'job') };
  if (command === 'backup') return { command, spool, to: operandOf(words, 'to') };
  if (spool !== undefined)
    throw new MgpuError('USAGE', `${command}: the directory is an operand, not --spool`);
  const dir = operandOf(words, 'dir');
  if (command === 'restore') return { command, from: operandOf(words, 'from'), dir };
  const name = textOf(words, 'name') ?? clusterNameDefault;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(name)) {
    throw new MgpuError('USAGE', `--name: ${name}: expected letters, digits, dots and dashes`);
  }
  return { command: 'init', dir, name, durable: words['no-fsync'] !== true };
}

function operandOf(words: Readonly<Record<string, unknown>>, name: string): string {
  const value = textOf(words, name);
  if (value === undefined) throw new MgpuError('USAGE', 'the directory is missing');
  return value;
}

function logsWish(words: Readonly<Record<string, unknown>>): LogsWish {
  const lines = words['lines'];
  const isCount = typeof lines === 'number' && Number.isSafeInteger(lines) && lines >= 0;
  if (lines !== undefined && !isCount) throw new MgpuError('USAGE', '--lines: expected a number of lines');
  return {
    job: operandOf(words, 'job'),
    isError: words['error'] === true,
    follows: words['follow'] === true,
    ...(isCount && { lines }),
  };
}

function repairWish(words: Readonly<Record<string, unknown>>): RepairWish | 'no' {
  const isForced = words['force'] === true;
  const named = textOf(words, 'ended');
  const ended = named === undefined ? [] : named.split(',');
  for (const name of ended)
    if (!isNodeName(name)) throw new MgpuError('USAGE', `--ended: ${name}: expected names of nodes`);
  if (words['repair'] === true) return { isForced, ended };
  if (isForced) throw new MgpuError('USAGE', 'fsck: --force goes with --repair');
  if (named !== undefined) throw new MgpuError('USAGE', 'fsck: --ended goes with --repair');
  return 'no';
}

function depsOf(io: CommandIo): MgpuDeps {
  return {
    init: (dir, { name, durable }) => init(resolve(io.workDir, dir), { clusterName: name, durable }),
    async backup(spool, to) {
      const path = resolve(io.workDir, to);
      const store = { ...(await openOwn(io, spool)), files: asyncFiles() };
      return { ...(await takeBackup(store, path, ownUid())), path };
    },
    async restore(from, dir) {
      const path = resolve(io.workDir, dir);
      const options = { root: path, uid: ownUid() };
      const ports = { ...storePorts(), files: asyncFiles() };
      return { ...(await restoreBackup(ports, resolve(io.workDir, from), options)), path };
    },
    completer: join(__dirname, '..', 'bin', 'mgpu_complete'),
    completionFile: async (shell) => {
      const name = shell === 'zsh' ? '_mgpu' : `mgpu.${shell}`;
      return readFileSync(join(__dirname, '..', 'completions', name), 'utf8');
    },
    async *examine(spool, options) {
      yield* examine(await doctorPorts(io, spool), options);
    },
    async fsck(spool) {
      return fsck(await openOwn(io, spool), fsckPorts(await parser()));
    },
    async repair(spool, wish) {
      const store = await openOwn(io, spool);
      return repair(store, await repairPorts(io, store), wish);
    },
    async stop(spool) {
      const session = await openSession(io, { spool, startsDaemon: false });
      const { systemProcesses } = await import('../system/processes.ts');
      const { files, clock } = session.store;
      const report = await stopDaemon(
        { files, clock, processes: systemProcesses() },
        ownLocalDir(io, session.store),
        ownUid(),
      );
      const jobs = report.daemon === undefined ? [] : await jobsOn(session, report.daemon.node);
      return { ...report, jobs };
    },
    async upgrade(spool) {
      return upgrade(await openOwn(io, spool));
    },
    async logs(spool, wish) {
      const { logs, srunBeside } = await import('./wire/logs.ts');
      return logs(io, { spool, wish, srun: srunBeside(__dirname) });
    },
    async why(spool, job) {
      const { present } = await openSession(io, { spool, startsDaemon: false });
      return why(present, job);
    },
  };
}

/** Opens the cluster for its owner alone. */
async function openOwn(io: CommandIo, spool: string | undefined): Promise<Store> {
  const { store } = await openStore(io, { spool });
  await refuseOthers(store, ownUid());
  return store;
}

async function parser(): Promise<FsckPorts['parseYaml']> {
  return (await import('../system/yaml.ts')).parseYaml;
}

function fsckPorts(parseYaml: FsckPorts['parseYaml']): FsckPorts {
  return { uid: ownUid(), parseYaml, fileTimeMs: async (path) => fileTimeMs(path), nowMs: Date.now };
}

async function repairPorts(io: CommandIo, store: Store): Promise<RepairPorts> {
  const { systemProcesses } = await import('../system/processes.ts');
  const processes = systemProcesses();
  return {
    ...fsckPorts(await parser()),
    say: (text) => io.err(`${io.program}: ${printable(text)}\n`),
    async daemonHere({ name, bootId }) {
      if (bootId !== processes.bootId()) return undefined;
      const daemon = await readDaemon(store.files, ownLocalDir(io, store, name), ownUid());
      if (daemon === undefined) return undefined;
      return (await processes.isAlive(daemon)) ? 'alive' : 'gone';
    },
  };
}

/** Makes a spool. A folder that holds something else is not littered with one. */
async function init(
  path: string,
  options: { readonly clusterName: string; readonly durable: boolean },
): Promise<InitReport> {
  const ports = storePorts();
  const layout = layoutOf(path);
  const files = [layout.spoolFile, layout.settingsFile, layout.lostAndFound];
  const own = [...files, ...spoolFolders(layout)].map((one) => one.slice(path.length + 1));
  const foreign = (await ports.files.list(path))?.find(
    (name) => !own.includes(name) && !name.startsWith('.'),
  );
  if (foreign !== undefined) {
    throw new MgpuError('NOT_EMPTY', `${path}: there is something else in it: ${foreign}`, {
      hint: 'name a directory that is new or empty',
    });
  }
  const { store, isNew } = await initSpool(ports, path, options);
  return { path, clusterName: store.spool.clusterName, isNew };
}

async function doctorPorts(io: CommandIo, spool: string | undefined): Promise<DoctorPorts> {
  const [{ createGpuProbe }, { fileLocks }, { mountOf, watchModeFor }, { parseYaml }] = await Promise.all([
    import('../system/gpus/probe.ts'),
    import('../system/locks.ts'),
    import('../system/mount.ts'),
    import('../system/yaml.ts'),
  ]);
  return {
    machine: { nodeVersion: process.versions.node, platform: process.platform },
    gpuProbe: createGpuProbe(),
    uid: ownUid(),
    hostName: hostname(),
    locks: fileLocks(),
    locate: () => locate(io, { spool }),
    open: async () => (await openStore(io, { spool })).store,
    mount: mountOf,
    watchMode: (mount) => watchModeFor(mount),
    fileTimeMs: async (path) => fileTimeMs(path),
    nowMs: Date.now,
    parseYaml,
  };
}

function fileTimeMs(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch (error) {
    throw fault(path, 'cannot be read', error);
  }
}
