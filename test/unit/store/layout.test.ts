import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutOf, seqName, seqOfName, spoolFolders } from '../../../src/store/layout.ts';

test('numbers are names that sort as they do', () => {
  assert.equal(seqName(42), '000000000042.json');
  const numbers = [0, 1, 9, 10, 99, 100, 999_999_999_999];
  const names = numbers.map(seqName);
  assert.deepEqual([...names].sort(), names);
  assert.deepEqual(names.map(seqOfName), numbers);
});

test('other names are no numbers', () => {
  for (const name of [
    '',
    '42.json',
    '000000000042',
    '.tmp.x',
    '000000000042.json~',
    '0000000000042.json',
    'x00000000042.json',
  ]) {
    assert.equal(seqOfName(name), undefined, name);
  }
});

test('everything lies below the spool, and folders come after those that hold them', () => {
  const layout = layoutOf('/spool');
  const folders = spoolFolders(layout);
  for (const [index, folder] of folders.entries()) {
    assert.ok(folder.startsWith('/spool/'));
    const parent = folder.slice(0, folder.lastIndexOf('/'));
    assert.ok(parent === '/spool' || folders.indexOf(parent) < index, folder);
  }
  const room = layout.job(12);
  assert.deepEqual(
    [room.path, room.script, room.launch, room.request, room.started(2), room.exit(2), room.success],
    ['', '/script', '/launch.json', '/request.json', '/started.2', '/exit.2', '/SUCCESS'].map(
      (name) => `/spool/jobs/12${name}`,
    ),
  );
  assert.equal(layout.node('gpu01').heartbeat, '/spool/nodes/gpu01/heartbeat.json');
});
