import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { hostname } from 'node:os';
import { describe, it } from 'node:test';
import { currentAccount, hostNames, hostNamesOf, nameInTable, userNameOf } from '../../../src/system/user.ts';

const id = (...options: string[]): string => execFileSync('id', options, { encoding: 'utf8' }).trim();

describe('user', () => {
  it('is who runs this process', async () => {
    const { uid, gid, userName, groupName } = await currentAccount();
    assert.deepEqual([String(uid), String(gid)], [id('-u'), id('-g')]);
    assert.deepEqual([userName, groupName], [id('-un'), id('-gn')]);
    assert.equal(await userNameOf(uid), userName);
  });

  it('is called by the number when nobody has a name for it', async () => {
    assert.equal(await userNameOf(4_123_456_789), '4123456789');
  });

  it('tables are read by their numbers', () => {
    const table = 'root:x:0:\n# note\n\nvideo:x:44:ann,ben\n:x:45:\nshort\n';
    assert.equal(nameInTable(table, 0), 'root');
    assert.equal(nameInTable(table, 44), 'video');
    for (const id of [4, 45, 46]) assert.equal(nameInTable(table, id), undefined);
  });
});

describe('host', () => {
  it('has a short name', () => {
    assert.equal(hostNames().short, hostname().split('.')[0]);
    assert.ok(hostNames().full.startsWith(hostNames().short));
  });

  it('has the full name that it or its table knows', () => {
    const table = [
      '127.0.0.1 localhost',
      '# 10.0.0.1 n1.no.example n1',
      '10.0.0.1	n1.cluster.example  n1 # me',
      '10.0.0.2 n2',
    ].join('\n');
    assert.deepEqual(hostNamesOf('n1', table), { short: 'n1', full: 'n1.cluster.example' });
    assert.deepEqual(hostNamesOf('n2', table), { short: 'n2', full: 'n2' });
    assert.deepEqual(hostNamesOf('n3', table), { short: 'n3', full: 'n3' });
    assert.deepEqual(hostNamesOf('n4.a.example', table), { short: 'n4', full: 'n4.a.example' });
    assert.deepEqual(hostNamesOf('', ''), { short: 'localhost', full: 'localhost' });
  });
});
