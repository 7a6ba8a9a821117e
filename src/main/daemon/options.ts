import { homedir } from 'node:os';
import { MgpuError } from '../../base/error.ts';
import { mgpudProgram } from '../../commands/mgpud/options.ts';
import { parsePort } from '../../model/bell.ts';
import { locateSpool } from '../../services/locate.ts';
import { readConfigFile } from '../../system/configfile.ts';
import { hostNames } from '../../system/user.ts';
import { readAdmin, textOf } from '../wire/admin.ts';
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

/** Reads the daemon's command line, or gives the text that it asks for. Throws `USAGE`. */
export async function parseDaemonOptions(
  program: string,
  argv: readonly string[],
): Promise<DaemonOptions | { readonly shown: string }> {
  const reading = await readAdmin(mgpudProgram, program, argv);
  if ('shown' in reading) return reading;
  const { words } = reading;
  const { path, origin } = await locateSpool({
    option: textOf(words, 'spool'),
    environment: process.env,
    workDir: () => process.cwd(),
    homeDir: homedir,
    hostName: () => hostNames().short,
    readConfig: readConfigFile,
  });
  return {
    spool: path,
    isEmbedded: origin === 'embedded' || words['embedded'] === true,
    verbosity: Number(words['verbose'] ?? 0),
    ...defined({
      nodeName: textOf(words, 'node-name'),
      gpus: textOf(words, 'gpus'),
      cpus: wholeNumber('cpus', words['cpus'], 1),
      memory: textOf(words, 'memory'),
      rack: textOf(words, 'rack'),
      switch: textOf(words, 'switch'),
      localDir: textOf(words, 'local-dir'),
      logFile: textOf(words, 'log-file'),
      pollMs: wholeNumber('poll', words['poll'], 10),
      port: portOf(textOf(words, 'port')),
    }),
  };
}

function wholeNumber(name: string, value: unknown, min: number): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && Number(value) >= min) return Number(value);
  throw new MgpuError('USAGE', `--${name}: expected a whole number from ${min}`);
}

function portOf(word: string | undefined): number | undefined {
  const port = parsePort(word);
  if (word !== undefined && port === undefined)
    throw new MgpuError('USAGE', `--port: expected a UDP port up to 65535, or none: ${word}`);
  return port;
}

/** The fields that have a value. */
function defined<T extends Record<string, unknown>>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
