import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredView } from '../../declared.ts';
import { scontrol } from './queue.ts';

/* As a Slurm 22.05.8 was asked, the accounts of the captured cluster first. */

const declared = declaredView();

function viewOf(accounts: readonly { name: string; users: readonly string[] }[]) {
  const config = { ...declared.cluster.config, partitions: [], nodes: [], accounts, admins: ['bob'] };
  return { ...declared, clusterName: 'lab', cluster: { ...declared.cluster, config } };
}

const captured = viewOf([{ name: 'proj', users: ['alice', 'bob'] }]);
const more = viewOf([
  { name: 'proj', users: ['alice', 'gone'] },
  { name: 'other', users: ['bob', 'alice'] },
]);

async function told(line: string, view = captured): Promise<readonly [string, string, number]> {
  const { out, err, exitCode } = await scontrol(line.split(' '), view);
  return [out, err, exitCode];
}

async function lines(line: string, view = captured): Promise<readonly string[]> {
  const [out, err, exitCode] = await told(line, view);
  assert.deepEqual([err, exitCode], ['', 0], line);
  return out.split('\n').slice(0, -1);
}

const head = 'Current Association Manager state\n\nUser Records\n\n';

test('users by their names, with the first account that has them', async () => {
  const records = [
    'UserName=alice(2001) DefAccount=proj DefWckey= AdminLevel=None\n',
    'UserName=bob(2002) DefAccount=other DefWckey= AdminLevel=Administrator\n',
    'UserName=gone(4294967294) DefAccount=proj DefWckey= AdminLevel=None\n',
    'UserName=root(0) DefAccount=root DefWckey= AdminLevel=Administrator\n',
  ];
  assert.deepEqual(await told('show assoc_mgr flags=users', more), [head + records.join(''), '', 0]);
  for (const line of ['assoc flags=Users user=bob', 'cache users=bob,nobody flags=u']) {
    assert.deepEqual(await told(`show ${line}`, more), [head + records[1], '', 0], line);
  }
});

test('associations, with their places in the tree', async () => {
  const shown = await lines('show assoc_mgr flags=assoc');
  assert.deepEqual(shown.slice(0, 4), ['Current Association Manager state', '', 'Association Records', '']);
  assert.equal(shown.length, 4 + 5 * 14);
  assert.deepEqual(shown.slice(4, 11), [
    'ClusterName=lab Account=root UserName= Partition= Priority=0 ID=1',
    '    SharesRaw/Norm/Level/Factor=1/18446744073709551616.00/1/0.00',
    '    UsageRaw/Norm/Efctv=0.00/1.00/0.00',
    '    ParentAccount= Lft=1 DefAssoc=No',
    '    GrpJobs=N(0) GrpJobsAccrue=N(0)',
    '    GrpSubmitJobs=N(0) GrpWall=N(0.00)',
    '    GrpTRES=cpu=N(0),mem=N(0),energy=N(0),node=N(0),billing=N(0),fs/disk=N(0),vmem=N(0),pages=N(0),' +
      'gres/gpu=N(0),gres/gpu:a100=N(0),gres/gpu:v100=N(0)',
  ]);
  const parents = shown.filter((line) => line.includes('Lft='));
  assert.deepEqual(parents, [
    '    ParentAccount= Lft=1 DefAssoc=No',
    '    ParentAccount= Lft=8 DefAssoc=Yes',
    '    ParentAccount=root(1) Lft=2 DefAssoc=No',
    '    ParentAccount= Lft=5 DefAssoc=Yes',
    '    ParentAccount= Lft=3 DefAssoc=Yes',
  ]);
  const ids = async (words: string): Promise<string> => {
    const all = await lines(`-o show assoc_mgr flags=assoc ${words}`);
    return all
      .slice(2)
      .map((line) => / ID=(\d+) /.exec(line)?.[1])
      .join(' ');
  };
  assert.equal(await ids('user=alice'), '1 3 4');
  assert.equal(await ids('accounts=proj'), '3 4 5');
  const other = await lines('-o show assoc_mgr flags=assoc accounts=other user=alice', more);
  assert.match(other[3] ?? '', /UserName=alice\(2001\) .* DefAssoc=No /);
});

test('the quality of service, and all of it', async () => {
  const shown = await lines('show assoc_mgr');
  assert.deepEqual(
    shown.filter((line) => line.endsWith('Records')),
    ['User Records', 'Association Records', 'QOS Records'],
  );
  assert.deepEqual(shown.slice(-18, -16), ['QOS=normal(1)', '    UsageRaw=0.000000']);
  assert.deepEqual(shown.slice(-4), [
    '    Account Limits',
    '        No Accounts',
    '    User Limits',
    '        No Users',
  ]);
  const [, , line = ''] = await lines('-o show assoc_mgr qos=normal flags=qos');
  assert.match(
    line,
    /^QOS=normal\(1\) UsageRaw=0\.000000 GrpJobs=N\(0\) .* MinPrioThresh={1} {2}MinTRESPJ= /,
  );
  assert.match(line, / Priority=0 Account Limits=No Accounts User Limits=No Users$/);
  assert.equal((await lines('show assoc_mgr qos=high flags=qos')).length, 4);
});

test('what there is not as in Slurm', async () => {
  const flag = "invalid flag 'foo', valid options are 'Assoc, QOS, and/or Users'\n";
  assert.deepEqual(await told('show assoc_mgr flags=foo'), ['', flag, 0]);
  const entity = 'invalid entity: foo=1 for keyword:show assoc_mgr\n';
  assert.deepEqual(await told('show assoc_mgr foo=1'), ['', entity, 1]);
});
