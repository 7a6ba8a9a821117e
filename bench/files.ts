import { join } from 'node:path';
import { serve } from '../src/agent/daemon.ts';
import { makeAgent } from '../src/main/daemon/make.ts';
import type { JobSpec } from '../src/model/spec.ts';
import type { Logger } from '../src/ports/logger.ts';
import { openPresent } from '../src/services/present.ts';
import { submit } from '../src/services/submit.ts';
import { initSpool } from '../src/store/spool.ts';
import { systemClock } from '../src/system/clock.ts';
import { asyncFiles, countingFiles } from '../src/system/files.ts';
import { systemIds } from '../src/system/ids.ts';
import { until } from './cluster.ts';
import type { BenchOptions, Row } from './table.ts';

const quiet: Logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

/**
 * File operations a job costs, counted at the store's own port: of its submission, and of its node's daemon.
 */
export async function benchFiles({ folder, isShort }: BenchOptions): Promise<readonly Row[]> {
  const jobs = isShort ? 10 : 100;
  const client = new Map<string, number>();
  const daemon = new Map<string, number>();
  const ports = { files: countingFiles(asyncFiles(), client), clock: systemClock(), ids: systemIds() };
  const spool = join(folder, 'files');
  const { store } = await initSpool(ports, spool, { clusterName: 'bench', durable: true });
  const present = await openPresent(store);
  client.clear();
  for (let job = 0; job < jobs; job += 1) {
    const script = new TextEncoder().encode('#!/bin/sh\ntrue\n');
    await submit(store, present, { spec, script, args: [], environment: {} });
  }
  const submitted = total(client);
  const agent = await makeAgent(
    {
      spool,
      isEmbedded: false,
      nodeName: 'bench',
      gpus: '8',
      cpus: 8,
      localDir: join(folder, 'run'),
      verbosity: 0,
    },
    { logger: quiet, files: countingFiles(asyncFiles(), daemon), stepCommand: [] },
  );
  let isAsked = false;
  const served = serve(agent, { isAsked: () => isAsked });
  await until(() => {
    const all = [...agent.journal.cluster().jobs.values()];
    return all.length === jobs && all.every((one) => one.state === 'ENDED');
  }, 'the jobs end');
  isAsked = true;
  agent.watcher.wake();
  await served;
  await agent.watcher.close();
  return [
    { what: `file operations, submission of a job`, figure: (submitted / jobs).toFixed(1) },
    { what: `file operations, daemon, a job (${jobs} on 8 CPUs)`, figure: (total(daemon) / jobs).toFixed(1) },
    { what: '  of the daemon, by kind', figure: byKind(daemon, jobs) },
  ];
}

const spec: JobSpec = {
  name: 'bench',
  user: 'bench',
  uid: process.geteuid?.() ?? 0,
  group: 'bench',
  gid: process.getegid?.() ?? 0,
  account: '',
  partition: 'main',
  kind: 'batch',
  nodes: { min: 1, max: 1 },
  ntasks: 1,
  cpusPerTask: 1,
  gpus: [],
  timeLimit: 'UNLIMITED',
  workDir: '/tmp',
  output: '/dev/null',
  command: 'true',
  submitHost: 'bench',
  requeue: true,
};

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function byKind(counts: ReadonlyMap<string, number>, jobs: number): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${name} ${(count / jobs).toFixed(1)}`).join(', ');
}
