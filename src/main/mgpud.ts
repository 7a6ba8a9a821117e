import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { serve } from '../agent/daemon.ts';
import { asyncFiles } from '../system/files.ts';
import { leave } from '../system/leave.ts';
import { createLogger } from '../system/logger.ts';
import { makeAgent } from './daemon/make.ts';
import { type DaemonOptions, parseDaemonOptions } from './daemon/options.ts';
import { report, verbosityOf } from './wire.ts';

/** The folder of the bundle; the launchers lie beside it. */
declare const __dirname: string;

/** The daemon of a node: `mgpud`. */
export async function main(program: string): Promise<void> {
  // A small young generation: bursts of jobs must not leave the daemon large for the rest of its life.
  setFlagsFromString('--max-semi-space-size=2');
  // Read by libuv at its first file operation: calls that hang must not stop all others.
  process.env['UV_THREADPOOL_SIZE'] ??= '16';
  try {
    const options = await parseDaemonOptions(program, process.argv.slice(2));
    if ('shown' in options) process.stdout.write(options.shown);
    else await run(options);
  } catch (error) {
    // This is the edge: what nobody else caught is told here.
    const err = (text: string): void => {
      process.stderr.write(text);
    };
    leave(report(error, { program, err, isTraced: verbosityOf(process.argv.slice(2)) >= 3 }));
  }
}

async function run(options: DaemonOptions): Promise<void> {
  const logger = await createLogger({
    to: options.logFile === undefined ? 'stderr' : { file: options.logFile },
    form: options.logFile === undefined && process.stderr.isTTY ? 'text' : 'json',
    verbosity: options.verbosity,
  });
  const stepCommand = [process.execPath, join(__dirname, '..', 'bin', 'mgpu_stepd')];
  const agent = await makeAgent(options, { logger, files: asyncFiles(), stepCommand });
  let isAsked = false;
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      isAsked = true;
      agent.watcher.wake();
    });
  }
  process.on('SIGHUP', () => logger.reopen());
  const end = await serve(agent, { isAsked: () => isAsked });
  await agent.doorbell?.close();
  await agent.watcher.close();
  // A daemon that was replaced leaves the file to the one that has it now.
  if (end === 'stopped') await agent.store.files.unlink(join(agent.localDir, 'daemon.json'));
  leave(end === 'stopped' ? 0 : 1);
}
