import { execFile } from 'node:child_process';
import type { Ask, Known, Look } from './kinds.ts';

/*
 * Asks a real Slurm. Its commands are those of its packages, wherever PATH leads.
 */

const folder = '/usr/bin';
const timeoutMs = 120_000;
/** How many are asked at once. */
const asked = 3;

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function say(command: string, ...words: readonly string[]): Promise<Said> {
  const env = { PATH: folder, TZ: 'UTC', SLURM_TIME_FORMAT: '%s', LC_ALL: 'C' };
  const options = { env, timeout: timeoutMs, maxBuffer: 2 ** 26, cwd: '/tmp' };
  return new Promise((resolve, reject) => {
    execFile(`${folder}/${command}`, words, options, (error, out, err) => {
      const code = error === null ? 0 : error.code;
      // No exit code is no answer: it was killed, or is not there.
      if (typeof code === 'number') resolve({ code, out, err });
      else reject(new Error(`${command} ${words.join(' ')} gave no answer`, { cause: error }));
    });
  });
}

/** What the real one made of an input, between two seconds since 1970; undefined if it refused it. */
export interface Answer {
  readonly printed: string | undefined;
  readonly from: number;
  readonly to: number;
}

export async function answers(ask: Ask, inputs: readonly string[], job: string): Promise<readonly Answer[]> {
  switch (ask.by) {
    case 'scontrol':
      return eachOf(inputs, async (input) => {
        const { out, err } = await say('scontrol', 'show', ask.form, input);
        return err === '' ? out.trimEnd() : undefined;
      });
    case 'squeue':
      return eachOf(inputs, async (input) => {
        const { out, err } = await say('squeue', '-h', '-j', job, ask.option, input);
        const unknown = [...err.matchAll(/Invalid job format specification: (.*)/g)].map(([, what]) => what);
        return [out.replace(/\n$/, ''), ...unknown].join('\n');
      });
    case 'sacct':
      return eachOf(inputs, async (input) => {
        const { code, out } = await say('sacct', '-n', '-X', '-j', job, `--format=${input}`);
        return code === 0 ? out.replace(/\n$/, '') : undefined;
      });
    case 'sbatch':
      return submitted(ask, inputs);
    default:
      return ask satisfies never;
  }
}

async function submitted(
  { option, words, look }: Extract<Ask, { readonly by: 'sbatch' }>,
  inputs: readonly string[],
): Promise<readonly Answer[]> {
  const ids = await eachOf(inputs, async (input) => {
    const fixed = ['--parsable', '-o', '/dev/null', ...words, `${option}=${input}`, '--wrap', 'true'];
    const { code, out, err } = await say('sbatch', ...fixed);
    if (/unable to contact|timed out/i.test(err)) throw new Error(`sbatch could not ask: ${err}`);
    return code === 0 ? out.trim() : undefined;
  });
  const seen = await looked(look);
  const known = ids.map(({ printed }) => printed).filter((id) => id !== undefined);
  for (let at = 0; at < known.length; at += 200) await say('scancel', ...known.slice(at, at + 200));
  return ids.map(({ printed: id, ...times }) => ({
    ...times,
    printed: id === undefined ? undefined : look === 'taken' ? 'taken' : (seen.get(id) ?? ''),
  }));
}

/** What shows of each job, by its id. */
async function looked(look: Look): Promise<ReadonlyMap<string, string>> {
  if (look === 'taken') return new Map();
  if ('squeue' in look) {
    const { out } = await say('squeue', '-h', '-a', '-o', `%A|${look.squeue}`);
    return new Map(out.split('\n').map((line) => [line.replace(/\|.*/, ''), line.replace(/^\d*\|/, '')]));
  }
  const { out } = await say('scontrol', '-o', 'show', 'job');
  const key = new RegExp(` ${look.scontrol}=(\\S*)`);
  return new Map(
    out.split('\n').map((line) => [/^JobId=(\d+)/.exec(line)?.[1] ?? '', key.exec(line)?.[1] ?? '']),
  );
}

async function eachOf(
  inputs: readonly string[],
  ask: (input: string) => Promise<string | undefined>,
): Promise<readonly Answer[]> {
  const found: Answer[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < inputs.length; at = next++) {
      const from = Math.floor(Date.now() / 1000);
      const printed = await ask(inputs[at] ?? '');
      found[at] = { printed, from, to: Math.floor(Date.now() / 1000) };
    }
  };
  await Promise.all(Array.from({ length: asked }, work));
  return found;
}

const longNames = ['jobid', 'Name', 'PARTITION', 'state', 'numnodes', 'timelimit', 'feature'];

/** A job that is held and one that has ended, and what shows of them. */
export async function knownJobs(): Promise<{ readonly held: string; readonly ended: string; known: Known }> {
  const submit = ['--parsable', '-o', '/dev/null', '-J', 'a_long_job_name_that_is_longer_than_twenty'];
  const held = (await say('sbatch', ...submit, '-H', '--wrap', 'true')).out.trim();
  const ended = (await say('sbatch', ...submit, '-W', '--wrap', 'true')).out.trim();
  const letters: Record<string, string> = {};
  for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') {
    const { out, err } = await say('squeue', '-h', '-j', held, '-o', `%${letter}`);
    if (err === '') letters[letter] = out.replace(/\n$/, '');
  }
  const names: Record<string, string> = {};
  for (const name of longNames) {
    names[name] = (await say('squeue', '-h', '-j', held, '-O', `${name}:|`)).out.replace(/\|\n$/, '');
  }
  return { held, ended, known: { letters, names, columns: await columnsOf(ended) } };
}

/** Accounting lags behind, so it is asked until it says that the job has ended. */
async function columnsOf(job: string): Promise<Record<string, string>> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { out } = await say('sacct', '-X', '-P', '-j', job, '--format=ALL');
    const [heads = '', values = ''] = out.split('\n');
    const cells = values.split('|');
    const columns = Object.fromEntries(heads.split('|').map((head, index) => [head, cells[index] ?? '']));
    // It says so first of a job of which it knows little more.
    if (columns['State'] === 'COMPLETED' && columns['JobName'] !== 'allocation') return columns;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`sacct does not know that job ${job} has ended`);
}
