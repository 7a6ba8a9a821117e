import assert from 'node:assert/strict';
import { MgpuError } from '../../../../src/base/error.ts';
import { checked } from '../../../../src/base/schema.ts';
import { run, type ScontrolDeps } from '../../../../src/commands/scontrol/run.ts';
import type { Request } from '../../../../src/model/request.ts';
import { type RunRecord, runRecordSchema } from '../../../../src/model/runrecord.ts';
import { defaultSettings } from '../../../../src/model/settings.ts';
import type { ShownStep } from '../../../../src/services/steplist.ts';
import type { ClusterView } from '../../../../src/services/view.ts';
import {
  completing,
  ended,
  fakeIo,
  gpu,
  neverStarted,
  node,
  pending,
  running,
  share,
  view,
} from '../../builders.ts';

const gpus = [0, 1, 2, 3].map((index) => gpu(index, { uuid: `GPU-${index}` }));
export const nodes = [
  node('gpu01', { gpus, features: ['a100', 'nvlink'] }),
  node('gpu02', { gpus }),
  node('cpu01'),
];
const arraySpec = { name: 'arr', cpusPerTask: 2, array: { tasks: [[1, 20]], throttle: 2 } } as const;

const jobsOnly = view(
  nodes,
  [
    running(335, {
      spec: { name: 'running', ntasks: 2, timeLimit: 10, output: '/dev/null', comment: 'hello' },
      shares: [share('cpu01', { cpus: 2, memoryMb: 2000 })],
    }),
    running(336, {
      spec: {
        name: 'gputrain',
        nodes: { min: 2, max: 2 },
        ntasks: 4,
        timeLimit: 60,
        gpus: [{ count: 4, per: 'node' }],
        tresPerNode: 'gres:gpu:4',
        output: '/dev/null',
      },
      shares: [
        share('gpu01', { cpus: 3, gpus: [0, 1, 2, 3], tasks: 3, memoryMb: 3000 }),
        share('gpu02', { gpus: [0, 1, 2, 3], memoryMb: 1000 }),
      ],
    }),
    pending(337, {
      spec: {
        name: 'held',
        timeLimit: 1,
        memoryPerNodeMb: 2048,
        exclude: ['gpu02'],
        gresFlags: ['enforce-binding'],
      },
      held: 'user',
    }),
    pending(338, { spec: arraySpec, tasks: [[3, 20]] }),
    pending(339, {
      spec: {
        name: 'waiting',
        timeLimit: 30,
        nodes: { min: 2, max: 2 },
        nodelist: ['gpu01'],
        gpus: [{ count: 4, per: 'job', type: 'a100' }],
        kind: 'interactive',
        command: 'python',
      },
    }),
    ended(348, {
      spec: { name: 'sig' },
      shares: [share('cpu01')],
      endState: 'FAILED',
      reason: 'RaisedSignal',
      exitCode: { code: 0, signal: 9 },
    }),
    neverStarted(349, { endState: 'CANCELLED' }),
    running(350, { spec: arraySpec, shares: [share('cpu01', { cpus: 2 })], array: [338, 1] }),
    completing(351, {
      spec: arraySpec,
      shares: [share('cpu01', { cpus: 2 })],
      array: [338, 2],
      endState: 'CANCELLED',
    }),
    pending(360, { spec: { user: 'bob', uid: 2002, name: 'held' } }),
    pending(361, { held: 'admin' }),
  ],
  { 337: 'JobHeldUser', 338: 'JobArrayTaskLimit', 339: 'Resources', 361: 'JobHeldAdmin' },
);

/** Root alone may do what is an administrator's. */
export const queue: ClusterView = {
  ...jobsOnly,
  cluster: {
    ...jobsOnly.cluster,
    format: 3,
    config: { partitions: [], nodes: [], admins: ['root'], adminUids: [0] },
  },
};

const record: RunRecord = {
  jobId: 335,
  attempt: 1,
  node: 'cpu01',
  hostName: 'real.example.org',
  addresses: ['192.0.2.7', '2001:db8::7'],
  pid: 4711,
  startTicks: 99,
  bootId: 'b0071d',
  gpus: [{ index: 2, uuid: 'GPU-2' }, { index: 3 }],
  time: 1,
};

export async function scontrol(
  words: readonly string[],
  shown: ClusterView = queue,
  given: {
    readonly uid?: number;
    readonly environment?: Readonly<Record<string, string>>;
    readonly steps?: readonly ShownStep[];
    readonly isInputTerminal?: boolean;
    readonly program?: string;
    readonly badSettings?: string;
    readonly lines?: readonly string[];
  } = {},
) {
  const lines = [...(given.lines ?? [])];
  const written = new Map<string, string>();
  const io = fakeIo({ program: given.program ?? 'mgpu_scontrol', environment: given.environment ?? {} });
  const sent: Request[] = [];
  const deps: ScontrolDeps = {
    view: async () => shown,
    user: { uid: given.uid ?? 2001, name: 'alice' },
    config: async () => ({
      settings: defaultSettings,
      settingsFile: '/spool/cluster.yaml',
      spool: '/spool',
      owner: 'alice(2001)',
      host: 'vm',
    }),
    loads: async () => new Map([['gpu01', { cpuLoad: 521, freeMemoryMb: 20_545 }]]),
    reader: async () => ({ uid: given.uid ?? 2001, groups: ['alice'] }),
    mayAdminister: async () => given.uid === 0,
    isUser: async (name) => ['alice', 'bob', 'root'].includes(name),
    uidOf: async (name) => ({ alice: 2001, bob: 2002, root: 0 })[name],
    utcOffsetMinutes: () => 0,
    async checkSettings() {
      if (given.badSettings !== undefined) throw new MgpuError('SETTINGS', given.badSettings);
    },
    readHostFile: async (path) => (path === '/hosts' ? 'gpu2,gpu1\n\ncpu1 gpu[3-4]\n' : undefined),
    steps: async () => given.steps ?? [],
    runRecord: async (id) => (id === 335 ? checked(runRecordSchema, record, 'test') : undefined),
    send: async (request) => {
      sent.push(request);
    },
    isOwner: async () => false,
    script: async ({ id }) => (id === 335 ? new TextEncoder().encode('#!/bin/sh\ntrue') : undefined),
    writeFile: async (path, content) => {
      if (path.startsWith('/nosuch')) return 'No such file or directory';
      written.set(path, new TextDecoder().decode(content));
      return undefined;
    },
    pids: async () => [{ pid: 4711 }, { pid: 4712, step: '0', localId: '1', globalId: '1' }],
    jobOfPid: async (pid) => (pid === 4711 ? 335 : undefined),
    host: 'cpu01',
    sleep: async () => assert.fail('nobody waits'),
    readLine: async () => lines.shift(),
    isInputTerminal: given.isInputTerminal === true,
  };
  const exitCode = await run(words, io, deps);
  return { ...io.printed, exitCode, sent, written };
}

/** What is printed by a command line that has to work. */
export async function out(...words: string[]): Promise<string> {
  const { out: text, err, exitCode } = await scontrol(words);
  assert.deepEqual([err, exitCode], ['', 0]);
  return text;
}
