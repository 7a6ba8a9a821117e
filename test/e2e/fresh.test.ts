// What one machine adds to a file is read on another at once, though a FUSE mount shows the length of a
// while ago.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { syncFiles } from '../../src/system/files.ts';
import { glusterMounts, whyNoGluster } from '../chaos/gluster.ts';

test('a file that was longer on its server is read whole', { skip: whyNoGluster() ?? false }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mgpu-fresh-'));
  const shared = await glusterMounts(folder, ['a', 'b']);
  try {
    const files = syncFiles();
    const [here, there] = ['a', 'b'].map((machine) => join(shared.pathOf(machine), 'file')) as [
      string,
      string,
    ];
    const options = { mode: 0o600, sync: false };
    let written = '';
    for (let round = 0; round < 20; round += 1) {
      const more = `round ${round}\n`.repeat(1 + round * 100);
      written += more;
      await files.append(there, new TextEncoder().encode(more), options);
      const read = await files.readPart(here, 0, 1_000_000, { isFresh: true });
      assert.equal(new TextDecoder().decode(read), written);
    }
  } finally {
    await shared.close();
    await rm(folder, { recursive: true, force: true });
  }
});
