import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { asyncFiles, syncFiles } from '../../../src/system/files.ts';

const options = { mode: 0o644, sync: true };
const sizeKb = 64;

/*
 * A full disk is a small one in memory, which only root may mount. Others meet the same error, though no file
 * that could be left behind, at the device that is always full.
 */
const isRoot = process.geteuid?.() === 0;
const where = isRoot ? `${sizeKb} kB in memory` : 'NOT ROOT: /dev/full instead of a mount';

it(`a full disk (${where})`, async (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-full-'));
  const mounted = isRoot && mount(folder);
  try {
    if (mounted) {
      await fullDiskLeavesNothing(folder);
      return;
    }
    test.diagnostic('no small disk could be mounted: a half-written file on a full disk is NOT checked here');
    for (const files of [syncFiles(), asyncFiles()]) {
      await assert.rejects(files.append('/dev/full', new Uint8Array(1), options), {
        code: 'ENOSPC',
        message: '/dev/full: cannot be written: no space left on device (ENOSPC)',
      });
    }
  } finally {
    if (mounted) assert.equal(spawnSync('umount', [folder]).status, 0);
    rmSync(folder, { recursive: true });
  }
});

function mount(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKb}k`, 'tmpfs', folder]).status === 0;
}

async function fullDiskLeavesNothing(folder: string): Promise<void> {
  for (const files of [syncFiles(), asyncFiles()]) {
    // More than there is room for: some of it is written before the disk is full.
    await assert.rejects(files.create(`${folder}/large`, new Uint8Array(sizeKb * 2048), options), {
      code: 'ENOSPC',
    });
    assert.deepEqual(readdirSync(folder), []);
    await files.create(`${folder}/half`, new Uint8Array(sizeKb * 512), options);
    await assert.rejects(files.append(`${folder}/half`, new Uint8Array(sizeKb * 1024), options), {
      code: 'ENOSPC',
    });
    assert.equal((await files.stat(`${folder}/half`))?.sizeBytes, sizeKb * 512);
    await files.unlink(`${folder}/half`);
  }
}
