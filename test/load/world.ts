import type { Agent } from '../../src/agent/agent.ts';
import { liveSettings } from '../../src/agent/settings.ts';
import { emptyCluster } from '../../src/model/cluster.ts';
import type { NodeRecord } from '../../src/model/node.ts';
import type { JobSpec } from '../../src/model/spec.ts';
import { formatVersion } from '../../src/model/version.ts';
import type { Files } from '../../src/ports/files.ts';
import { openPresent } from '../../src/services/present.ts';
import { submit } from '../../src/services/submit.ts';
import { openJournal } from '../../src/store/journal.ts';
import { type CommitLog, fileLog, seqs } from '../../src/store/log.ts';
import { encodeText } from '../../src/store/put.ts';
import { initSpool, openSpool, type Store } from '../../src/store/spool.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { randomOf } from '../fakes/random.ts';
import { parseJson } from '../fakes/yaml.ts';
import type { Machine } from '../sim/machine.ts';
import { clockOf, idsOf, loggerOf, SimLocks, type SimWatcher, watcherOf } from '../sim/ports.ts';
import { type Actor, type Judge, orderOf, Scheduler } from '../sim/scheduler.ts';
import { gpu, node as nodeOf, spec } from '../unit/builders.ts';
import { type Meter, metering } from './meter.ts';
import { quietProcesses } from './processes.ts';

/*
 * Many daemons on one spool where nothing goes wrong: the real store, daemons and commands over a disk in
 * memory, in the simulator's time. Each daemon has a state of its own, as each process has; only what they
 * read of a checkpoint they share, for 64 times a hundred thousand jobs are too many for one process.
 */

const root = '/spool';
const uid = 2001;

export interface LoadWorld {
  readonly scheduler: Scheduler;
  readonly meter: Meter;
  /** The files of the spool's owner, counted. */
  readonly files: Files;
  /** What daemons logged as an error or a warning. */
  readonly complaints: readonly string[];
  /** A store as another process opens it. */
  open(name: string): Promise<Store>;
  /** What a daemon of that name works with, its state read from the spool. */
  agent(name: string, gpus: number): Promise<Agent>;
  /** A process that submits jobs, one after the other. */
  client(name: string): Promise<Client>;
  /** Lets so much time pass, or less when it is over before. */
  pass(seconds: number, isOver?: () => boolean): Promise<void>;
  /** From here on a call of the file system takes about so long: what daemons do at once overlaps. */
  slowDown(ms: number): void;
  /** Lets time pass until this is done. */
  until(work: Promise<unknown>): Promise<void>;
}

export type Client = (given: Partial<JobSpec>) => Promise<void>;

/** How long jobs run, in seconds: from the first to the second. */
export type RunSeconds = readonly [least: number, most: number];

const calm: Judge = { fateOf: () => ({ kind: 'go' }), crash() {}, record() {}, settled() {} };

export async function loadWorld(runSeconds: () => RunSeconds): Promise<LoadWorld> {
  const random = randomOf(1);
  const scheduler = new Scheduler(random, orderOf(random));
  const watchers: SimWatcher[] = [];
  const { meter, over } = metering(root, () => {
    for (const watcher of watchers) watcher.changed();
  });
  let callMs = 0;
  const turn = async (): Promise<void> => {
    if (callMs === 0) return;
    await new Promise<void>((resolve) => scheduler.after(callMs * (0.5 + random()), resolve));
  };
  const files = over(memoryDisk().actor({ uid, turn }));
  const complaints: string[] = [];
  const logger = loggerOf((line) => {
    if (!line.startsWith('info')) complaints.push(line);
  });
  const locks = new SimLocks();
  const share = sharedCheckpoints();
  const openAs = (actor: Actor): Promise<Store> =>
    openSpool({ files, clock: clockOf(scheduler, actor), ids: idsOf(random) }, root);
  const nextMs = (): number => {
    const [least, most] = runSeconds();
    return (least + random() * (most - least)) * 1000;
  };
  const agent = async (name: string, gpus: number): Promise<Agent> => {
    const actor = actorOf(name);
    const store = await openAs(actor);
    const { bootId } = actor.machine;
    const watcher = watcherOf(scheduler, actor, random);
    watchers.push(watcher);
    const localDir = `/local/${name}`;
    for (const folder of [localDir, `${localDir}/runs`]) await files.makeDir(folder, 0o755);
    return {
      store,
      journal: await openJournal(share(store, fileLog(store, name)), store),
      processes: quietProcesses({ files, scheduler, bootId, nextMs }),
      // None of them has two owners.
      locks: locks.of(scheduler, actor, () => 1),
      logger,
      watcher,
      gpuProbe: undefined,
      settings: liveSettings(),
      parseYaml: parseJson,
      uidOf: async () => uid,
      node: recordOf(name, { gpus, bootId, incarnation: store.ids.next() }),
      localDir,
      shimPath: `${localDir}/shim.sh`,
      guardPath: `${localDir}/guard.sh`,
      mayExecute: true,
      stepCommand: [],
    };
  };
  const pass: LoadWorld['pass'] = (seconds, isOver = () => false) =>
    scheduler.run(calm, scheduler.nowMs + seconds * 1000, isOver);
  await files.makeDir('/local', 0o755);
  const maker = { files, clock: clockOf(scheduler, actorOf('init')), ids: idsOf(random) };
  await initSpool(maker, root, { clusterName: 'load', durable: true });
  return {
    scheduler,
    meter,
    files,
    complaints,
    open: (name) => openAs(actorOf(name)),
    agent,
    async client(name) {
      const store = await openAs(actorOf(name));
      const present = await openPresent(store);
      return async (given) => {
        const wanted = spec({ uid, gpus: [{ count: 1, per: 'job' }], timeLimit: 1440, ...given });
        await submit(store, present, { spec: wanted, script, args: ['--epochs', '3'], environment });
      };
    },
    pass,
    slowDown(ms) {
      callMs = ms;
    },
    async until(work) {
      let isOver = false;
      const done = work.finally(() => {
        isOver = true;
      });
      await Promise.all([done, pass(Number.POSITIVE_INFINITY, () => isOver)]);
    },
  };
}

const script = encodeText('#!/bin/sh\nexec python3 train.py "$@"\n');
const environment = { PATH: '/usr/bin:/bin', HOME: '/home/alice' };

function recordOf(
  name: string,
  { gpus, ...facts }: { readonly gpus: number; readonly bootId: string; readonly incarnation: string },
): NodeRecord {
  return nodeOf(name, {
    ...facts,
    format: formatVersion,
    cpus: gpus * 2,
    memoryMb: gpus * 64_000,
    gpus: Array.from({ length: gpus }, (_, index) => gpu(index, { uuid: `GPU-${name}-${index}` })),
  }).record;
}

function actorOf(name: string): Actor {
  const machine: Machine = {
    name,
    fileSystem: 'local',
    callMsMax: 0.5,
    skewSeconds: 0,
    drift: 0,
    isUp: true,
    bootId: `boot-${name}`,
    bootMs: 0,
    pidNext: 1,
    processes: new Map(),
    actors: new Set(),
  };
  return { name, kind: 'daemon', machine, isDead: false, pausedUntilMs: 0, atDeath: [] };
}

/** Logs whose readers share the state that the first of them read of a checkpoint. */
function sharedCheckpoints(): (store: Store, log: CommitLog) => CommitLog {
  let known = { seq: 0, checkpoint: Promise.resolve({ cluster: emptyCluster, bytes: 0 }) };
  return (store, log) => ({
    ...log,
    async checkpoint() {
      const newest = (await seqs(store, store.layout.checkpoints)).at(-1) ?? 0;
      if (known.seq < newest) known = { seq: newest, checkpoint: log.checkpoint() };
      return known.checkpoint;
    },
  });
}
