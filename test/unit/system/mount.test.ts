import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileSystemOf, mountOf, watchModeFor } from '../../../src/system/mount.ts';

describe('mount', () => {
  it('tells what a path is on', async () => {
    const proc = await mountOf('/proc');
    assert.deepEqual([proc.fileSystem, proc.reach], ['proc', 'local']);
    assert.equal(proc.freeFiles, undefined);
    const folder = mkdtempSync(join(tmpdir(), 'mgpu-mount-'));
    const { freeBytes, freeFiles } = await mountOf(folder);
    assert.ok(freeBytes > 0);
    assert.ok(freeFiles === undefined || freeFiles > 0);
    rmSync(folder, { recursive: true });
  });

  it('names a path that is not there', async () => {
    await assert.rejects(mountOf('/nowhere'), {
      code: 'ENOENT',
      message: '/nowhere: its file system cannot be asked: no such file or directory (ENOENT)',
    });
  });

  it('knows file systems by their numbers', () => {
    assert.deepEqual(fileSystemOf(0xef53), { fileSystem: 'ext', reach: 'local' });
    assert.deepEqual(fileSystemOf(0x6969), { fileSystem: 'nfs', reach: 'shared' });
    assert.deepEqual(fileSystemOf(0x65735546), { fileSystem: 'fuse', reach: 'shared' });
    assert.deepEqual(fileSystemOf(0xff534d42 | 0), { fileSystem: 'cifs', reach: 'shared' });
    assert.deepEqual(fileSystemOf(0x12345), { fileSystem: 'unknown (0x12345)', reach: 'shared' });
  });

  it('is watched by events where nobody else can change it', () => {
    const room = { freeBytes: 0, freeFiles: undefined };
    assert.deepEqual(watchModeFor({ ...room, ...fileSystemOf(0xef53) }), { kind: 'events' });
    assert.deepEqual(watchModeFor({ ...room, ...fileSystemOf(0x6969) }), { kind: 'poll', intervalMs: 250 });
  });
});
