// srun --pty: script(1) plays the terminal that the user sits at.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, makeCluster, root, until } from './tools/cluster.ts';

let cluster: Cluster;

before(async () => {
  cluster = await makeCluster();
  await cluster.daemon({ node: 'node1', cpus: 4, gpus: '2' });
});
after(() => cluster.close());

interface Seat {
  readonly shown: () => string;
  type(keys: string): void;
  see(part: string | RegExp): Promise<void>;
  /** Settles with the exit code of the last line. */
  readonly ended: Promise<number | null>;
}

/** Runs lines of sh at a terminal; what is typed goes there. */
function sitDown(lines: string): Seat {
  const path = `PATH=${join(root, 'bin/slurm')}:$PATH`;
  const text = `${path}; stty rows 33 cols 77; ${lines}`;
  const child = spawn('script', ['-qefc', text, '/dev/null'], {
    cwd: cluster.work,
    env: { ...cluster.environment, SHELL: '/bin/sh', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8');
  });
  return {
    shown: () => shown,
    type: (keys) => void child.stdin.write(keys),
    see: async (part) => {
      const isThere = (): boolean => (typeof part === 'string' ? shown.includes(part) : part.test(shown));
      await until(isThere, { what: `${part} at the terminal` }).catch((error: unknown) => {
        throw new Error(`shown: ${JSON.stringify(shown)}`, { cause: error });
      });
    },
    ended: new Promise((resolve) => void child.once('close', (code) => resolve(code))),
  };
}

test('a table has no colours at a terminal under the name of Slurm, and has some under ours', async () => {
  const line = `sinfo -h -o '%N|%t'; ${join(root, 'bin/mgpu_sinfo')} -h -o '%N|%t'`;
  const seat = sitDown(line);
  assert.equal(await seat.ended, 0);
  const [plain = '', coloured = ''] = seat.shown().split('\r\n');
  assert.equal(plain, 'node1|idle');
  assert.equal(coloured, 'node1|\u001b[32midle\u001b[39m');
});

/** Shows that the terminal is as it was before. */
const look = 'stty -a | grep -o "[-]*icanon\\|[-]*echo \\|[-]*opost"';
const usual = 'opost\r\nicanon\r\necho \r\n';

test('a shell on a terminal of its own: its window, what is typed, its exit code', async () => {
  const seat = sitDown(
    `srun --pty sh -c 'stty size; tty; env | grep PTY_WIN; read x; echo got $x; exit 7'; echo rc=$?; ${look}`,
  );
  await seat.see('SLURM_PTY_WIN_ROW=33');
  await seat.see('SLURM_PTY_WIN_COL=77');
  assert.match(seat.shown(), /^33 77\r\n\/dev\/pts\/\d+\r\n/);
  seat.type('a word\r');
  assert.equal(await seat.ended, 0);
  const rest = seat.shown().split('got a word\r\n')[1];
  assert.equal(rest, `srun: error: node1: task 0: Exited with exit code 7\r\nrc=7\r\n${usual}`);
});

test('Ctrl-C reaches the task, which may live on, and Ctrl-D ends its input', async () => {
  const seat = sitDown(
    `srun --pty sh -c 'trap "echo caught" INT; echo ready; cat; cat; echo end'; echo rc=$?`,
  );
  await seat.see('ready');
  seat.type('\x03');
  await seat.see('caught');
  seat.type('line\r');
  await seat.see('line\r\nline');
  seat.type('\x04');
  await seat.see('end\r\nrc=0');
  await seat.ended;
  assert.doesNotMatch(seat.shown(), /srun: interrupt/);
});

test('Ctrl-C ends what does not catch it', async () => {
  const seat = sitDown('srun --pty sh -c "echo ready; exec sleep 100"; echo rc=$?');
  await seat.see('ready');
  seat.type('\x03');
  await seat.see('rc=130');
  assert.match(seat.shown(), /srun: error: node1: task 0: Interrupt\r\n/);
  await seat.ended;
});

const waiting = 'trap "stty size; exit 0" WINCH; echo ready; while sleep 0.1; do :; done';

test('another window reaches the task while it runs', async () => {
  const seat = sitDown(`echo at=$(tty); srun --pty sh -c '${waiting}'; echo rc=$?`);
  await seat.see('ready');
  const [, tty = ''] = /at=(\S+)/.exec(seat.shown()) ?? [];
  const resized = spawn('stty', ['-F', tty, 'rows', '40', 'cols', '90'], { stdio: 'ignore' });
  await new Promise((resolve) => resized.once('exit', resolve));
  await seat.see('40 90\r\nrc=0');
  await seat.ended;
});

test('an interactive shell has control of its jobs', async () => {
  const seat = sitDown('srun --pty bash --norc -i; echo rc=$?');
  await seat.see(/[$#] /);
  seat.type('sleep 100\r');
  await seat.see(/sleep 100\r\n/);
  await sleep(300);
  seat.type('\x1a');
  await seat.see('Stopped');
  seat.type('kill -9 %1; sleep 0.5\r');
  await seat.see('Killed');
  seat.type('exit 5\r');
  await seat.see('rc=5');
  await seat.ended;
});

test('a step within a job has a terminal, and of several tasks the first alone', async () => {
  const seat = sitDown(`salloc -Q -n2 srun -l --pty sh -c 'echo $SLURM_PROCID $(tty)'; echo rc=$?`);
  await seat.see('rc=0');
  assert.match(seat.shown(), /^0: 0 \/dev\/pts\/\d+\r\n/);
  assert.doesNotMatch(seat.shown(), /1: /);
  await seat.ended;
});

test('a terminal is put back when srun is killed outright, and its step ends', async () => {
  const seat = sitDown(
    `(until [ -e pid ]; do sleep 0.1; done; sleep 0.5; kill -9 $(cat pid)) &
    sh -c 'echo $$ > pid; exec srun --pty sleep 301'; sleep 1; ${look}`,
  );
  assert.equal(await seat.ended, 0);
  assert.ok(seat.shown().endsWith(usual), seat.shown());
});

test('a cancelled job says so, in whole lines', async () => {
  const seat = sitDown('srun -J seat --pty sh -c "echo ready; exec sleep 302"; echo rc=$?');
  await seat.see('ready');
  await cluster.output('mgpu_scancel', '-n', 'seat');
  await seat.see('rc=143');
  assert.match(seat.shown(), /\*\*\* STEP \d+\.0 ON node1 CANCELLED AT \S+ \*\*\*\r\n/);
  assert.match(seat.shown(), /srun: error: node1: task 0: Terminated\r\n/);
  await seat.ended;
});

test('without a terminal --pty is set aside with a word (srun.pty)', async () => {
  const { stdout, stderr, code } = await cluster.run('mgpu_srun', '--pty', 'tty');
  assert.equal(stdout, 'not a tty\n');
  assert.deepEqual(stderr.split('\n').slice(0, 2), [
    'srun: error: ioctl(TIOCGWINSZ): Inappropriate ioctl for device',
    'srun: error: Not using a pseudo-terminal, disregarding --pty option',
  ]);
  assert.equal(code, 1);
});
