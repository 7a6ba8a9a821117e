// npm run demo: a cluster of one machine in a temporary folder, and real work on it through the commands
// that a user types. It checks what came out, ends with a summary, and leaves nothing behind.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './files.mjs';

const lookMs = 100;
const deadlineMs = 60_000;
/** A job that is asked to end has half a minute before it is killed. */
const endDeadlineMs = 45_000;
const declaredGpus = '4';

const folder = mkdtempSync(join(tmpdir(), 'mgpu-demo-'));
const spool = join(folder, 'spool');
const work = join(folder, 'work');
const log = join(folder, 'mgpud.log');
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SLURM|SBATCH|SRUN|MGPU)/.test(name)),
  ),
  PATH: [join(root, 'bin'), process.env['PATH']].join(delimiter),
  MGPU_SPOOL: spool,
  MGPU_LOCAL_DIR: join(folder, 'local'),
};

/** @type {import('node:child_process').ChildProcess | undefined} */
let daemon;
/**
 * The commands that run just now.
 * @type {Set<import('node:child_process').ChildProcess>}
 */
const commands = new Set();
let isInterrupted = false;

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    if (isInterrupted) return;
    isInterrupted = true;
    say(`\n${signal}: cleaning up`);
    for (const child of commands) child.kill();
    void cleanUp().finally(() => process.exit(130));
  });
}

try {
  await demo();
} catch (error) {
  if (isInterrupted) await new Promise(() => {});
  say(`\ndemo: error: ${error instanceof Error ? error.message : error}`);
  if (existsSync(log)) say(`The last lines of mgpud's log:\n${lastLines(readFileSync(log, 'utf8'), 10)}`);
  process.exitCode = 1;
} finally {
  if (!isInterrupted) await cleanUp();
}

async function demo() {
  if ((await run('python3', ['--version'])).code !== 0)
    throw new Error('python3 is needed for the example, and is missing');
  mkdirSync(work);
  cpSync(join(root, 'examples'), join(work, 'examples'), { recursive: true });
  await show('mgpu', ['init', spool, '--name', 'demo']);
  await startCluster();
  await show('mgpu_sinfo', []);
  await show('mgpu_sinfo', ['--gpus']);
  const jobs = [await batchJob(), await interactiveJob(), ...(await arrayJob()), await cancelledJob()];
  await show('mgpu_squeue', ['--states', 'all']);
  await show('mgpu_sinfo', ['--gpus']);
  await summary(jobs);
}

/** Starts the daemon with the GPUs of this machine if they serve the demo, else with declared ones. */
async function startCluster() {
  await startDaemon([]);
  const found = await gpuStates();
  const usable = ['0', '1'].filter((index) => found.get(index) === 'free');
  if (usable.length === 2) {
    say(`\nGPUs: the ${found.size} of this machine`);
    return;
  }
  const why =
    found.size === 0 ? 'none found' : `${found.size} found, but 0 and 1 are not both there and free`;
  say(`\nGPUs: ${why}, so ${declaredGpus} are declared; nothing computes on them`);
  await stopDaemon();
  await startDaemon(['--gpus', declaredGpus]);
}

/** @param {string[]} options */
async function startDaemon(options) {
  const words = ['--spool', spool, '--node-name', 'demo1', ...options];
  say(`\n$ mgpud ${words.join(' ')} &`);
  const output = openSync(log, 'a');
  const child = spawn('mgpud', words, {
    cwd: work,
    env: environment,
    detached: true,
    stdio: ['ignore', output, output],
  });
  child.on('error', (error) => say(`mgpud: ${error.message}`));
  daemon = child;
  await until('the node to come up', async () => {
    if (child.exitCode !== null) throw new Error(`mgpud ended with exit code ${child.exitCode}`);
    return (await ask('mgpu_sinfo', ['-h', '-o', '%T'])) === 'idle';
  });
}

/**
 * How each GPU is, by its index.
 * @returns {Promise<Map<string, string>>}
 */
async function gpuStates() {
  const gres = await ask('mgpu_sinfo', ['-h', '-o', '%G']);
  if (gres === '(null)') return new Map();
  const lines = (await ask('mgpu_sinfo', ['--gpus'])).split('\n');
  const heads = (lines[0] ?? '').split(/ {2,}/);
  const at = (/** @type {string} */ name) => heads.findIndex((head) => head.trim() === name);
  return new Map(
    lines.slice(1).map((line) => {
      const cells = line.split(/ {2,}/).map((cell) => cell.trim());
      const isFree = cells[at('STATE')] === 'idle' && cells[at('HEALTH')] === 'ok';
      return [cells[at('GPU')] ?? '', isFree ? 'free' : 'not free'];
    }),
  );
}

/**
 * @typedef {object} Shown a job for the summary
 * @property {string} id
 * @property {string} what
 * @property {string} wanted the state that it has to end in
 * @property {string} said the last line of its output
 */

/** @returns {Promise<Shown>} */
async function batchJob() {
  title('A batch job with #SBATCH lines');
  await show('cat', ['examples/train.sh']);
  const id = await submit(['examples/train.sh']);
  await show('mgpu_squeue', []);
  await untilOver(id);
  const said = await show('tail', ['-n', '3', `train-${id}.out`]);
  if (!said.includes('accuracy')) throw new Error(`train-${id}.out does not end with the accuracy`);
  return { id, what: 'batch job', wanted: 'COMPLETED', said: lastLines(said, 1) };
}

/** @returns {Promise<Shown>} */
async function interactiveJob() {
  title('An interactive job on GPUs 0 and 1, whose output appears as it is printed');
  let pieces = 0;
  const said = await show('mgpu_srun', ['--gpu-ids', '0,1', '--', 'python3', 'examples/train.py'], () => {
    pieces += 1;
  });
  say(`(the output came in ${pieces} pieces)`);
  if (pieces < 2) throw new Error('the output came all at once');
  const id = /^job +(\d+)$/m.exec(said)?.[1];
  if (id === undefined) throw new Error('the job did not say its id');
  if (!/^GPUs +0,1$/m.test(said)) throw new Error('the job did not see GPUs 0 and 1');
  if (!said.includes('accuracy')) throw new Error('the output does not end with the accuracy');
  return { id, what: 'interactive job', wanted: 'COMPLETED', said: lastLines(said, 1) };
}

/** @returns {Promise<Shown[]>} */
async function arrayJob() {
  title('A job array of four tasks, two at a time');
  const id = await submit(['examples/array.sh']);
  await show('mgpu_squeue', []);
  await untilOver(id);
  return [1, 2, 3, 4].map((task) => {
    const path = join(work, `sweep-${id}_${task}.out`);
    const said = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (!said.includes('accuracy')) throw new Error(`sweep-${id}_${task}.out does not end with the accuracy`);
    return { id: `${id}_${task}`, what: 'array task', wanted: 'COMPLETED', said: lastLines(said, 1) };
  });
}

/** @returns {Promise<Shown>} */
async function cancelledJob() {
  title('A job that is cancelled while it runs');
  const id = await submit([
    '-J',
    'endless',
    '--gpus',
    '1',
    '-o',
    'endless.out',
    '--wrap',
    'exec python3 examples/train.py --epochs 1000000',
  ]);
  const path = join(work, 'endless.out');
  await until(
    `job ${id} to train`,
    async () => existsSync(path) && readFileSync(path, 'utf8').includes('epoch'),
  );
  await show('mgpu_squeue', []);
  await show('mgpu_scancel', [id]);
  await untilOver(id);
  const said = await show('tail', ['-n', '2', 'endless.out']);
  return { id, what: 'cancelled job', wanted: 'CANCELLED', said: lastLines(said, 1) };
}

/** @param {Shown[]} jobs */
async function summary(jobs) {
  title('Summary');
  for (const { id, what, wanted, said } of jobs) {
    const page = await ask('mgpu_scontrol', ['show', 'job', id]);
    const state = /JobState=(\S+)/.exec(page)?.[1];
    if (state !== wanted) throw new Error(`job ${id} should be ${wanted} and is ${state}`);
    const gpus = /MgpuGpus=(\S+)/.exec(page)?.[1] ?? '-';
    say(`${id.padEnd(5)} ${what.padEnd(16)} ${state.padEnd(10)} GPUs ${gpus.padEnd(8)} ${said}`);
  }
  say('\nAll jobs ended as they should.');
}

/**
 * Submits and gives the job's id.
 * @param {string[]} words
 */
async function submit(words) {
  const said = await show('mgpu_sbatch', words);
  const id = /^Submitted batch job (\d+)$/m.exec(said)?.[1];
  if (id === undefined) throw new Error('mgpu_sbatch did not say a job id');
  return id;
}

/**
 * Waits until no task of a job is in the queue any more.
 * @param {string} id
 */
function untilOver(id) {
  return until(`job ${id} to end`, async () => (await ask('mgpu_squeue', ['-h', '-j', id])) === '');
}

/**
 * @param {string} what
 * @param {() => Promise<boolean>} check
 * @param {number} [waitMs]
 */
async function until(what, check, waitMs = deadlineMs) {
  for (const end = performance.now() + waitMs; performance.now() < end; ) {
    if (isInterrupted && waitMs === deadlineMs) throw new Error('interrupted');
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  throw new Error(`waited ${waitMs / 1000} s for ${what}`);
}

/**
 * Runs a command as a user would, showing it and its output as it comes. Throws when it fails.
 * @param {string} command
 * @param {string[]} words
 * @param {() => void} [onPiece]
 */
async function show(command, words, onPiece = () => {}) {
  say(`\n$ ${[command, ...words.map(quoted)].join(' ')}`);
  const { code, out } = await run(command, words, (text) => {
    process.stdout.write(text);
    onPiece();
  });
  if (code !== 0) throw new Error(`${command} ended with exit code ${code}`);
  return out;
}

/**
 * Runs a command quietly and gives what it printed. Throws when it fails.
 * @param {string} command
 * @param {string[]} words
 */
async function ask(command, words) {
  const { code, out, err } = await run(command, words);
  if (code !== 0)
    throw new Error(`${command} ${words.join(' ')} ended with exit code ${code}: ${err.trim()}`);
  return out.trim();
}

/**
 * @param {string} command
 * @param {string[]} words
 * @param {(text: string) => void} [live] gets both streams as they come
 * @returns {Promise<{ code: number | null, out: string, err: string }>}
 */
function run(command, words, live = () => {}) {
  return new Promise((resolve) => {
    const child = spawn(command, words, {
      cwd: existsSync(work) ? work : folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      out += text;
      live(text);
    });
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      err += text;
      live(text);
    });
    child.on('error', (error) => resolve({ code: 127, out, err: error.message }));
    commands.add(child);
    child.on('close', (code) => {
      commands.delete(child);
      resolve({ code, out, err });
    });
  });
}

/** Ends what still runs, then the daemon, and removes the folder. */
async function cleanUp() {
  try {
    if (daemon !== undefined && daemon.exitCode === null) {
      const isQuiet = async () => {
        await ask('mgpu_scancel', ['--me']);
        return (await ask('mgpu_squeue', ['-h'])) === '';
      };
      await until('the jobs to end', isQuiet, endDeadlineMs);
    }
  } catch (error) {
    say(`demo: while cleaning up: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
  await stopDaemon();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function stopDaemon() {
  const child = daemon;
  daemon = undefined;
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), endDeadlineMs);
  await ended;
  clearTimeout(timer);
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`${text}\n`);
}

/** @param {string} text */
function title(text) {
  say(`\n== ${text}`);
}

/**
 * @param {string} text
 * @param {number} count
 */
function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/** @param {string} word */
function quoted(word) {
  return /^[\w./,:=%@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
