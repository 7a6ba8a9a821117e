import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from '../../../../src/commands/sacctmgr/run.ts';
import { fakeIo, node, view } from '../../builders.ts';

const shown = view([node('gpu01')], []);
const lab = {
  ...shown,
  cluster: {
    ...shown.cluster,
    config: {
      partitions: [],
      nodes: [],
      accounts: [{ name: 'proj', description: 'proj', organization: 'lab', users: ['alice', 'bob'] }],
    },
  },
};

async function sacctmgr(...words: readonly string[]) {
  const io = fakeIo({ program: 'sacctmgr' });
  const exitCode = await run(words, io, { view: async () => lab });
  return { ...io.printed, exitCode };
}

describe('sacctmgr show', () => {
  test('lists users as Slurm does (observed)', async () => {
    const { out, exitCode } = await sacctmgr('show', 'user');
    assert.equal(
      out,
      [
        '      User   Def Acct     Admin ',
        '---------- ---------- --------- ',
        '     alice       proj      None ',
        '       bob       proj      None ',
        '      root       root Administ+ ',
        '',
      ].join('\n'),
    );
    assert.equal(exitCode, 0);
  });

  test('takes conditions, formats and beginnings of words (observed)', async () => {
    const cases: readonly (readonly [readonly string[], string])[] = [
      [
        ['-nP', 'show', 'assoc'],
        'lab|root|||1|||||||||||||normal||\nlab|root|root||1|||||||||||||normal||\n',
      ],
      [
        ['-p', 'show', 'assoc', 'user=alice', 'format=account,user,qos'],
        'Account|User|QOS|\nproj|alice|normal|\n',
      ],
      [['-nP', 'list', 'associations', 'where', 'user=bob'], 'lab|proj|bob||1|||||||||||||normal||\n'],
      [['-P', 'show', 'cluster', 'format=cluster'], 'Cluster\nlab\n'],
      [['-nP', 'show', 'qos', 'format=name,priority,maxwall'], 'normal|0|\n'],
      [['-nP', 'show', 'user', 'alice', 'format=user,defaultaccount%20'], 'alice|proj\n'],
      [['-nP', 'show', 'account'], 'proj|proj|lab\nroot|default root account|root\n'],
      [['-nP', 'show', 'tres'], 'cpu||1\nmem||2\n'],
    ];
    for (const [words, expected] of cases) {
      const { out, err, exitCode } = await sacctmgr(...words);
      assert.ok(out.startsWith(expected), `${words.join(' ')}: ${out}${err}`);
      assert.equal(exitCode, 0);
    }
  });

  test('says what it does not know, and refuses what would change something', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['show', 'foo'], /^No valid entity in list command\nInput line must include "Account", /],
      [['ping'], /^invalid keyword: ping\n$/],
      [
        ['add', 'user', 'x'],
        /^sacctmgr: error: add is not supported: accounts are declared in cluster\.yaml/,
      ],
      [['show', 'wckey'], /^sacctmgr: error: show wckeys is not supported by this release\n$/],
      [['show', 'user', 'format=nosuch'], /^ Unknown field 'nosuch'\n$/],
      [[], /^sacctmgr: error: interactive use is not supported/],
    ];
    for (const [words, expected] of cases) {
      const { out, err, exitCode } = await sacctmgr(...words);
      assert.match(err, expected);
      assert.deepEqual([out, exitCode], ['', 1]);
    }
  });
});
