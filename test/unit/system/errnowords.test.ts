import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getSystemErrorName } from 'node:util';
import { errnoName, errnoOf, errnoWords } from '../../../src/system/errnowords.ts';

describe('errors of the system, as the C library knows them', () => {
  const cases = [
    ['ENOENT', 2, 'No such file or directory'],
    ['EACCES', 13, 'Permission denied'],
    ['ENOTDIR', 20, 'Not a directory'],
    ['EISDIR', 21, 'Is a directory'],
    ['ENOSPC', 28, 'No space left on device'],
    ['ENOMEM', 12, 'Cannot allocate memory'],
    ['ESTALE', 116, 'Stale file handle'],
    ['EDQUOT', 122, 'Disk quota exceeded'],
    ['EBADFD', 77, 'File descriptor in bad state'],
    ['ENOSUCH', 1, 'Operation not permitted'],
  ] as const;
  for (const [code, errno, words] of cases) {
    it(code, () => assert.deepEqual([errnoOf(code), errnoWords(code)], [errno, words]));
  }

  it('those that Node has no name for are known by their numbers', () => {
    const names = [-116, -122, -77, -2, -4000].map((errno) => errnoName(getSystemErrorName(errno)));
    assert.deepEqual(names, ['ESTALE', 'EDQUOT', 'EBADFD', 'ENOENT', 'Unknown system error -4000']);
  });
});
