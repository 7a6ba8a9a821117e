import { spawn } from 'node:child_process';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MgpuError } from '../../base/error.ts';
import type { CommandIo } from '../../commands/io.ts';
import { type LogsWish, type OutputFiles, type RemoteTail, showLogs } from '../../services/logs.ts';
import { errnoWords } from '../../system/errnowords.ts';
import { codeOf, fault } from '../../system/files/fault.ts';
import { createRoomWatcher } from '../../system/roomwatch.ts';
import { byteWriter } from '../../system/streams.ts';
import { openSession } from './session.ts';

/** `mgpu logs` of a cluster; `srun` is the program that runs a step. */
export async function logs(
  io: CommandIo,
  {
    spool,
    wish,
    srun,
  }: { readonly spool: string | undefined; readonly wish: LogsWish; readonly srun: string },
): Promise<number> {
  const session = await openSession(io, { spool, startsDaemon: false });
  const writer = byteWriter(1);
  const watcher = createRoomWatcher();
  watcher.add(session.store.layout.log);
  try {
    return await showLogs(
      session,
      {
        files: outputFiles(),
        watcher,
        out: (bytes) => writer.write(bytes),
        inform: (line) => io.err(`${io.program}: ${line}\n`),
        tailOn: (node, jobId, tail) =>
          tailOn(srun, ['--spool', session.store.layout.root, ...stepOf(node, jobId)], tail),
      },
      wish,
    );
  } finally {
    await watcher.close();
  }
}

/** Beside what the job does, on one of its nodes; of what srun has to say, errors alone. */
function stepOf(node: string, jobId: number): readonly string[] {
  return ['--overlap', `--jobid=${jobId}`, `--nodelist=${node}`, '-N1', '-n1', '--quiet', '--input=none'];
}

/** The file is named behind `--`, and no shell reads it. */
function tailOn(srun: string, step: readonly string[], tail: RemoteTail): Promise<number> {
  const { path, follows, lines } = tail;
  const from = lines === undefined ? '+1' : String(lines);
  const words = ['tail', '-n', from, ...(follows ? ['-F'] : []), '--', path];
  return new Promise((resolve, reject) => {
    // That its job's end ends it is no news where it follows.
    const child = spawn(srun, [...step, '--', ...words], {
      stdio: ['ignore', 'inherit', follows ? 'ignore' : 'inherit'],
    });
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', (cause) => {
      const code = codeOf(cause);
      reject(code === undefined ? cause : new MgpuError(code, `${srun}: ${errnoWords(code)}`, { cause }));
    });
  });
}

function outputFiles(): OutputFiles {
  return {
    async stat(path) {
      try {
        const { size, mtimeMs } = await stat(path);
        return { sizeBytes: size, changedTime: mtimeMs / 1000 };
      } catch (error) {
        const code = codeOf(error);
        if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
        throw fault(path, 'cannot be read', error);
      }
    },
    async read(path, offset, length) {
      try {
        const file = await open(path, 'r');
        try {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
          return buffer.subarray(0, bytesRead);
        } finally {
          await file.close();
        }
      } catch (error) {
        throw fault(path, 'cannot be read', error);
      }
    },
  };
}

/** How srun is called beside this program. */
export function srunBeside(bundleFolder: string): string {
  return join(bundleFolder, '..', 'bin', 'mgpu_srun');
}
