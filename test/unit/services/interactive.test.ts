import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMgpuError } from '../../../src/base/error.ts';
import type { JobSpec } from '../../../src/model/spec.ts';
import { type Interrupt, runInteractive, type Terminal } from '../../../src/services/interactive.ts';
import { spec } from '../builders.ts';
import { type FakeNode, withNode } from './fake-node.ts';

interface Given {
  readonly spec?: Partial<JobSpec>;
  readonly command: readonly string[];
  /** What is typed; undefined for no standard input at all. */
  readonly input?: () => AsyncIterable<Uint8Array>;
  readonly isQuiet?: boolean;
  readonly immediateSeconds?: number;
  readonly isVerbose?: boolean;
}

interface Srun {
  readonly shown: { out: string; err: string };
  readonly code: Promise<number>;
  interrupt(signal: Interrupt): void;
  /** Waits until that text was shown. */
  until(stream: 'out' | 'err', text: string): Promise<void>;
}

const deadlineMs = 10_000;

function srun(at: FakeNode, given: Given): Srun {
  const shown = { out: '', err: '' };
  let handler: (signal: Interrupt) => void = () => {};
  const show = (name: 'out' | 'err') => async (bytes: Uint8Array) => {
    shown[name] += Buffer.from(bytes).toString('latin1');
    return true;
  };
  const terminal: Terminal = {
    out: show('out'),
    err: show('err'),
    file: async () => show('out'),
    input: given.input,
    interrupts(given) {
      handler = given;
      return () => {};
    },
  };
  const submission = {
    spec: spec({
      kind: 'interactive',
      name: 'test',
      uid: process.getuid?.() ?? 0,
      workDir: at.workDir,
      ...given.spec,
    }),
    args: given.command,
    environment: { PATH: process.env['PATH'] ?? '/bin' },
  };
  const code = at.open().then((session) =>
    runInteractive(session, terminal, {
      submission,
      isQuiet: given.isQuiet ?? false,
      ...(given.immediateSeconds !== undefined && { immediateSeconds: given.immediateSeconds }),
      isUnbuffered: false,
      isVerbose: given.isVerbose ?? false,
    }),
  );
  return {
    shown,
    code,
    interrupt: (signal) => handler(signal),
    async until(stream, text) {
      const endMs = performance.now() + deadlineMs;
      while (!shown[stream].includes(text)) {
        assert.ok(performance.now() < endMs, `no ${text} in ${JSON.stringify(shown)}`);
        await sleep(5);
      }
    },
  };
}

const sh = (script: string): readonly string[] => ['sh', '-c', script];

async function* typed(...parts: readonly (string | number)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (typeof part === 'number') await sleep(part);
    else yield new TextEncoder().encode(part);
  }
}

describe('srun outside an allocation', () => {
  it('shows both streams and gives the code of the task (srun.exit)', () =>
    withNode(async (at) => {
      const { code, shown } = srun(at, { command: sh('echo out; echo err >&2; exit 7') });
      assert.equal(await code, 7);
      assert.equal(shown.out, 'out\n');
      assert.equal(shown.err, 'err\nsrun: error: gpu01: task 0: Exited with exit code 7\n');
    }));

  it('gives the tasks what they have and are', () =>
    withNode(async (at) => {
      const script =
        'echo $SLURM_JOB_ID.$SLURM_STEP_ID $SLURM_PROCID/$SLURM_NTASKS $CUDA_VISIBLE_DEVICES $MGPU_NODE';
      const { code, shown } = srun(at, {
        command: sh(script),
        spec: { ntasks: 2, label: true, gpus: [{ count: 2, per: 'job' }] },
      });
      assert.equal(await code, 0);
      assert.deepEqual(shown.out.split('\n').sort(), ['', '0: 1.0 0/2 0,1 gpu01', '1: 1.0 1/2 0,1 gpu01']);
    }));

  it('shows output while the tasks run', () =>
    withNode(async (at) => {
      const { code, shown, until } = srun(at, {
        command: sh('echo first; read line; echo got $line'),
        input: answer,
      });
      async function* answer(): AsyncGenerator<Uint8Array> {
        await until('out', 'first');
        yield* typed('second\n');
      }
      assert.equal(await code, 0);
      assert.equal(shown.out, 'first\ngot second\n');
    }));

  it('sends standard input to all tasks, and says when it is over', () =>
    withNode(async (at) => {
      const input = () => typed('a\n', 50, 'b\n');
      const asked = { command: ['cat'], spec: { ntasks: 2, label: true }, input, isVerbose: true };
      const { code, shown } = srun(at, asked);
      assert.equal(await code, 0);
      const allocated = "srun: jobid 1: nodes(1):`gpu01', cpu counts: 2(x1)\n";
      assert.equal(shown.err, `${allocated}srun: launching StepId=1.0 on host gpu01, 2 tasks: 0-1\n`);
      assert.deepEqual(shown.out.split('\n').sort(), ['', '0: a', '0: b', '1: a', '1: b']);
    }));

  it('keeps standard input to itself if it is not wanted (srun.stdin_none)', () =>
    withNode(async (at) => {
      const input = (): AsyncGenerator<Uint8Array> => assert.fail('it was read');
      const { code, shown } = srun(at, { command: ['cat'], spec: { input: 'none' }, input });
      assert.equal(await code, 0);
      assert.equal(shown.out, '');
    }));

  it('passes 5 MB of anything on', () =>
    withNode(async (at) => {
      const command = sh(
        'i=0; while [ $i -lt 50 ]; do head -c 100000 /dev/urandom; i=$((i+1)); done | tee copy',
      );
      const { code, shown } = srun(at, { command });
      assert.equal(await code, 0);
      assert.equal(shown.out.length, 5_000_000);
      assert.ok(Buffer.from(shown.out, 'latin1').equals(readFileSync(join(at.workDir, 'copy'))));
    }));

  it('shows nothing of what goes into files', () =>
    withNode(async (at) => {
      const { code, shown } = srun(at, {
        command: sh('echo $SLURM_PROCID'),
        spec: { ntasks: 2, output: join(at.workDir, 'r-%t') },
      });
      assert.equal(await code, 0);
      assert.deepEqual(shown, { out: '', err: '' });
      assert.equal(readFileSync(join(at.workDir, 'r-1'), 'utf8'), '1\n');
    }));

  it('says what is wrong with a command or a file', () =>
    withNode(async (at) => {
      const missing = srun(at, { command: ['nosuch'] });
      assert.equal(await missing.code, 2);
      assert.equal(
        missing.shown.err,
        'slurmstepd: error: execve(): nosuch: No such file or directory\n' +
          'srun: error: gpu01: task 0: Exited with exit code 2\n',
      );
      const output = srun(at, { command: ['true'], spec: { output: 'nodir/x' } });
      assert.equal(await output.code, 1);
      assert.equal(output.shown.err, 'srun: error: Could not open stdout file: No such file or directory\n');
    }));

  it('tells of a signal as Slurm does (srun.sig9)', () =>
    withNode(async (at) => {
      const loud = srun(at, { command: sh('kill -9 $$') });
      assert.equal(await loud.code, 137);
      assert.equal(loud.shown.err, 'srun: error: gpu01: task 0: Killed\nsrun: Force Terminated StepId=1.0\n');
      const quiet = srun(at, { command: sh('kill -9 $$'), isQuiet: true });
      assert.equal(await quiet.code, 137);
      assert.equal(quiet.shown.err, 'srun: error: gpu01: task 0: Killed\n');
    }));

  it('leaves no job behind that was refused', () =>
    withNode(async (at) => {
      const { code } = srun(at, { command: ['true'], spec: { gpus: [{ count: 9, per: 'job' }] } });
      await assert.rejects(code, (error) => isMgpuError(error, 'REFUSED'));
      assert.deepEqual(await at.jobs(), []);
    }));
});

describe('srun that has to wait', () => {
  const all: Partial<JobSpec> = { gpus: [{ count: 4, per: 'job' }] };

  it('says so, and when it is over (srun.queue_msg, srun.queue_quiet)', () =>
    withNode(async (at) => {
      const first = srun(at, { command: sh('echo ready; sleep 0.8'), spec: all });
      await first.until('out', 'ready');
      const second = srun(at, { command: ['echo', 'ran'], spec: all });
      const third = srun(at, { command: ['echo', 'ran'], spec: all, isQuiet: true });
      assert.deepEqual(await Promise.all([first.code, second.code, third.code]), [0, 0, 0]);
      assert.equal(
        second.shown.err.replace(/job \d+/g, 'job N'),
        'srun: job N queued and waiting for resources\nsrun: job N has been allocated resources\n',
      );
      assert.deepEqual([second.shown.out, third.shown.out, third.shown.err], ['ran\n', 'ran\n', '']);
      assert.equal(first.shown.err, '');
    }));

  it('gives up where it is to have its nodes at once, and leaves no job behind', () =>
    withNode(async (at) => {
      const first = srun(at, { command: sh('echo ready; sleep 5'), spec: all });
      await first.until('out', 'ready');
      const second = srun(at, { command: ['echo', 'ran'], spec: all, immediateSeconds: 1 });
      assert.equal(await second.code, 1);
      assert.equal(second.shown.err, 'srun: error: Unable to allocate resources: Requested nodes are busy\n');
      first.interrupt('TERM');
      assert.equal(await first.code, 137);
      const free = srun(at, { command: ['echo', 'ran'], spec: all, immediateSeconds: 1 });
      assert.deepEqual([await free.code, free.shown.out, free.shown.err], [0, 'ran\n', '']);
      const states = (await at.jobs()).map((job) => (job.state === 'ENDED' ? job.endState : job.state));
      assert.equal(states[1], 'CANCELLED');
    }));

  it('gives up at one SIGINT (srun.int_pending)', () =>
    withNode(async (at) => {
      const first = srun(at, { command: sh('echo ready; sleep 5'), spec: all });
      await first.until('out', 'ready');
      const second = srun(at, { command: ['echo', 'ran'], spec: all });
      await second.until('err', 'queued');
      second.interrupt('INT');
      assert.equal(await second.code, 1);
      assert.equal(
        second.shown.err,
        'srun: job 2 queued and waiting for resources\nsrun: Job allocation 2 has been revoked\n',
      );
      first.interrupt('TERM');
      assert.equal(await first.code, 137);
      const states = (await at.jobs()).map((job) => (job.state === 'ENDED' ? job.endState : job.state));
      assert.equal(states[1], 'CANCELLED');
    }));
});

describe('srun that is interrupted', () => {
  it('ends its step at SIGTERM', () =>
    withNode(async (at) => {
      const { code, shown, until, interrupt } = srun(at, { command: sh('echo ready; sleep 30') });
      await until('out', 'ready');
      interrupt('TERM');
      assert.equal(await code, 137);
      assert.match(
        shown.err,
        new RegExp(
          [
            'srun: forcing job termination',
            'srun: Job step aborted: Waiting up to 32 seconds for job step to finish\\.',
            'slurmstepd: error: \\*{3} STEP 1\\.0 ON gpu01 CANCELLED AT [-0-9]+T[:0-9]+ \\*{3}',
            'srun: error: gpu01: task 0: Terminated\n$',
          ].join('\n'),
        ),
      );
    }));

  it('leaves its step running when the terminal goes', () =>
    withNode(async (at) => {
      const { code, until, interrupt } = srun(at, { command: sh('echo ready; sleep 0.3; echo done > done') });
      await until('out', 'ready');
      interrupt('HUP');
      assert.equal(await code, 129);
      const endMs = performance.now() + deadlineMs;
      while ((await at.jobs())[0]?.state !== 'ENDED') {
        assert.ok(performance.now() < endMs);
        await sleep(10);
      }
      assert.equal(readFileSync(join(at.workDir, 'done'), 'utf8'), 'done\n');
    }));
});
