import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { MgpuError } from '../base/error.ts';
import { limits } from '../model/limits.ts';
import { codeOf, fault } from './files/fault.ts';
import { parseYaml } from './yaml.ts';

/** What a user's or a machine's config.yaml may say. */
export interface ConfigFile {
  /** The directory of the cluster. */
  readonly spool?: string;
}

const keysKnown = ['spool'];

/**
 * Reads a configuration file; undefined when there is none. The parser of YAML is loaded only for a file
 * that is there. Throws `CONFIG` for what it does not know: a misspelt setting must not be passed over.
 */
export async function readConfigFile(path: string): Promise<ConfigFile | undefined> {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const { value } = await parseYaml(text, path);
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new MgpuError('CONFIG', `${path}: expected lines such as: spool: /shared/mgpu`);
  }
  const unknown = Object.keys(value).find((key) => !keysKnown.includes(key));
  if (unknown !== undefined) {
    throw new MgpuError('CONFIG', `${path}: unknown setting: ${unknown}`, {
      hint: `settings that may stand there: ${keysKnown.join(', ')}`,
    });
  }
  const spool = 'spool' in value ? value.spool : undefined;
  if (spool === undefined || spool === null) return {};
  if (typeof spool !== 'string' || spool === '' || spool.length > limits.pathLength) {
    throw new MgpuError('CONFIG', `${path}: spool: expected the path of a directory`);
  }
  return { spool };
}

function readIfThere(path: string): string | undefined {
  try {
    // A FIFO must not hold up every command of this user.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      return readSmall(fd, path);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw fault(path, 'cannot be read', error);
  }
}

function readSmall(fd: number, path: string): string {
  const stat = fstatSync(fd);
  // A device is read as far as a file may be: /dev/null says that there are no settings.
  if (!stat.isFile() && !stat.isCharacterDevice()) throw new MgpuError('CONFIG', `${path}: it is no file`);
  const bytes = new Uint8Array(limits.smallFileBytes + 1);
  let filled = 0;
  for (let count = -1; count !== 0 && filled < bytes.length; filled += count) {
    count = readSync(fd, bytes, filled, bytes.length - filled, null);
  }
  if (filled === bytes.length) {
    throw new MgpuError('CONFIG', `${path}: it has more than ${limits.smallFileBytes} bytes`);
  }
  return new TextDecoder().decode(bytes.subarray(0, filled));
}
