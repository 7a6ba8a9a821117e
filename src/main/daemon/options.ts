import { homedir } from 'node:os';
import { MgpuError } from '../../base/error.ts';
import { mgpuVersion, slurmVersion } from '../../model/version.ts';
import { locateSpool } from '../../services/locate.ts';
import { readConfigFile } from '../../system/configfile.ts';
import { hostNames } from '../../system/user.ts';
import type { Declared } from './record.ts';

export interface DaemonOptions extends Declared {
  readonly spool: string;
  /** True where the spool is this machine's own, made on first use. */
  readonly isEmbedded: boolean;
  readonly localDir?: string;
  readonly logFile?: string;
  /** Look at the spool every so often, in milliseconds, instead of being told of changes. */
  readonly pollMs?: number;
  readonly verbosity: number;
}

/** The daemon's command line; undefined when it only asked for help or the version. Throws `USAGE`. */
export async function parseDaemonOptions(
  program: string,
  words: readonly string[],
): Promise<DaemonOptions | undefined> {
  const parsed = await parse(program, words);
  if (parsed['help'] === true || parsed['version'] === true) return undefined;
  const text = (name: string): string | undefined => {
    const value = parsed[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const { path, origin } = await locateSpool({
    option: text('spool'),
    environment: process.env,
    workDir: () => process.cwd(),
    homeDir: homedir,
    hostName: () => hostNames().short,
    readConfig: readConfigFile,
  });
  return {
    spool: path,
    isEmbedded: origin === 'embedded' || parsed['embedded'] === true,
    verbosity: Number(parsed['verbose'] ?? 0),
    ...defined({
      nodeName: text('node-name'),
      gpus: text('gpus'),
      cpus: wholeNumber('cpus', text('cpus'), 1),
      memory: text('memory'),
      localDir: text('local-dir'),
      logFile: text('log-file'),
      pollMs: wholeNumber('poll', text('poll'), 10),
    }),
  };
}

async function parse(program: string, words: readonly string[]): Promise<Record<string, unknown>> {
  const { default: yargs } = await import('yargs');
  const text = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const;
  return yargs([...words])
    .scriptName(program)
    .usage(
      '$0 [options]\n\nServes this machine to the cluster until it is told to stop; running jobs outlive it.',
    )
    .options({
      spool: text('the cluster’s directory'),
      'node-name': text('the node’s name, if not the host’s'),
      gpus: text('declare GPUs instead of looking for them: 4, a100:4'),
      cpus: text('declare how many CPUs jobs may use'),
      memory: text('declare how much memory jobs may use: 64G, or in MiB'),
      'local-dir': text('this node’s folder on a local disk, by default under /var/tmp'),
      'log-file': text('add the log to this file instead of standard error'),
      poll: text('look at the spool every so many milliseconds instead of being told'),
      embedded: { type: 'boolean', describe: 'the spool is this machine’s own: make it if it is not there' },
      verbose: { type: 'count', alias: 'v', describe: 'log more' },
    })
    .version(`${program} ${mgpuVersion} (slurm ${slurmVersion})`)
    .alias('version', 'V')
    .help()
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      throw new MgpuError('USAGE', message ?? String(error), { hint: `see ${program} --help` });
    })
    .parseAsync();
}

function wholeNumber(name: string, text: string | undefined, min: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (number < min) throw new MgpuError('USAGE', `--${name}: ${text}: expected a whole number from ${min}`);
  return number;
}

/** The fields that have a value. */
function defined<T extends Record<string, unknown>>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
