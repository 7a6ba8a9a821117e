import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: this file runs as build/bench/cluster.js. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** A spool of the benchmark, and the commands on it as a user runs them. */
export interface BenchCluster {
  readonly spool: string;
  readonly environment: NodeJS.ProcessEnv;
  run(command: string, ...args: string[]): string;
  startDaemon(...args: string[]): Promise<ChildProcess>;
}

export function benchCluster(folder: string, name: string): BenchCluster {
  const spool = join(folder, name);
  const environment = { ...process.env, MGPU_SPOOL: spool, MGPU_LOCAL_DIR: join(folder, 'local') };
  const run = (command: string, ...args: string[]): string => {
    const ended = spawnSync(join(root, 'bin', command), args, {
      env: environment,
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    if (ended.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${ended.stderr}`);
    return ended.stdout;
  };
  run('mgpu', 'init', spool);
  return {
    spool,
    environment,
    run,
    async startDaemon(...args) {
      const logPath = join(folder, `${name}-mgpud.log`);
      const log = openSync(logPath, 'a');
      const program = join(root, 'bin/mgpud');
      const child = spawn(program, ['--spool', spool, ...args], {
        env: environment,
        cwd: '/',
        stdio: ['ignore', log, log],
      });
      await until(() => readFileSync(logPath, 'utf8').includes('registered'), 'the daemon registers');
      return child;
    },
  };
}

export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 120_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await sleep(20);
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
