import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../../../src/commands/sshare/run.ts';
import { fakeIo, view } from '../../builders.ts';

const shown = view([], []);
const lab = {
  ...shown,
  cluster: {
    ...shown.cluster,
    config: { partitions: [], nodes: [], accounts: [{ name: 'proj', users: ['alice', 'bob'] }] },
  },
};

async function sshare(...words: readonly string[]) {
  const io = fakeIo({ program: 'sshare' });
  const exitCode = await run(words, io, { view: async () => lab, user: { name: 'alice' } });
  return { ...io.printed, exitCode };
}

test('accounts with their users below, of users oneself (observed)', async () => {
  const { out, exitCode } = await sshare();
  assert.equal(
    out,
    [
      'Account                    User  RawShares  NormShares    RawUsage  EffectvUsage  FairShare ',
      '-------------------- ---------- ---------- ----------- ----------- ------------- ---------- ',
      'root                                                             0      0.000000            ',
      ' proj                                    1                       0      0.000000            ',
      '  proj                    alice          1                       0      0.000000   0.000000 ',
      '',
    ].join('\n'),
  );
  assert.equal(exitCode, 0);
});

test('all users, one account, users alone, for programs (observed)', async () => {
  assert.equal((await sshare('-aP', '-n', '-o', 'account,user')).out.split('\n').length, 6);
  assert.equal((await sshare('-n', '-P')).out.split('\n')[1], ' proj||1||0|0.000000|');
  assert.equal((await sshare('-nP', '-A', 'proj', '-o', 'account,user')).out, 'proj|\n proj|alice\n');
  assert.equal((await sshare('-U', '-nP', '-o', 'account,user')).out, 'proj|alice\n');
});

test('a field and a cluster that are not known are told', async () => {
  assert.match((await sshare('-o', 'nosuch')).err, /^sshare: error: Invalid field requested: "nosuch"\n$/);
  assert.match((await sshare('-M', 'foo')).err, /^sshare: error: No cluster 'foo' known by database\.\n/);
  assert.match((await sshare('-e')).out, /^Account +Cluster +EffectvUsage +FairShare/);
});
