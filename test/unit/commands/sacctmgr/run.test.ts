import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from '../../../../src/commands/sacctmgr/run.ts';
import { fakeIo, node, pending, view } from '../../builders.ts';

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
      [['show', 'transactions'], /^sacctmgr: error: show transactions is not supported by this release\n$/],
      [['show', 'events', 'nosuch=1'], /^ Unknown condition: nosuch=1\n/],
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

describe('what programs ask of a cluster beside its accounts', () => {
  const reason = { text: 'bad disk', uid: 0, time: 1_000_000 };
  const busy = {
    ...view(
      [{ ...node('gpu01'), admin: { isDrained: true, reason } }, node('gpu02')],
      [pending(1, { spec: { wckey: 'paper' } }), pending(2, { spec: { wckey: 'paper' } }), pending(3)],
    ),
    userNames: new Map([[0, 'root']]),
  };
  const reservation = { name: 'maint', startTime: 0, endTime: 3600, nodes: ['gpu01'], users: ['root'] };
  const shown = {
    ...busy,
    cluster: { ...busy.cluster, reservations: new Map([['maint', reservation]]) },
  };
  const told = async (...words: readonly string[]) => {
    const io = fakeIo({ program: 'sacctmgr' });
    const exitCode = await run(words, io, { view: async () => shown });
    assert.deepEqual([io.printed.err, exitCode], ['', 0]);
    return io.printed.out;
  };

  test('nodes that are out of use, with the heads of the real one', async () => {
    const heads =
      '   Cluster NodeName                  TimeStart             TimeEnd  State ' +
      '                        Reason       User ';
    assert.equal((await told('show', 'events')).split('\n')[0], heads);
    const { clusterName } = shown;
    const line = `${clusterName}|gpu01|1970-01-12T13:46:40|Unknown|DRAIN|bad disk|root\n`;
    assert.equal(await told('-nP', 'show', 'event'), line);
    assert.equal(await told('-nP', 'list', 'events', 'where', 'node=gpu02'), '');
    assert.equal(
      await told('-nP', 'show', 'event', 'format=node,start,state'),
      'gpu01|1970-01-12T13:46:40|DRAIN\n',
    );
  });

  test('workload keys, reservations, resources', async () => {
    const { clusterName } = shown;
    assert.equal(await told('-P', 'show', 'wckeys'), `WCKey|Cluster|User\npaper|${clusterName}|alice\n`);
    assert.equal(
      await told('-nP', 'show', 'reservation', 'format=name,timeend'),
      'maint|1970-01-01T01:00:00\n',
    );
    assert.equal(await told('-P', 'show', 'resource'), 'Name|Server|Type|Count|% Allocated|ServerType\n');
  });

  test('its configuration, whatever the form, and that no job runs away', async () => {
    const page = await told('show', 'config');
    assert.match(
      page,
      /^Configuration data as of \S+\nAccountingStorageType {2}= accounting_storage\/mgpu\n/,
    );
    assert.match(page, /\nTrackWCKey {13}= No\n$/);
    assert.equal(await told('-nP', 'show', 'configuration'), page);
    assert.match(await told('show', 'runaway'), /^Runaway Jobs: No runaway jobs found on cluster /);
  });
});
