import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kin } from '../../../src/step/supervise.ts';
import { type StepRoom, withRoom } from './room.ts';

const sh = (script: string): readonly string[] => ['sh', '-c', script];

/** Lets the step's input be empty, as srun does where it has none. */
function withoutInput(at: StepRoom): void {
  writeFileSync(at.room.stdinEnd, '');
}

describe('supervise', () => {
  it('runs the tasks on their own files and gives the worst code (srun.exit_max)', () =>
    withRoom(async (at) => {
      withoutInput(at);
      const command = sh('echo out $SLURM_PROCID; echo err $SLURM_LOCALID >&2; exit $SLURM_PROCID');
      assert.equal(await at.run({ command, order: { ntasks: 3 } }), 2);
      assert.deepEqual([at.out(0), at.out(1), at.out(2)], ['out 0\n', 'out 1\n', 'out 2\n']);
      assert.deepEqual([at.err(0), at.err(1), at.err(2)], ['err 0\n', 'err 1\n', 'err 2\n']);
      assert.deepEqual(
        at.exit().tasks.map(({ task, code, signal, pid }) => [task, code, signal, pid > 1]),
        [
          [0, 0, 0, true],
          [1, 1, 0, true],
          [2, 2, 0, true],
        ],
      );
      assert.deepEqual(at.warnings, []);
    }));

  it('counts a signal as a shell does (srun.sigmix)', () =>
    withRoom(async (at) => {
      withoutInput(at);
      const command = sh('if [ $SLURM_PROCID = 0 ]; then exit 3; else kill -9 $$; fi');
      assert.equal(await at.run({ command, order: { ntasks: 2 } }), 137);
      assert.deepEqual(
        at.exit().tasks.map(({ code, signal }) => [code, signal]),
        [
          [3, 0],
          [0, 9],
        ],
      );
    }));

  const failures: readonly (readonly [string, string, number, string])[] = [
    ['a command that is not there (srun.export_path)', 'nosuch', 2, 'nosuch: No such file or directory'],
    ['a folder (err.srun.isdir)', '/tmp', 13, '/tmp: Permission denied'],
    ['a file that may not be run', './plain', 13, './plain: Permission denied'],
    ['nothing', '', 2, ': No such file or directory'],
  ];
  for (const [title, name, code, words] of failures) {
    it(`says in the task's errors what is wrong with ${title}`, () =>
      withRoom(async (at) => {
        writeFileSync(join(at.path, 'w/plain'), 'echo\n');
        assert.equal(await at.run({ command: [name] }), code);
        assert.equal(at.err(0), `slurmstepd-gpu01: error: execve(): ${words}\n`);
        assert.deepEqual(at.exit().tasks, [{ task: 0, code, signal: 0, pid: 0 }]);
      }));
  }

  it('looks a command up in the PATH of the task, and without one finds nothing', () =>
    withRoom(async (at) => {
      assert.equal(await at.run({ command: ['true'], environment: {} }), 2);
      const program = join(at.path, 'w/mine');
      writeFileSync(program, '#!/bin/sh\necho mine\n');
      chmodSync(program, 0o755);
      assert.equal(await at.run({ command: ['mine'], environment: { PATH: `/nosuch:${at.path}/w` } }), 0);
      assert.equal(at.out(0), 'mine\n');
    }));

  it('tells tasks where they meet, and starts none where there is no such place', () =>
    withRoom(async (at) => {
      withoutInput(at);
      const command = sh('echo $MASTER_ADDR:$MASTER_PORT $RANK/$WORLD_SIZE');
      const order = { ntasks: 2, distributed: true };
      const meeting = { address: '10.0.0.1', port: 12_345 };
      assert.equal(await at.run({ command, order, findMeeting: async () => meeting }), 0);
      assert.deepEqual([at.out(0), at.out(1)], ['10.0.0.1:12345 0/2\n', '10.0.0.1:12345 1/2\n']);
      assert.equal(await at.run({ command, order, findMeeting: async () => 'nowhere' }), 1);
      assert.deepEqual([at.exit().tasks, at.exit().failure], [[], 'nowhere']);
    }));

  it('does not wait for a meeting when the step is to end', () =>
    withRoom(async (at) => {
      const findMeeting = async (isOver: () => boolean): Promise<string> => {
        while (!isOver()) await sleep(5);
        return 'over';
      };
      const endAsked = Promise.resolve('us' as const);
      assert.equal(await at.run({ command: ['true'], findMeeting, endAsked }), 1);
      assert.equal(at.exit().failure, 'over');
    }));

  it('gives the task exactly its environment', () =>
    withRoom(async (at) => {
      withoutInput(at);
      const environment = { A: '1', 'BASH_FUNC_f%%': '() { :; }', __proto__: null } as unknown as Record<
        string,
        string
      >;
      assert.equal(await at.run({ command: ['/usr/bin/env'], environment: { ...environment } }), 0);
      const names = at
        .out(0)
        .split('\n')
        .map((line) => line.split('=')[0]);
      const own = names.filter((name) => name !== '' && !name?.startsWith('SLURM_'));
      assert.deepEqual(own.sort(), ['A', 'BASH_FUNC_f%%', 'TMPDIR']);
    }));

  it('runs in /tmp and says so where the working folder cannot be used', () =>
    withRoom(async (at) => {
      withoutInput(at);
      assert.equal(await at.run({ command: ['pwd'], order: { workDir: '/nosuch' } }), 0);
      assert.equal(at.out(0), '/tmp\n');
      const line =
        "slurmstepd-gpu01: error: couldn't chdir to `/nosuch': No such file or directory: " +
        'going to /tmp instead\n';
      assert.equal(at.err(0), line.repeat(2));
    }));

  it('lets 5 MB of anything through unchanged', () =>
    withRoom(async (at) => {
      withoutInput(at);
      const bytes = Buffer.alloc(
        5_000_000,
        Uint8Array.from({ length: 257 }, (_, index) => index % 256),
      );
      writeFileSync(join(at.path, 'w/data'), bytes);
      assert.equal(await at.run({ command: ['cat', 'data'] }), 0);
      assert.ok(readFileSync(at.room.stream(0, 'out')).equals(bytes));
    }));

  it('ends with its tasks, not with what they left behind', () =>
    withRoom(async (at) => {
      withoutInput(at);
      const startMs = performance.now();
      assert.equal(await at.run({ command: sh('sleep 5 & echo started') }), 0);
      assert.ok(performance.now() - startMs < 4500);
    }));
});

describe('the files of a step', () => {
  it('are shared by tasks that name the same one, and emptied once', () =>
    withRoom(async (at) => {
      withoutInput(at);
      const file = join(at.path, 'w/all.txt');
      writeFileSync(file, 'old\n');
      const command = sh('echo $SLURM_PROCID; echo e$SLURM_PROCID >&2');
      assert.equal(await at.run({ command, order: { ntasks: 2, output: 'all.txt' } }), 0);
      assert.deepEqual(readFileSync(file, 'utf8').split('\n').sort(), ['', '0', '1', 'e0', 'e1']);
      assert.equal(await at.run({ command, order: { output: 'all.txt', openMode: 'append' } }), 0);
      assert.equal(readFileSync(file, 'utf8').split('\n').length, 7);
      assert.ok(!existsSync(at.room.stream(0, 'out')));
    }));

  it('are not opened through a stranger: a link is followed for its owner alone', () =>
    withRoom(async (at) => {
      withoutInput(at);
      writeFileSync(join(at.path, 'target'), '');
      symlinkSync(join(at.path, 'target'), join(at.path, 'w/link'));
      assert.equal(await at.run({ command: ['echo', 'hi'], order: { output: 'link' } }), 0);
      assert.equal(readFileSync(join(at.path, 'target'), 'utf8'), 'hi\n');
    }));

  it('that cannot be opened keep every task from starting (err.srun.output)', () =>
    withRoom(async (at) => {
      const command = sh('echo > started');
      assert.equal(await at.run({ command, order: { ntasks: 2, output: 'nodir/x' } }), 1);
      assert.deepEqual(at.exit().tasks, []);
      assert.equal(at.exit().failure, 'Could not open stdout file: No such file or directory');
      assert.equal(await at.run({ command, order: { input: 'nosuch' } }), 1);
      assert.equal(at.exit().failure, 'Could not open stdin file: No such file or directory');
      assert.ok(!existsSync(join(at.path, 'w/started')));
    }));

  it('give each task the whole of an input file (srun.stdin_file)', () =>
    withRoom(async (at) => {
      writeFileSync(join(at.path, 'w/f'), 'fromfile\n');
      assert.equal(await at.run({ command: ['cat'], order: { ntasks: 2, input: 'f' } }), 0);
      assert.deepEqual([at.out(0), at.out(1)], ['fromfile\n', 'fromfile\n']);
    }));

  it('leave no mark where there is no output (file.srun.none)', () =>
    withRoom(async (at) => {
      withoutInput(at);
      assert.equal(await at.run({ command: sh('echo x; echo y >&2'), order: { output: 'none' } }), 0);
      assert.deepEqual([at.out(0), at.err(0)], ['', '']);
    }));
});

describe('what srun sends', () => {
  it('reaches all tasks as it comes, through a pipe that can be opened by its name', () =>
    withRoom(async (at) => {
      const ran = at.run({ command: sh('cat /dev/stdin'), order: { ntasks: 2 } });
      for (const part of ['one\n', 'two\0\xff\n']) {
        await sleep(60);
        appendFileSync(at.room.stdin, part, 'latin1');
      }
      await sleep(60);
      writeFileSync(at.room.stdinEnd, '');
      assert.equal(await ran, 0);
      for (const task of [0, 1]) {
        assert.equal(readFileSync(at.room.stream(task, 'out'), 'latin1'), 'one\ntwo\0\xff\n');
      }
    }));

  it('may be more than a pipe holds, and more than a task wants', () =>
    withRoom(async (at) => {
      writeFileSync(at.room.stdin, Buffer.alloc(3_000_000, 'x'));
      writeFileSync(at.room.stdinEnd, '');
      const command = sh('if [ $SLURM_PROCID = 0 ]; then wc -c; else head -c 10; fi');
      assert.equal(await at.run({ command, order: { ntasks: 2 } }), 0);
      assert.deepEqual([at.out(0).trim(), at.out(1)], ['3000000', 'x'.repeat(10)]);
    }));

  it('goes to one task if only one is named (srun.stdin_i0)', () =>
    withRoom(async (at) => {
      writeFileSync(at.room.stdin, 'a\n');
      writeFileSync(at.room.stdinEnd, '');
      assert.equal(await at.run({ command: ['cat'], order: { ntasks: 2, input: '0' } }), 0);
      assert.deepEqual([at.out(0), at.out(1)], ['a\n', '']);
    }));

  it('does not hold up a task that never reads', () =>
    withRoom(async (at) => {
      assert.equal(await at.run({ command: ['true'] }), 0);
    }));
});

describe('the end of a step that is asked for', () => {
  it('is SIGTERM, and SIGKILL after the grace', () =>
    withRoom(async (at) => {
      withoutInput(at);
      const command = sh(
        '[ $SLURM_PROCID = 0 ] || trap "echo term" TERM; echo ready; while :; do sleep 0.05; done',
      );
      const endAsked = (async () => {
        while (at.out(0) === '' || at.out(1) === '') await sleep(10);
        return 'us' as const;
      })();
      assert.equal(await at.run({ command, order: { ntasks: 2 }, endAsked, graceMs: 300 }), 143);
      assert.deepEqual(
        at.exit().tasks.map(({ signal }) => signal),
        [15, 9],
      );
      assert.equal(at.out(1), 'ready\nterm\n');
    }));

  it('leaves the first signal to the daemon where that has told all', () =>
    withRoom(async (at) => {
      withoutInput(at);
      const command = sh('trap "echo term" TERM; while :; do sleep 0.05; done');
      assert.equal(await at.run({ command, endAsked: Promise.resolve('all'), graceMs: 200 }), 137);
      assert.equal(at.out(0), '');
    }));

  it('says that its time limit ended it, or the time limit of its job', () =>
    withRoom(async (at) => {
      withoutInput(at);
      // In minutes.
      const own = { timeLimit: 0.005 };
      assert.equal(await at.run({ command: sh('exec sleep 20'), order: own }), 143);
      assert.match(at.err(0), /\*\*\* STEP 1\.0 ON gpu01 CANCELLED AT \S+ DUE TO TIME LIMIT \*\*\*\n$/);
      assert.equal(at.exit().isOverTime, true);

      const ended = { command: sh('exec sleep 20'), order: { layout: [[[0, 0]]] } } as const;
      writeFileSync(at.room.jobEnd, ' DUE TO TIME LIMIT');
      await at.run({ ...ended, endAsked: Promise.resolve('us') });
      assert.match(at.err(0), /\*\*\* STEP 1\.0 ON gpu01 CANCELLED AT \S+ DUE TO TIME LIMIT \*\*\*\n$/);
      assert.equal(at.exit().isOverTime, undefined);
      writeFileSync(at.room.jobEnd, '\u001b[2J');
      await at.run({ ...ended, endAsked: Promise.resolve('us') });
      assert.match(at.err(0), /\*\*\* STEP 1\.0 ON gpu01 CANCELLED AT \S+ \*\*\*\n$/);
    }));

  it('signals a task once, though it is among its kin', () =>
    withRoom(async (at) => {
      const spared: (readonly number[])[] = [];
      const kin: Kin = {
        signal: async (_, but) => void spared.push([...but]),
        end: async () => {},
      };
      const control = { mgpu: 'step-control', format: 1, kind: 'signal', signal: 10, uid: 1, time: 1 };
      const running = at.run({
        command: sh('trap "exit 3" USR1; echo $$; while sleep 0.05; do :; done'),
        kin,
      });
      for (let tries = 0; !at.out(0).endsWith('\n') && tries < 500; tries += 1) await sleep(10);
      writeFileSync(at.room.control(0), JSON.stringify(control));
      assert.equal(await running, 3);
      assert.deepEqual(spared, [[Number(at.out(0))]]);
    }));

  it('gives the first task alone a terminal, and tells it of another window', () =>
    withRoom(async (at) => {
      const control = { mgpu: 'step-control', format: 1, kind: 'signal', signal: 28, uid: 1, time: 1 };
      const window = { rows: 40, columns: 90 };
      const command = sh('trap "stty size; exit 3" WINCH; tty; stty size; while sleep 0.05; do :; done');
      const running = at.run({
        command,
        order: { ntasks: 2, input: '0', output: '0' },
        terminal: { rows: 33, columns: 77 },
      });
      for (let tries = 0; !at.out(0).includes('33 77') && tries < 500; tries += 1) await sleep(10);
      writeFileSync(at.room.control(0), JSON.stringify({ ...control, window }));
      for (let tries = 0; !existsSync(at.room.ends(0)) && tries < 500; tries += 1) await sleep(10);
      writeFileSync(at.room.control(1), JSON.stringify({ ...control, kind: 'end', signal: 9 }));
      assert.equal(await running, 137);
      assert.match(at.out(0), /^\/dev\/pts\/\d+\r\n33 77\r\n40 90\r\n/);
      const [first, second] = at.exit().tasks;
      assert.deepEqual([first?.code, second?.signal], [3, 9]);
    }));

  it('says what a node lacks for a terminal, and starts nothing', () =>
    withRoom(async (at) => {
      withoutInput(at);
      const terminal = { rows: 1, columns: 1 };
      const lacks = '--pty needs script';
      assert.equal(await at.run({ command: ['true'], terminal, terminalFault: lacks }), 1);
      assert.deepEqual([at.exit().failure, at.exit().tasks], [lacks, []]);
    }));

  it('runs the program that was sent, and starts nothing where it cannot be put', () =>
    withRoom(async (at) => {
      withoutInput(at);
      writeFileSync(at.room.program, '#!/bin/sh\necho sent $0 $1\n');
      const bcast = { path: join(at.path, 'copy'), mode: 0o755, mtime: 5 };
      assert.equal(await at.run({ command: ['tool', 'x'], bcast }), 0);
      assert.equal(at.out(0), `sent ${at.path}/copy x\n`);
      assert.equal(await at.run({ command: ['tool'], bcast: { ...bcast, path: '/nonexistent/x' } }), 1);
      assert.equal(at.exit().failure, 'REQUEST_FILE_BCAST(gpu01): No such file or directory');
    }));
});
