import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isMgpuError } from '../../src/base/error.ts';
import type { Files } from '../../src/ports/files.ts';
import { behavesAsModel } from './files-model.ts';

/** An implementation of the Files port with an empty folder for one test. */
export interface FilesUnderTest {
  readonly files: Files;
  readonly folder: string;
  /** Who owns what is made. */
  readonly uid: number;
  /** How to make what the port itself does not make; absent where there are no such things. */
  readonly symlink?: (target: string, path: string) => void;
  readonly fifo?: (path: string) => void;
  readonly end: () => Promise<void>;
}

type Body = (world: FilesUnderTest, at: (name: string) => string) => Promise<void>;

const sync = { mode: 0o644, sync: true };
const fast = { mode: 0o600, sync: false };
const bytesMax = 1000;

/** What every implementation of the Files port promises; registers its tests. */
export function filesContract(name: string, make: () => Promise<FilesUnderTest>): void {
  const check = (title: string, body: Body): void => {
    it(title, async () => {
      const world = await make();
      try {
        await body(world, (path) => `${world.folder}/${path}`);
      } finally {
        await world.end();
      }
    });
  };
  describe(`${name}: files`, () => {
    describe('reading', () => reading(check));
    describe('writing', () => writing(check));
    describe('names', () => names(check));
    describe('folders', () => folders(check));
    check('behaves as a plain model does', ({ files, folder }) => behavesAsModel(files, folder));
  });
}

type Check = (title: string, body: Body) => void;

function reading(check: Check): void {
  check('tells content and facts of a file', async ({ files, uid }, at) => {
    await files.create(at('a'), text('hello'), sync);
    const content = await files.read(at('a'), bytesMax);
    assert.deepEqual(content?.bytes, text('hello'));
    const stat = await files.stat(at('a'));
    assert.deepEqual(content?.stat, stat);
    const { version, ...facts } = stat ?? assert.fail();
    assert.ok(version.length > 0);
    assert.deepEqual(facts, { kind: 'file', sizeBytes: 5, uid, links: 1, mode: 0o644 });
  });

  check('answers undefined for what does not exist', async ({ files }, at) => {
    assert.equal(await files.read(at('a'), bytesMax), undefined);
    assert.equal(await files.readPart(at('a'), 0, 1), undefined);
    assert.equal(await files.stat(at('a')), undefined);
    assert.equal(await files.list(at('a')), undefined);
    assert.equal(await files.read(at('a/b/c'), bytesMax), undefined);
  });

  check('reads up to the limit and not beyond', async ({ files }, at) => {
    await files.create(at('full'), new Uint8Array(bytesMax), fast);
    assert.equal((await files.read(at('full'), bytesMax))?.bytes.length, bytesMax);
    await fails(files.read(at('full'), bytesMax - 1), 'TOO_LARGE', at('full'));
    await files.create(at('empty'), new Uint8Array(), fast);
    assert.deepEqual((await files.read(at('empty'), 0))?.bytes, new Uint8Array());
  });

  check('reads a part, and less where the file ends', async ({ files }, at) => {
    await files.create(at('a'), text('0123456789'), fast);
    assert.deepEqual(await files.readPart(at('a'), 3, 4), text('3456'));
    assert.deepEqual(await files.readPart(at('a'), 8, 100), text('89'));
    assert.deepEqual(await files.readPart(at('a'), 10, 5), text(''));
    assert.deepEqual(await files.readPart(at('a'), 99, 5), text(''));
    assert.deepEqual(await files.readPart(at('a'), 0, 0), text(''));
    const { mode } = (await files.stat(at('a'))) ?? assert.fail();
    assert.deepEqual(await files.readPart(at('a'), 3, 4, { isFresh: true }), text('3456'));
    assert.equal((await files.stat(at('a')))?.mode, mode);
  });

  check('refuses what is no regular file', async ({ files, symlink, fifo }, at) => {
    await files.makeDir(at('folder'), 0o755);
    await fails(files.read(at('folder'), bytesMax), 'NOT_REGULAR', at('folder'));
    assert.equal((await files.stat(at('folder')))?.kind, 'directory');
    await files.create(at('target'), text('secret'), fast);
    symlink?.(at('target'), at('link'));
    symlink?.(at('nowhere'), at('dangling'));
    fifo?.(at('fifo'));
    for (const name of [...(symlink ? ['link', 'dangling'] : []), ...(fifo ? ['fifo'] : [])]) {
      await fails(files.read(at(name), bytesMax), 'NOT_REGULAR', at(name));
      await fails(files.readPart(at(name), 0, 1), 'NOT_REGULAR', at(name));
      assert.equal((await files.stat(at(name)))?.kind, 'other');
    }
  });

  check('hands out bytes that are the caller’s own', async ({ files }, at) => {
    const given = text('hello');
    await files.create(at('a'), given, fast);
    given.fill(0);
    (await files.read(at('a'), bytesMax))?.bytes.fill(1);
    assert.deepEqual((await files.read(at('a'), bytesMax))?.bytes, text('hello'));
  });

  check('a version changes when the file is replaced or written, and only then', async ({ files }, at) => {
    const version = async (): Promise<string | undefined> => (await files.stat(at('a')))?.version;
    await files.create(at('a'), text('1'), fast);
    const first = await version();
    await files.link(at('a'), at('second'));
    await files.unlink(at('second'));
    await files.read(at('a'), bytesMax);
    assert.equal(await version(), first);
    await files.create(at('b'), text('2'), fast);
    await files.rename(at('b'), at('a'));
    const second = await version();
    assert.notEqual(second, first);
    await files.append(at('a'), text('3'), fast);
    assert.notEqual(await version(), second);
  });
}

function writing(check: Check): void {
  check('create leaves what has the name', async ({ files, symlink }, at) => {
    assert.equal(await files.create(at('a'), text('1'), sync), 'created');
    assert.equal(await files.create(at('a'), text('2'), sync), 'exists');
    assert.deepEqual((await files.read(at('a'), bytesMax))?.bytes, text('1'));
    symlink?.(at('nowhere'), at('link'));
    if (symlink) assert.equal(await files.create(at('link'), text('3'), sync), 'exists');
    assert.equal(await files.stat(at('nowhere')), undefined);
  });

  check('create writes a large file whole', async ({ files }, at) => {
    const content = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
    await files.create(at('a'), content, fast);
    assert.deepEqual((await files.read(at('a'), content.length))?.bytes, content);
  });

  check('create names the folder that is missing', async ({ files }, at) => {
    await fails(files.create(at('none/a'), text('1'), sync), 'ENOENT', at('none/a'));
  });

  check('append makes the file and adds to it', async ({ files, symlink }, at) => {
    await files.append(at('a'), text('one '), { mode: 0o640, sync: true });
    await files.append(at('a'), text('two'), fast);
    assert.deepEqual((await files.read(at('a'), bytesMax))?.bytes, text('one two'));
    assert.equal((await files.stat(at('a')))?.mode, 0o640);
    symlink?.(at('a'), at('link'));
    if (symlink) await assert.rejects(files.append(at('link'), text('!'), fast));
    assert.equal((await files.stat(at('a')))?.sizeBytes, 7);
  });
}

function names(check: Check): void {
  check('link gives a second name, and never takes one', async ({ files }, at) => {
    await files.create(at('a'), text('1'), fast);
    await files.create(at('taken'), text('2'), fast);
    assert.equal(await files.link(at('a'), at('b')), 'linked');
    assert.equal((await files.stat(at('b')))?.links, 2);
    assert.equal(await files.link(at('a'), at('taken')), 'exists');
    assert.deepEqual((await files.read(at('taken'), bytesMax))?.bytes, text('2'));
    await files.unlink(at('a'));
    assert.deepEqual((await files.read(at('b'), bytesMax))?.bytes, text('1'));
  });

  check(
    'a link that is there already was made: the first reply may have been lost',
    async ({ files }, at) => {
      await files.create(at('a'), text('1'), fast);
      await files.link(at('a'), at('b'));
      assert.equal(await files.link(at('a'), at('b')), 'linked');
    },
  );

  check('link and rename need their source', async ({ files }, at) => {
    await fails(files.link(at('a'), at('b')), 'ENOENT', at('a'));
    await fails(files.rename(at('a'), at('b')), 'ENOENT', at('a'));
    assert.deepEqual(await files.list(at('')), []);
  });

  check('rename replaces a file', async ({ files }, at) => {
    await files.create(at('a'), text('1'), fast);
    await files.create(at('b'), text('2'), fast);
    await files.rename(at('a'), at('b'));
    assert.deepEqual(await files.list(at('')), ['b']);
    assert.deepEqual((await files.read(at('b'), bytesMax))?.bytes, text('1'));
  });

  check('a folder renamed onto a folder that holds something is refused', async ({ files }, at) => {
    for (const name of ['a', 'b']) {
      await files.makeDir(at(name), 0o755);
      await files.create(at(`${name}/file`), text(name), fast);
    }
    await assert.rejects(files.rename(at('a'), at('b')), (error) => isMgpuError(error));
    assert.deepEqual((await files.read(at('b/file'), bytesMax))?.bytes, text('b'));
  });

  check('unlink says whether there was something', async ({ files }, at) => {
    await files.create(at('a'), text('1'), fast);
    assert.equal(await files.unlink(at('a')), true);
    assert.equal(await files.unlink(at('a')), false);
    await files.makeDir(at('folder'), 0o755);
    await assert.rejects(files.unlink(at('folder')), (error) => isMgpuError(error));
  });
}

function folders(check: Check): void {
  check('makeDir is taken by one', async ({ files }, at) => {
    assert.equal(await files.makeDir(at('a'), 0o1777), 'created');
    assert.equal(await files.makeDir(at('a'), 0o755), 'exists');
    assert.equal((await files.stat(at('a')))?.mode, 0o1777);
    await files.create(at('file'), text(''), fast);
    assert.equal(await files.makeDir(at('file'), 0o755), 'exists');
    await fails(files.makeDir(at('none/a'), 0o755), 'ENOENT', at('none/a'));
  });

  check('list is sorted and follows no link', async ({ files, symlink }, at) => {
    for (const name of ['10', '9', '.tmp', 'b', 'B', 'a']) await files.create(at(name), text(''), fast);
    assert.deepEqual(await files.list(at('')), ['.tmp', '10', '9', 'B', 'a', 'b']);
    await fails(files.list(at('a')), 'ENOTDIR', at('a'));
    symlink?.(at(''), at('link'));
    if (symlink) await assert.rejects(files.list(at('link')), (error) => isMgpuError(error));
  });

  check('removeTree removes all, and nothing beyond a link', async ({ files, symlink }, at) => {
    for (const name of ['keep', 'tree', 'tree/deep', 'tree/deep/deeper'])
      await files.makeDir(at(name), 0o755);
    await files.create(at('keep/file'), text('1'), fast);
    await files.create(at('tree/deep/deeper/file'), text('2'), fast);
    symlink?.(at('keep'), at('tree/deep/link'));
    await files.removeTree(at('tree'));
    await files.removeTree(at('tree'));
    assert.deepEqual(await files.list(at('')), ['keep']);
    assert.deepEqual(await files.list(at('keep')), ['file']);
    symlink?.(at('keep'), at('link'));
    await files.removeTree(at('link'));
    await files.removeTree(at('keep/file'));
    assert.deepEqual(await files.list(at('')), ['keep']);
    assert.deepEqual(await files.list(at('keep')), []);
  });

  check('syncDir needs the folder', async ({ files, folder }, at) => {
    await files.syncDir(folder);
    await fails(files.syncDir(at('none')), 'ENOENT', at('none'));
  });
}

async function fails(outcome: Promise<unknown>, code: string, path: string): Promise<void> {
  await assert.rejects(outcome, (error) => {
    assert.ok(isMgpuError(error, code), String(error));
    assert.ok(error.message.includes(path), error.message);
    return true;
  });
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
