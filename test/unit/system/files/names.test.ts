import assert from 'node:assert/strict';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nameText, systemPath } from '../../../../src/system/files/names.ts';
import { asyncFiles, syncFiles } from '../../../../src/system/files.ts';

describe('names that are no UTF-8', () => {
  it('are found again by their texts, byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ min: 1, maxLength: 30 }), (bytes) => {
        assert.deepEqual(Buffer.from(systemPath(nameText(Buffer.from(bytes)))), Buffer.from(bytes));
      }),
    );
  });

  it('texts stay as they are', () => {
    for (const name of ['plain', 'ä', '\ufffd', '💀', '\u{10ffff}']) {
      assert.equal(nameText(Buffer.from(name)), name);
      assert.equal(systemPath(name), name);
    }
  });

  for (const [what, files] of [
    ['sync', syncFiles()],
    ['async', asyncFiles()],
  ] as const) {
    it(`can be listed, moved and removed (${what})`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'mgpu-names-'));
      try {
        mkdirSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xff)]));
        closeSync(openSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xff, 0x2f, 0xc3)]), 'w'));
        assert.deepEqual(await files.list(folder), ['\udcff']);
        assert.deepEqual(await files.list(`${folder}/\udcff`), ['\udcc3']);
        await files.rename(`${folder}/\udcff/\udcc3`, `${folder}/\udcff/\udc80`);
        await files.removeTree(`${folder}/\udcff`);
        assert.deepEqual(readdirSync(folder), []);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
