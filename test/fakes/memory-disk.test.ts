import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filesContract } from '../contract/files.ts';
import { type Actor, CrashError, memoryDisk } from './memory-disk.ts';
import { randomOf } from './random.ts';

filesContract('memory disk', async () => {
  const files = memoryDisk().actor({ uid: 7 });
  await files.makeDir('/folder', 0o755);
  const makeOther = (path: string): void => files.makeOther(path);
  return {
    files,
    folder: '/folder',
    uid: 7,
    symlink: (_target, path) => makeOther(path),
    fifo: makeOther,
    end: async () => {},
  };
});

const content = new TextEncoder().encode('0123456789');
const synced = { mode: 0o644, sync: true };
const unsynced = { mode: 0o644, sync: false };

async function textOf(files: Actor, path: string): Promise<string | undefined> {
  const found = await files.read(path, 100);
  return found && new TextDecoder().decode(found.bytes);
}

describe('memory disk: faults', () => {
  it('a crash comes before or after each mutation, and is for good', async () => {
    const seen: (string | undefined)[] = [];
    for (const when of ['before', 'after'] as const) {
      for (const at of [1, 2, 3]) {
        const disk = memoryDisk();
        const files = disk.actor({ fault: { at, when, what: 'crash' } });
        await assert.rejects(files.create('/a', content, synced), CrashError);
        await assert.rejects(files.list('/'), CrashError);
        seen.push(await textOf(disk.actor(), '/a'));
      }
    }
    assert.deepEqual(seen, [undefined, '', '01234', '', '01234', '0123456789']);
  });

  it('an error is one, and leaves no half of a new file', async () => {
    for (const when of ['before', 'after'] as const) {
      for (const at of [2, 3]) {
        const files = memoryDisk().actor({ fault: { at, when, what: 'ENOSPC' } });
        await assert.rejects(files.create('/a', content, synced), { code: 'ENOSPC' });
        assert.deepEqual(await files.list('/'), []);
        assert.equal(await files.create('/a', content, synced), 'created');
      }
    }
  });

  it('a reply can be lost', async () => {
    const files = memoryDisk().actor({ fault: { at: 4, when: 'after', what: 'EIO' } });
    await files.create('/a', content, synced);
    await assert.rejects(files.link('/a', '/b'), { code: 'EIO' });
    assert.equal((await files.stat('/b'))?.links, 2);
  });

  it('an old listing is that before the last change', async () => {
    const disk = memoryDisk();
    const old = disk.actor({ isListingOld: () => true });
    const files = disk.actor();
    await files.create('/a', content, synced);
    await files.create('/b', content, synced);
    assert.deepEqual(await old.list('/'), ['a']);
    assert.deepEqual(await files.list('/'), ['a', 'b']);
  });
});

describe('memory disk: copies', () => {
  it('are by themselves, and have what the original had', async () => {
    const disk = memoryDisk();
    const files = disk.actor();
    await files.create('/a', content, unsynced);
    await files.link('/a', '/b');
    const copy = disk.copy();
    const others = copy.actor();
    await files.unlink('/a');
    await others.append('/b', content, synced);
    assert.deepEqual([await files.list('/'), await others.list('/')], [['b'], ['a', 'b']]);
    assert.equal(await textOf(others, '/a'), '01234567890123456789');
    assert.equal(await textOf(files, '/b'), '0123456789');
    assert.equal((await others.stat('/a'))?.links, 2);
    copy.cutPower();
    assert.deepEqual(await others.list('/'), []);
  });
});

describe('memory disk: power cuts', () => {
  it('leave what was synced, names and contents each by themselves', async () => {
    const disk = memoryDisk();
    const files = disk.actor();
    await files.create('/kept', content, synced);
    await files.create('/empty', content, unsynced);
    await files.syncDir('/');
    await files.append('/kept', content, unsynced);
    await files.create('/nameless', content, synced);
    await files.unlink('/empty');
    disk.cutPower();
    assert.deepEqual(await files.list('/'), ['empty', 'kept']);
    assert.equal(await textOf(files, '/kept'), '0123456789');
    assert.equal(await textOf(files, '/empty'), '');
  });

  it('leave of the rest what chance decides', async () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 60; seed += 1) {
      const disk = memoryDisk();
      const files = disk.actor();
      await files.create('/a', content, unsynced);
      disk.cutPower(randomOf(seed));
      const left = await textOf(files, '/a');
      outcomes.add(left === undefined || left === '' || left === '0123456789' ? `${left}` : 'cut short');
    }
    assert.deepEqual([...outcomes].sort(), ['', '0123456789', 'cut short', 'undefined']);
  });
});
