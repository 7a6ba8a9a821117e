import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { formatVersion } from '../../../src/model/version.ts';
import { upgrade } from '../../../src/services/upgrade.ts';
import { seqName } from '../../../src/store/layout.ts';
import { decodeText } from '../../../src/store/put.ts';
import { now, presence } from '../core/world.ts';
import { contentOf, loadFolder, saveGolden } from './golden.ts';
import { commitJobs, journalOf, present, root, shown } from './onedisk.ts';

/** The checkout; compiled, this file lies in build/test/unit/store/. */
const checkout = fileURLToPath(new URL('../../../..', import.meta.url));
const data = join(checkout, 'test/data');

/** The newest version that was released: its golden spool is never made again. */
const releasedVersion = 2;

for (let version = 1; version <= releasedVersion; version += 1) {
  it(`the spool of version ${version} is read as it was, for ever`, async () => {
    const expected: unknown = JSON.parse(readFileSync(`${data}/spool-v${version}.json`, 'utf8'));
    const disk = await loadFolder(`${data}/spool-v${version}`);
    assert.deepEqual(await contentOf(disk), expected);
  });

  it(`the spool of version ${version} can be gone on with, in its own format`, async () => {
    const disk = await loadFolder(`${data}/spool-v${version}`);
    const before = await present(disk);
    const journal = await journalOf((await disk.open()).store);
    await commitJobs(journal, 1);
    const after = await present(disk);
    assert.deepEqual([after.seq, after.format], [before.seq + 1, version]);
    const entry = await disk.disk.actor().read(`${root}/log/${seqName(after.seq)}`, 10 ** 6);
    assert.match(
      decodeText(entry?.bytes ?? new Uint8Array()),
      new RegExp(`^{"mgpu":"commit","format":${version},`),
    );
  });
}

for (let version = 1; version < formatVersion; version += 1) {
  it(`the spool of version ${version} is raised to the newest, and nothing in it changes`, async () => {
    const disk = await loadFolder(`${data}/spool-v${version}`);
    const { store } = await disk.open();
    const journal = await journalOf(store);
    // Its daemons have ended, to be replaced.
    await journal.commit(({ nodes }) =>
      [...nodes.values()]
        .filter((node) => node.presence === 'up')
        .map(({ record }) => presence(record.name, 'stopped', record.incarnation)),
    );
    const before = await present(disk);
    await upgrade(store);
    await journal.commit(() => [{ name: 'formatRaised', time: now, format: formatVersion }]);
    const after = await present(disk);
    assert.deepEqual(shown(after), { ...shown(before), seq: before.seq + 1, format: formatVersion });
    assert.equal((await disk.open()).store.spool.format, formatVersion);
  });
}

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
