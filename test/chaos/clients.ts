import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../e2e/tools/cluster.ts';
import type { Random } from '../fakes/random.ts';
import { pause } from './time.ts';
import type { Acknowledged } from './witness.ts';

export interface ClientOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly work: string;
  readonly script: string;
  /** What the steps of an allocation run. */
  readonly stepProgram: string;
  readonly random: Random;
  /** True while there is room in the queue. */
  readonly isWanted: () => boolean;
  readonly isOver: () => boolean;
}

export interface Submissions {
  readonly acknowledged: Acknowledged[];
  /** Jobs that somebody tried to cancel, whatever came of it. */
  readonly cancelled: Set<number>;
  killed: number;
  /** Jobs of srun and salloc, whose client stayed beside them or was killed. */
  followed: number;
  refused: number;
  /** What clients said when they failed, without paths, and how often. */
  readonly complaints: Map<string, number>;
}

const restMs = 300;
const tasksMax = 8;
const cancelMsMax = 1000;

/** Submits with the real command, one after the other; some are killed at any moment of it. */
export async function submitUntilOver(options: ClientOptions, done: Submissions): Promise<void> {
  const { random } = options;
  while (!options.isOver()) {
    if (!options.isWanted()) {
      await pause(restMs);
      continue;
    }
    if (random() < 0.12) {
      await followOne(options, done);
      continue;
    }
    const tasks = random() < 0.5 ? 1 : 2 + Math.floor(random() * (tasksMax - 1));
    const outcome = await submitOne(options, tasks, random() < 0.15 ? random() * 600 : undefined);
    // What was printed counts, whatever happened then.
    const id = /^(\d+)$/m.exec(outcome.out)?.[1];
    if (id !== undefined) {
      done.acknowledged.push({ id: Number(id), tasks });
      const fate = random();
      if (fate < 0.1) await cancelOne(options, Number(id), done);
      else if (fate < 0.2) await requeueOne(options, id);
    }
    if (outcome.isKilled) done.killed += 1;
    else if (id === undefined) {
      done.refused += 1;
      const [first = ''] = outcome.err.split('\n');
      const kind = /[^:]* \(E[A-Z]+\)$/.exec(first)?.[0].trim() ?? first;
      done.complaints.set(kind, (done.complaints.get(kind) ?? 0) + 1);
      await pause(restMs);
    }
  }
}

/**
 * A job of srun on one node or two, or a step in an allocation of salloc, beside which its client stays
 * unless it is killed. It counts as acknowledged when the client has named it.
 */
async function followOne(options: ClientOptions, done: Submissions): Promise<void> {
  const { random, script, stepProgram } = options;
  const killMs = random() < 0.4 ? random() * 2000 : undefined;
  const fifths = String(1 + Math.floor(random() * 4));
  const srun = join(root, 'bin/mgpu_srun');
  const ways = [
    ['mgpu_salloc', '--gpus', '1', srun, stepProgram, fifths],
    ['mgpu_srun', '-v', '--gpus', '1', script, fifths, '0'],
    ['mgpu_srun', '-v', '-N2', '--gpus-per-node', '1', stepProgram, fifths],
  ] as const;
  const [name, ...words] = ways[Math.floor(random() * ways.length)] ?? ways[0];
  const outcome = await runCommand(options, name, words, killMs);
  const id = /(?:job allocation|launching StepId=|srun: job) ?(\d+)/.exec(outcome.err)?.[1];
  if (id !== undefined) done.acknowledged.push({ id: Number(id), tasks: 1, isFollowed: true });
  if (outcome.isKilled) done.killed += 1;
  done.followed += 1;
}

/** At some time after its submission: it waits, runs or has ended. */
async function cancelOne(options: ClientOptions, id: number, done: Submissions): Promise<void> {
  done.cancelled.add(id);
  await pause(options.random() * cancelMsMax);
  await runCommand(options, 'mgpu_scancel', [String(id)]);
}

/**
 * Lets it run again, whether it waits, runs or has ended, and spares it the two minutes of waiting. Nobody
 * has to succeed: a job that was not requeued has run once.
 */
async function requeueOne(options: ClientOptions, id: string): Promise<void> {
  await pause(options.random() * cancelMsMax);
  await runCommand(options, 'mgpu_scontrol', ['requeue', id]);
  await runCommand(options, 'mgpu_scontrol', ['update', `JobId=${id}`, 'StartTime=now']);
}

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly isKilled: boolean;
}

function submitOne(options: ClientOptions, tasks: number, killMs: number | undefined): Promise<Outcome> {
  const { script, random } = options;
  // Most are over soon; some are there when their node is lost.
  const fifths = random() < 0.06 ? 60 + Math.floor(random() * 60) : Math.floor(random() * 5);
  const words = [
    '--parsable',
    '--output',
    '/dev/null',
    '--gpus',
    random() < 0.75 ? '1' : '2',
    '--nodes',
    '1',
  ];
  if (tasks > 1) words.push('--array', `1-${tasks}`);
  if (random() < 0.15) words.push('--no-requeue');
  const steps = random() < 0.2 ? 1 + Math.floor(random() * 2) : 0;
  return runCommand(options, 'mgpu_sbatch', [...words, script, String(fifths), String(steps)], killMs);
}

async function runCommand(
  { environment, work }: ClientOptions,
  name: string,
  words: readonly string[],
  killMs?: number,
): Promise<Outcome> {
  const child = spawn(join(root, 'bin', name), [...words], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: work,
  });
  const killer = killMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killMs);
  const outcome = await outcomeOf(child);
  clearTimeout(killer);
  return outcome;
}

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => resolve({ out, err, isKilled: signal === 'SIGKILL' }));
  });
}
