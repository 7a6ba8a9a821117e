import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { getSystemErrorName } from 'node:util';
import { MgpuError } from '../../../src/base/error.ts';
import type { Files } from '../../../src/ports/files.ts';
import { asyncCalls, type Calls, syncCalls } from '../../../src/system/files/calls.ts';
import { asyncFiles, countingFiles, filesOver, syncFiles } from '../../../src/system/files.ts';
import { filesContract } from '../../contract/files.ts';

for (const [name, files] of [
  ['sync', syncFiles()],
  ['async', asyncFiles()],
] as const) {
  filesContract(name, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mgpu-files-'));
    return {
      files,
      folder,
      uid: process.geteuid?.() ?? 0,
      symlink: symlinkSync,
      fifo: (path) => assert.equal(spawnSync('mkfifo', [path]).status, 0),
      end: async () => rmSync(folder, { recursive: true, force: true }),
    };
  });
}

/** A folder for one test. */
async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-files-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As Node makes it: what it has no name for, `ESTALE` is one, has a number in place of that. */
function systemError(name: keyof typeof constants.errno): Error {
  const errno = -constants.errno[name];
  const code = getSystemErrorName(errno);
  return Object.assign(new Error(`${code}: something, somecall`), { code, errno });
}

function noSpace(): never {
  throw systemError('ENOSPC');
}

const options = { mode: 0o644, sync: true };
const hello = new TextEncoder().encode('hello');

const failing = (broken: Partial<Calls>): Files => filesOver({ ...syncCalls, ...broken });

describe('files: writes that fail', () => {
  it('a half-written file is removed, whichever step of its making fails', () =>
    inFolder(async (folder) => {
      let writes = 0;
      const halfWritten: Partial<Calls> = {
        write: (fd, bytes) => {
          writes += 1;
          return writes > 1 ? noSpace() : syncCalls.write(fd, bytes.subarray(0, 2), 0);
        },
      };
      const closesBadly: Partial<Calls> = {
        close: (fd) => {
          void syncCalls.close(fd);
          noSpace();
        },
      };
      for (const broken of [halfWritten, { fsync: noSpace }, { fstat: noSpace }, closesBadly]) {
        await assert.rejects(failing(broken).create(`${folder}/a`, hello, options), {
          code: 'ENOSPC',
          message: `${folder}/a: cannot be created: no space left on device (ENOSPC)`,
        });
        assert.deepEqual(readdirSync(folder), []);
      }
    }));

  it('short writes go on where they ended', () =>
    inFolder(async (folder) => {
      const short: Partial<Calls> = {
        write: (fd, bytes, offset) => syncCalls.write(fd, bytes.subarray(0, offset + 2), offset),
      };
      await failing(short).create(`${folder}/a`, hello, options);
      await failing(short).append(`${folder}/a`, hello, options);
      assert.equal(readFileSync(`${folder}/a`, 'utf8'), 'hellohello');
    }));

  it('an append that fails leaves the file as it was', () =>
    inFolder(async (folder) => {
      await syncFiles().create(`${folder}/a`, hello, options);
      await assert.rejects(failing({ fsync: noSpace }).append(`${folder}/a`, hello, options), {
        code: 'ENOSPC',
      });
      assert.equal(readFileSync(`${folder}/a`, 'utf8'), 'hello');
    }));
});

describe('files: what a network does', () => {
  it('a link whose reply was lost is linked', () =>
    inFolder(async (folder) => {
      for (const code of ['EIO', 'EEXIST', 'ETIMEDOUT'] as const) {
        const lost: Partial<Calls> = {
          link: (from, to) => {
            void syncCalls.link(from, to);
            throw systemError(code);
          },
        };
        await syncFiles().create(`${folder}/${code}`, hello, options);
        assert.equal(await failing(lost).link(`${folder}/${code}`, `${folder}/${code}.linked`), 'linked');
      }
    }));

  it('a link that was not made is an error that names both', () =>
    inFolder(async (folder) => {
      await syncFiles().create(`${folder}/a`, hello, options);
      const broken = failing({
        link: () => {
          throw systemError('EPERM');
        },
      });
      await assert.rejects(broken.link(`${folder}/a`, `${folder}/b`), {
        code: 'EPERM',
        message: `${folder}/b: cannot be linked from ${folder}/a: operation not permitted (EPERM)`,
      });
    }));

  it('a stale handle is opened again, but not for ever', () =>
    inFolder(async (folder) => {
      await syncFiles().create(`${folder}/a`, hello, options);
      const stale = (times: number): { readonly files: Files; readonly opens: () => number } => {
        let opens = 0;
        const open: Calls['open'] = (path, flags, mode) => {
          opens += 1;
          return syncCalls.open(path, flags, mode);
        };
        const read: Calls['read'] = (fd, bytes, place) => {
          if (opens <= times) throw systemError('ESTALE');
          return syncCalls.read(fd, bytes, place);
        };
        return { files: failing({ open, read }), opens: () => opens };
      };
      const twice = stale(2);
      assert.deepEqual((await twice.files.read(`${folder}/a`, 10))?.bytes, hello);
      assert.equal(twice.opens(), 3);
      await assert.rejects(stale(1000).files.read(`${folder}/a`, 10), {
        code: 'ESTALE',
        message: `${folder}/a: cannot be read: stale file handle (ESTALE)`,
      });
    }));
});

describe('files: after an error', () => {
  it('no descriptor is left open', () =>
    inFolder(async (folder) => {
      const open = (): number => readdirSync('/proc/self/fd').length;
      const before = open();
      const broken = failing({ read: noSpace, write: noSpace, fsync: noSpace, readdir: noSpace });
      appendFileSync(`${folder}/a`, 'hello');
      await assert.rejects(broken.read(`${folder}/a`, 10));
      await assert.rejects(broken.create(`${folder}/b`, hello, options));
      await assert.rejects(broken.append(`${folder}/a`, hello, options));
      await assert.rejects(broken.list(folder));
      await assert.rejects(broken.syncDir(folder));
      await assert.rejects(broken.removeTree(folder));
      assert.equal(open(), before);
    }));

  it('a bug in the code underneath is not made an operating error', async () => {
    const broken = failing({
      lstat: () => {
        throw new TypeError('a bug');
      },
    });
    await assert.rejects(broken.stat('/'), TypeError);
  });
});

describe('files: beside the contract', () => {
  it('a file that grows while it is read is read whole, or refused', () =>
    inFolder(async (folder) => {
      const path = `${folder}/a`;
      let grown = 0;
      const growing = filesOver({
        ...asyncCalls,
        read: (fd, bytes, place) => {
          grown += 1;
          if (grown <= 3) appendFileSync(path, 'x'.repeat(5000));
          return syncCalls.read(fd, bytes, place);
        },
      });
      await syncFiles().create(path, hello, options);
      assert.equal((await growing.read(path, 100_000))?.bytes.length, 15_005);
      grown = 0;
      await assert.rejects(growing.read(path, 20_000), { code: 'TOO_LARGE' });
    }));

  it('a file without a size is read whole', async () => {
    const boot = await syncFiles().read('/proc/sys/kernel/random/boot_id', 100);
    assert.equal(boot?.bytes.length, 37);
  });

  it('the umask takes nothing away', () =>
    inFolder(async (folder) => {
      const before = process.umask(0o077);
      try {
        const files = syncFiles();
        await files.create(`${folder}/a`, hello, { mode: 0o664, sync: false });
        await files.append(`${folder}/b`, hello, { mode: 0o666, sync: false });
        await files.makeDir(`${folder}/c`, 0o1777);
        const modes = await Promise.all(['a', 'b', 'c'].map(async (name) => files.stat(`${folder}/${name}`)));
        assert.deepEqual(
          modes.map((stat) => stat?.mode),
          [0o664, 0o666, 0o1777],
        );
      } finally {
        process.umask(before);
      }
    }));

  it('a tree deeper than we hold descriptors for is refused', () =>
    inFolder(async (folder) => {
      const files = syncFiles();
      let path = folder;
      for (let depth = 0; depth < 210; depth += 1) {
        path += '/d';
        await files.makeDir(path, 0o755);
      }
      await assert.rejects(files.removeTree(`${folder}/d`), { code: 'TOO_DEEP' });
    }));

  it('what is held open on NFS keeps its folders there, and nothing else', () =>
    inFolder(async (folder) => {
      const held = `${folder}/tree/b/.nfs000000000000000100000001`;
      let looks = 0;
      const files = failing({
        unlink(path) {
          if (path.endsWith('/.nfs000000000000000100000001')) throw systemError('EBUSY');
          return syncCalls.unlink(path);
        },
        readdir(path) {
          looks += 1;
          return syncCalls.readdir(path);
        },
      });
      for (const name of ['tree', 'tree/a', 'tree/b', 'tree/c'])
        await files.makeDir(`${folder}/${name}`, 0o755);
      for (const name of ['a/file', 'b/file', 'c/file']) appendFileSync(`${folder}/tree/${name}`, 'x');
      appendFileSync(held, 'x');
      await assert.rejects(files.removeTree(`${folder}/tree`), { code: 'ENOTEMPTY' });
      assert.deepEqual(readdirSync(`${folder}/tree`), ['b']);
      assert.deepEqual(readdirSync(`${folder}/tree/b`), ['.nfs000000000000000100000001']);
      assert.ok(looks < 20, `${looks} looks`);
      rmSync(held);
      await files.removeTree(`${folder}/tree`);
      assert.deepEqual(readdirSync(folder), []);
    }));

  it('a folder that is emptied only after a moment goes all the same', () =>
    inFolder(async (folder) => {
      let looks = 0;
      const files = failing({
        unlink(path) {
          if (path.endsWith('/.nfs1')) throw systemError('EBUSY');
          return syncCalls.unlink(path);
        },
        readdir(path) {
          looks += 1;
          // The server has removed it meanwhile.
          if (looks === 2) rmSync(`${folder}/tree/.nfs1`);
          return syncCalls.readdir(path);
        },
      });
      await files.makeDir(`${folder}/tree`, 0o755);
      appendFileSync(`${folder}/tree/.nfs1`, 'x');
      await files.removeTree(`${folder}/tree`);
      assert.deepEqual(readdirSync(folder), []);
    }));

  it('calls are counted by name', async () => {
    const counts = new Map<string, number>();
    const files = countingFiles(syncFiles(), counts);
    await files.stat('/');
    await files.stat('/nowhere');
    await files.list('/');
    await assert.rejects(files.read('/', 1), MgpuError);
    assert.deepEqual(Object.fromEntries(counts), { stat: 2, list: 1, read: 1 });
  });
});
