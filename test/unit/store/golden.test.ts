import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { contentOf, loadFolder, saveGolden } from './golden.ts';
import { commitJobs, journalOf, present } from './onedisk.ts';

/** The checkout; compiled, this file lies in build/test/unit/store/. */
const checkout = fileURLToPath(new URL('../../../..', import.meta.url));
const data = join(checkout, 'test/data');

it('the spool of version 1 is read as it was, for ever', async () => {
  const expected: unknown = JSON.parse(readFileSync(`${data}/spool-v1.json`, 'utf8'));
  const disk = await loadFolder(`${data}/spool-v1`);
  assert.deepEqual(await contentOf(disk), expected);
});

it('the spool of version 1 can be gone on with', async () => {
  const disk = await loadFolder(`${data}/spool-v1`);
  const before = await present(disk);
  const journal = await journalOf((await disk.open()).store);
  await commitJobs(journal, 1);
  assert.equal((await present(disk)).seq, before.seq + 1);
});

it('a golden spool can be made anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-golden-'));
  try {
    await saveGolden(`${folder}/spool`);
    const expected: unknown = JSON.parse(readFileSync(`${folder}/spool.json`, 'utf8'));
    assert.deepEqual(await contentOf(await loadFolder(`${folder}/spool`)), expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
