import { isMgpuError } from '../base/error.ts';
import { encodeText } from '../store/put.ts';
import type { Store } from '../store/spool.ts';

interface FileTimes {
  /** When the file server says that a file was last written, in ms since 1970. */
  fileTimeMs(path: string): Promise<number>;
}

/** What time it is at the file server, in ms since 1970; undefined where nothing can be written there. */
export async function fileServerNow(
  { files, ids, layout }: Store,
  ports: FileTimes,
): Promise<number | undefined> {
  const path = `${layout.root}/.doctor.${ids.next()}`;
  try {
    await files.create(path, encodeText('1'), { mode: 0o600, sync: false });
    return await ports.fileTimeMs(path);
  } catch (error) {
    if (isMgpuError(error)) return undefined;
    throw error;
  } finally {
    // Where it could not be made, it cannot be removed either, and that has been told by another check.
    await files.unlink(path).catch(() => false);
  }
}
