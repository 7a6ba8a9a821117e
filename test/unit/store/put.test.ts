import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isMgpuError, MgpuError } from '../../../src/base/error.ts';
import type { Files } from '../../../src/ports/files.ts';
import { decodeText, encodeText, putIfAbsent, replace } from '../../../src/store/put.ts';
import { type Fault, type MemoryDisk, memoryDisk } from '../../fakes/memory-disk.ts';
import { randomOf } from '../../fakes/random.ts';
import { atEveryMutation, outcomeOf } from './onedisk.ts';

const options = { mode: 0o644, durable: true, nonce: 'NONCE-1' };
const content = encodeText('the whole content');
const everyFault: readonly Fault['what'][] = ['crash', 'EIO', 'ENOSPC', 'ESTALE'];

async function folderOn(disk: MemoryDisk): Promise<void> {
  const files = disk.actor();
  await files.makeDir('/f', 0o755);
  await files.syncDir('/');
}

async function textOf(disk: MemoryDisk, path = '/f/name'): Promise<string | undefined> {
  const found = await disk.actor().read(path, 1000);
  return found && decodeText(found.bytes);
}

const names = (disk: MemoryDisk) => disk.actor().list('/f');

describe('putIfAbsent', () => {
  it('puts the whole file, with nothing beside it, or leaves what is there', async () => {
    const disk = memoryDisk();
    await folderOn(disk);
    const files = disk.actor();
    assert.equal(await putIfAbsent(files, '/f', 'name', content, options), 'put');
    assert.equal(await putIfAbsent(files, '/f', 'name', encodeText('other'), options), 'exists');
    assert.deepEqual(await names(disk), ['name']);
    assert.equal(await textOf(disk), 'the whole content');
    assert.equal((await files.stat('/f/name'))?.links, 1);
  });

  it('whatever fails, the name is free or has the whole file; what was said is so', async () => {
    await atEveryMutation(everyFault, async (fault) => {
      const disk = memoryDisk();
      await folderOn(disk);
      const actor = disk.actor({ fault });
      const outcome = await outcomeOf(putIfAbsent(actor, '/f', 'name', content, options));
      const text = await textOf(disk);
      assert.ok(text === undefined || text === 'the whole content', text);
      if (outcome.is === 'failed') assert.ok(isMgpuError(outcome.error, fault.what), String(outcome.error));
      if (outcome.is === 'done') assert.equal(text, 'the whole content');
      if (outcome.is !== 'crashed') {
        const left = (await names(disk))?.filter((name) => name !== 'name');
        assert.ok(left?.length === 0 || outcome.is === 'failed', 'a temporary is left behind');
      }
      const expected = text === undefined ? 'put' : 'exists';
      const next = { ...options, nonce: 'NONCE-2' };
      assert.equal(await putIfAbsent(disk.actor(), '/f', 'name', content, next), expected);
      return actor;
    });
  });

  it('after a power cut the name is free or has the whole file, and what was put is there', async () => {
    for (let seed = 0; seed < 15; seed += 1) {
      await atEveryMutation(['crash'], async (fault) => {
        const disk = memoryDisk();
        await folderOn(disk);
        const actor = disk.actor({ fault });
        const outcome = await outcomeOf(putIfAbsent(actor, '/f', 'name', content, options));
        disk.cutPower(seed === 0 ? undefined : randomOf(seed));
        const text = await textOf(disk);
        assert.ok(text === undefined || text === 'the whole content', `seed ${seed}: ${text}`);
        if (outcome.is === 'done') assert.equal(text, 'the whole content', `seed ${seed}`);
        return actor;
      });
    }
  });

  it('makes its temporary again when somebody tidied it away, but not for ever', async () => {
    const disk = memoryDisk();
    await folderOn(disk);
    const actor = disk.actor();
    const tidiedAway = (times: number): Files => {
      let left = times;
      return {
        ...actor,
        link: async (from, to) => {
          if (left > 0) await actor.unlink(from);
          left -= 1;
          return actor.link(from, to);
        },
      };
    };
    assert.equal(await putIfAbsent(tidiedAway(3), '/f', 'name', content, options), 'put');
    assert.equal(await textOf(disk), 'the whole content');
    await assert.rejects(putIfAbsent(tidiedAway(99), '/f', 'name2', content, options), { code: 'ENOENT' });
    assert.deepEqual(await names(disk), ['name']);
  });

  it('gives the name to no file that is not its own', async () => {
    const disk = memoryDisk();
    await folderOn(disk);
    const files = disk.actor();
    await files.create('/f/.tmp.NONCE-1', encodeText('half of some'), { mode: 0o644, sync: true });
    await assert.rejects(putIfAbsent(files, '/f', 'name', content, options), { code: 'EEXIST' });
    await assert.rejects(replace(files, '/f', 'name', content, options), { code: 'EEXIST' });
    assert.equal(await textOf(disk), undefined);
  });

  it('names the folder that is missing', async () => {
    await assert.rejects(putIfAbsent(memoryDisk().actor(), '/f', 'name', content, options), {
      code: 'ENOENT',
    });
  });
});

describe('replace', () => {
  it('puts a file in place of another', async () => {
    const disk = memoryDisk();
    await folderOn(disk);
    const files = disk.actor();
    await replace(files, '/f', 'name', encodeText('old'), options);
    await replace(files, '/f', 'name', content, options);
    assert.deepEqual(await names(disk), ['name']);
    assert.equal(await textOf(disk), 'the whole content');
  });

  it('whatever fails, the old or the new file is there, whole; what was said is so', async () => {
    await atEveryMutation(everyFault, async (fault) => {
      const disk = memoryDisk();
      await folderOn(disk);
      await replace(disk.actor(), '/f', 'name', encodeText('old'), options);
      const actor = disk.actor({ fault });
      const outcome = await outcomeOf(replace(actor, '/f', 'name', content, options));
      const text = await textOf(disk);
      assert.ok(text === 'old' || text === 'the whole content', text);
      if (outcome.is === 'done') assert.equal(text, 'the whole content');
      disk.cutPower();
      const later = await textOf(disk);
      assert.ok(later === 'old' || later === 'the whole content', later);
      if (outcome.is === 'done') assert.equal(later, 'the whole content');
      return actor;
    });
  });

  it('a rename whose reply was lost counts, even if the file was taken away since', async () => {
    const disk = memoryDisk();
    await folderOn(disk);
    const actor = disk.actor();
    const files: Files = {
      ...actor,
      rename: async (from, to) => {
        await actor.rename(from, to);
        await actor.unlink(to);
        await actor.rename(from, to);
      },
    };
    await replace(files, '/f', 'name', content, options);
    assert.deepEqual(await names(disk), []);
  });

  it('a rename that failed is an error, though the reply to the unlink was lost as well', async () => {
    const disk = memoryDisk();
    await folderOn(disk);
    const actor = disk.actor();
    const files: Files = {
      ...actor,
      rename: () => Promise.reject(new MgpuError('ETIMEDOUT', '/f/name: no answer')),
      unlink: async (path) => {
        await actor.unlink(path);
        return actor.unlink(path);
      },
    };
    await assert.rejects(replace(files, '/f', 'name', content, options), { code: 'ETIMEDOUT' });
    await actor.create('/f/name', encodeText('of an earlier time'), { mode: 0o644, sync: false });
    await assert.rejects(replace(files, '/f', 'name', content, options), { code: 'ETIMEDOUT' });
  });

  it('a folder that is gone meanwhile is an error', async () => {
    const disk = memoryDisk();
    await folderOn(disk);
    const actor = disk.actor();
    const files: Files = {
      ...actor,
      rename: async (from, to) => {
        await actor.rename('/f', '/g');
        await actor.rename(from, to);
      },
    };
    await assert.rejects(replace(files, '/f', 'name', content, options), { code: 'ENOENT' });
  });
});
