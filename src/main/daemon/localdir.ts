import { join } from 'node:path';
import { guardText } from '../../agent/guard.ts';
import { shimText } from '../../agent/shim.ts';
import { checksum } from '../../base/checksum.ts';
import { MgpuError } from '../../base/error.ts';
import type { Files } from '../../ports/files.ts';
import type { Processes, ProcessIdentity } from '../../ports/processes.ts';
import { readDaemon } from '../../services/embedded.ts';
import { makeOwnFolder } from '../../services/ownfolder.ts';
import { encodeText, putIfAbsent } from '../../store/put.ts';

/**
 * Makes the daemon's folder on this machine. Throws `UNSAFE` when somebody else could put something there.
 */
export async function makeLocalDir(files: Files, path: string, uid: number): Promise<void> {
  await makeOwnFolder(files, path, uid);
  await files.makeDir(join(path, 'runs'), 0o700);
}

/** Puts shim and guard into the folder, under names of their content: a shell may still read an older one. */
export async function installScripts(
  files: Files,
  localDir: string,
  nonce: string,
): Promise<{ readonly shimPath: string; readonly guardPath: string }> {
  const install = async (what: string, text: string): Promise<string> => {
    const content = encodeText(text);
    const name = `${what}-${checksum(content)}.sh`;
    await putIfAbsent(files, localDir, name, content, { mode: 0o700, durable: false, nonce });
    return `${localDir}/${name}`;
  };
  return { shimPath: await install('shim', shimText), guardPath: await install('guard', guardText) };
}

/**
 * Makes sure that this is the only daemon of its node on this machine, and says so in `daemon.json`. Throws
 * `RUNNING` when another one lives.
 */
export async function claimLocalDir(
  ports: { readonly files: Files; readonly processes: Processes },
  localDir: string,
  own: ProcessIdentity & {
    readonly node: string;
    readonly spool: string;
    readonly nonce: string;
    readonly uid: number;
  },
): Promise<void> {
  const path = `${localDir}/daemon.json`;
  const { nonce, uid, ...said } = own;
  const content = encodeText(`${JSON.stringify(said)}\n`);
  for (let tries = 0; tries < 10; tries += 1) {
    const options = { mode: 0o600, durable: false, nonce };
    if ((await putIfAbsent(ports.files, localDir, 'daemon.json', content, options)) === 'put') return;
    const other = await readDaemon(ports.files, localDir, uid);
    if (other !== undefined && (await ports.processes.isAlive(other))) {
      throw new MgpuError('RUNNING', `mgpud serves node ${own.node} already (process ${other.pid})`, {
        hint: 'end it first, or give this one another name with --node-name',
      });
    }
    await ports.files.unlink(path);
  }
  throw new MgpuError('RUNNING', `${path}: another daemon starts at the same time`);
}
