import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredView } from '../../declared.ts';
import { scontrol } from './queue.ts';

/* As a Slurm 22.05.8 was asked. */

const declared = declaredView();
const accounts = [
  { name: 'proj', users: ['alice', 'gone'] },
  { name: 'lab', users: ['bob', 'alice'] },
];
const config = { ...declared.cluster.config, partitions: [], nodes: [], accounts, admins: ['bob'] };
const view = { ...declared, cluster: { ...declared.cluster, config } };

async function told(line: string): Promise<readonly [string, string, number]> {
  const { out, err, exitCode } = await scontrol(`show ${line}`.split(' '), view);
  return [out, err, exitCode];
}

const head = 'Current Association Manager state\n\nUser Records\n\n';

test('users by their names, with the first account that has them', async () => {
  const records = [
    'UserName=alice(2001) DefAccount=proj DefWckey= AdminLevel=None\n',
    'UserName=bob(2002) DefAccount=lab DefWckey= AdminLevel=Administrator\n',
    'UserName=gone(4294967294) DefAccount=proj DefWckey= AdminLevel=None\n',
    'UserName=root(0) DefAccount=root DefWckey= AdminLevel=Administrator\n',
  ];
  assert.deepEqual(await told('assoc_mgr flags=users'), [head + records.join(''), '', 0]);
  for (const line of ['assoc flags=Users user=bob', 'cache users=bob,nobody flags=u']) {
    assert.deepEqual(await told(line), [head + records[1], '', 0], line);
  }
});

test('what else there is of it is refused by name, and what there is not as in Slurm', async () => {
  for (const line of ['assoc_mgr', 'assoc_mgr flags=qos', 'assoc_mgr flags=users,assoc']) {
    const [out, err, exitCode] = await told(line);
    assert.deepEqual([out, exitCode], ['', 1], line);
    assert.match(err, /associations and QOS is not supported by this release: use flags=users/);
  }
  assert.deepEqual(await told('assoc_mgr flags=foo'), [
    '',
    "invalid flag 'foo', valid options are 'Assoc, QOS, and/or Users'\n",
    0,
  ]);
  const entity = 'invalid entity: foo=1 for keyword:show assoc_mgr\n';
  assert.deepEqual(await told('assoc_mgr foo=1'), ['', entity, 1]);
});
