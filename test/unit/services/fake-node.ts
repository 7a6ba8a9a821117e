import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decide } from '../../../src/core/decide.ts';
import { jobEnvironment } from '../../../src/core/environment.ts';
import { planEvents } from '../../../src/core/plan.ts';
import { reduce } from '../../../src/core/reduce.ts';
import type { ClusterEvent } from '../../../src/model/event.ts';
import type { Job, RunningJob } from '../../../src/model/job.ts';
import type { NodeRecord } from '../../../src/model/node.ts';
import { stepOrderSchema } from '../../../src/model/step.ts';
import type { FollowingSession } from '../../../src/services/interactive.ts';
import { openPresent } from '../../../src/services/present.ts';
import { supervise } from '../../../src/step/supervise.ts';
import { readInbox, takeOut } from '../../../src/store/inbox.ts';
import { type Journal, openJournal } from '../../../src/store/journal.ts';
import { fileLog } from '../../../src/store/log.ts';
import { readLaunch } from '../../../src/store/rooms.ts';
import { initSpool, openSpool, type Store } from '../../../src/store/spool.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { syncFiles } from '../../../src/system/files.ts';
import { systemIds } from '../../../src/system/ids.ts';
import { createRoomWatcher } from '../../../src/system/roomwatch.ts';
import { systemTasks } from '../../../src/system/tasks.ts';
import { gpu, node } from '../builders.ts';

/**
 * A node in this process: it decides and claims as a daemon does, and runs steps with the real supervisor.
 * It has no shim, no markers and no limits; it is there so that srun has somebody to talk to.
 */
export interface FakeNode {
  readonly workDir: string;
  readonly store: Store;
  open(): Promise<FollowingSession>;
  jobs(): Promise<readonly Job[]>;
}

const gpus = [0, 1, 2, 3].map((index) => gpu(index));

export async function withNode(body: (node: FakeNode) => Promise<void>): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'mgpu-srun-'));
  const ports = { files: syncFiles(), clock: systemClock(), ids: systemIds() };
  const workDir = join(path, 'w');
  mkdirSync(workDir);
  const { store } = await initSpool(ports, join(path, 'spool'), { clusterName: 'lab', durable: false });
  const journal = await openJournal(fileLog(store, 'gpu01'), store);
  const { record } = node('gpu01', { gpus });
  await journal.commit(() => [{ name: 'nodeRegistered', time: store.clock.now(), record }]);
  const daemon = startDaemon(store, journal, record);
  const watchers: ReturnType<typeof createRoomWatcher>[] = [];
  try {
    await body({
      workDir,
      store,
      async open() {
        const watcher = createRoomWatcher();
        watchers.push(watcher);
        const own = await openSpool(ports, store.layout.root);
        return { store: own, present: await openPresent(own), watcher };
      },
      jobs: async () => [...(await journal.refresh()).jobs.values()],
    });
  } finally {
    await daemon.stop();
    for (const watcher of watchers) await watcher.close();
    rmSync(path, { recursive: true });
  }
}

interface Daemon {
  stop(): Promise<void>;
}

function startDaemon(store: Store, journal: Journal, record: NodeRecord): Daemon {
  const steps = new Map<number, FakeStep>();
  let isStopped = false;
  const tick = async (): Promise<void> => {
    const { requests } = await readInbox(store, 'all');
    await journal.commit((cluster) => {
      const now = store.clock.now();
      const ends = [...steps].flatMap(([id, step]) =>
        cluster.jobs.get(id)?.state === 'ENDED' ? [] : step.ends(),
      );
      const decided = [...ends, ...decide(ends.reduce(reduce, cluster), requests, now)];
      return [...decided, ...planEvents(decided.reduce(reduce, cluster), now, []).events];
    });
    for (const request of requests) await takeOut(store, request);
    for (const job of journal.cluster().jobs.values()) {
      if (job.state === 'RUNNING' && !steps.has(job.id))
        steps.set(job.id, startStep(store, journal, { job, record }));
      if (job.state === 'COMPLETING') steps.get(job.id)?.end();
    }
  };
  const running = (async () => {
    while (!isStopped) {
      await tick();
      await sleep(5);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await running;
      for (const step of steps.values()) step.end();
      for (const step of steps.values()) await step.over;
    },
  };
}

interface FakeStep {
  readonly over: Promise<void>;
  ends(): readonly ClusterEvent[];
  end(): void;
}

function startStep(
  store: Store,
  journal: Journal,
  { job, record }: { readonly job: RunningJob; readonly record: NodeRecord },
): FakeStep {
  let code: number | undefined;
  let end = (): void => {};
  const endAsked = new Promise<'us'>((resolve) => {
    end = () => resolve('us');
  });
  const { id, attempt } = job;
  const over = superviseJob(store, journal, { job, record, endAsked }).then((given) => {
    code = given;
  });
  return {
    over,
    end,
    ends() {
      if (code === undefined) return [];
      const report = {
        endState: code === 0 ? 'COMPLETED' : 'FAILED',
        reason: code === 0 ? 'None' : 'NonZeroExitCode',
        exitCode: { code, signal: 0 },
      } as const;
      return [{ name: 'nodeReleased', time: store.clock.now(), id, attempt, node: 'gpu01', report }];
    },
  };
}

async function superviseJob(
  store: Store,
  journal: Journal,
  given: { readonly job: RunningJob; readonly record: NodeRecord; readonly endAsked: Promise<'us'> },
): Promise<number> {
  const { job, record, endAsked } = given;
  const launch = await readLaunch(store, job.id);
  const environment = jobEnvironment({
    job,
    nodes: journal.cluster().nodes,
    node: record,
    submitted: launch.environment,
    clusterName: 'lab',
    mark: `lab.${job.id}.${job.attempt}`,
    spoolRoot: store.layout.root,
  });
  const { MGPU_STEP: order = '', ...rest } = environment;
  const room = store.layout.job(job.id);
  const watcher = createRoomWatcher();
  watcher.add(room.path);
  try {
    return await supervise({
      files: store.files,
      tasks: systemTasks(),
      clock: store.clock,
      watcher,
      room: room.firstStep,
      order: stepOrderSchema(JSON.parse(order)),
      command: launch.args,
      environment: rest,
      nonce: `step-${job.id}`,
      graceMs: 300,
      endAsked,
      warn: () => {},
    });
  } finally {
    await watcher.close();
  }
}
