import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lineReader } from '../../../src/system/inputlines.ts';

/** All lines of a file with this content. */
async function linesOf(content: string | Uint8Array): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mgpu-lines-'));
  writeFileSync(join(folder, 'input'), content);
  const fd = openSync(join(folder, 'input'), 'r');
  const read = lineReader(fd);
  const lines: string[] = [];
  for (let line = await read(); line !== undefined; line = await read()) lines.push(line);
  assert.equal(await read(), undefined, 'the end stays the end');
  closeSync(fd);
  rmSync(folder, { recursive: true });
  return lines;
}

test('lines, empty ones too, and a last one without its end', async () => {
  assert.deepEqual(await linesOf(''), []);
  assert.deepEqual(await linesOf('a\n\nb\n'), ['a', '', 'b']);
  assert.deepEqual(await linesOf('a\nb'), ['a', 'b']);
});

test('letters that lie across two reads are whole, and long lines come in pieces', async () => {
  const long = 'ü'.repeat(5000);
  assert.deepEqual(await linesOf(`x${long}\ny\n`), [`x${long}`, 'y']);
  const pieces = await linesOf('z'.repeat(1_048_576 * 2 + 5));
  assert.equal(pieces.join('').length, 1_048_576 * 2 + 5);
  assert.ok(pieces.length > 1);
});

test('a closed input has no lines', async () => {
  assert.equal(await lineReader(9999)(), undefined);
});
