import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type PartitionChange,
  partitionKeys,
  refusedPartitionKeys,
} from '../../../../src/commands/scontrol/partitionkeys.ts';
import { declaredView } from '../../declared.ts';
import { scontrol } from './queue.ts';

/* As a real 22.05.8 answers to `scontrol update PartitionName=cpu KEY=VALUE`. */

const cluster = declaredView();

async function updated(setting: string): Promise<PartitionChange | readonly string[]> {
  const words = ['update', 'PartitionName=cpu', ...setting.split(' ')];
  const { err, exitCode, sent } = await scontrol(words, cluster, { uid: 0 });
  const [request] = sent;
  if (request?.name !== 'updatePartition') {
    assert.equal(exitCode, 1, setting);
    return err.trimEnd().split('\n');
  }
  const { name: _name, partition, ...change } = request;
  assert.equal(partition, 'cpu');
  return change;
}

const taken: readonly (readonly [string, PartitionChange])[] = [
  ['State=DRAIN', { state: 'drain' }],
  ['AllowAccounts=proj,lab', { set: { allowAccounts: ['proj', 'lab'] } }],
  ['AllowAccounts=ALL', { clear: ['allowAccounts'] }],
  ['AllowGroups=root', { set: { allowGroups: ['root'] } }],
  ['AllowGroups=', { clear: ['allowGroups'] }],
  ['AllowQos=normal', { set: { allowQos: ['normal'] } }],
  ['Default=YES', { set: { isDefault: true } }],
  ['Default=no', { set: { isDefault: false } }],
  ['DefaultTime=10', { set: { defaultTime: 10 } }],
  ['DefMemPerCPU=1000', { set: { defMemPerCpuMb: 1000 }, clear: ['defMemPerNodeMb'] }],
  ['DefMemPerNode=700', { set: { defMemPerNodeMb: 700 }, clear: ['defMemPerCpuMb'] }],
  ['DenyAccounts=proj', { set: { denyAccounts: ['proj'] } }],
  ['DenyAccounts=', { clear: ['denyAccounts'] }],
  ['DenyQos=nosuch', { set: { denyQos: ['nosuch'] } }],
  ['Hidden=YES', { set: { isHidden: true } }],
  ['MaxCPUsPerNode=2', { set: { maxCpusPerNode: 2 } }],
  ['MaxCPUsPerNode=UNLIMITED', { clear: ['maxCpusPerNode'] }],
  ['MaxMemPerCPU=1500', { set: { maxMemPerCpuMb: 1500 }, clear: ['maxMemPerNodeMb'] }],
  ['MaxMemPerNode=2000', { set: { maxMemPerNodeMb: 2000 }, clear: ['maxMemPerCpuMb'] }],
  ['MaxMemPerNode=0', { clear: ['maxMemPerNodeMb', 'maxMemPerCpuMb'] }],
  ['MaxNodes=2', { set: { maxNodes: 2 } }],
  ['MaxNodes=UNLIMITED', { clear: ['maxNodes'] }],
  ['MaxTime=7-0', { set: { maxTime: 10_080 } }],
  ['MaxTime=INFINITE', { set: { maxTime: 'UNLIMITED' } }],
  ['MinNodes=2', { set: { minNodes: 2 } }],
  ['Nodes=gpu03,cpu01', { set: { nodes: ['gpu03', 'cpu01'] } }],
  ['Nodes=ALL', { clear: ['nodes'] }],
  ['Nodes=', { set: { nodes: [] } }],
  ['OverSubscribe=EXCLUSIVE', { set: { overSubscribe: 'exclusive' } }],
  ['PriorityTier=7', { set: { priorityTier: 7 } }],
  ['RootOnly=YES', { set: { isRootOnly: true } }],
  ['Shared=NO', { set: { overSubscribe: 'no' } }],
  // Of what is said twice the later counts.
  ['MaxNodes=2 MaxNodes=UNLIMITED', { clear: ['maxNodes'] }],
  ['MaxNodes=UNLIMITED MaxNodes=2', { set: { maxNodes: 2 } }],
];

describe('scontrol update PartitionName=', () => {
  for (const [setting, change] of taken) {
    test(setting, async () => assert.deepEqual(await updated(setting), change));
  }

  test('every key that is taken is tried above', () => {
    const tried = new Set(taken.map(([setting]) => setting.split('=')[0]));
    assert.deepEqual(
      Object.keys(partitionKeys).filter((key) => !tried.has(key)),
      [],
    );
  });
});

const wrong: readonly (readonly [string, ...string[]])[] = [
  [
    'OverSubscribe=foo',
    'Invalid input: OverSubscribe=foo',
    'Acceptable OverSubscribe values are NO, EXCLUSIVE, YES:#, and FORCE:#',
  ],
  ['MaxTime=foo', 'Invalid input MaxTime=foo'],
  ['DefaultTime=NONE', 'Invalid input DefaultTime=NONE'],
  ['MaxNodes=foo', 'Invalid numeric value "foo" for MaxNodes.'],
  ['MinNodes=foo', '"foo" is not a valid node count'],
  ['Default=foo', 'Invalid input: Default=foo', 'Acceptable Default values are YES and NO'],
  ['Hidden=foo', 'Invalid input: Hidden=foo', 'Acceptable Hidden values are YES and NO'],
  ['RootOnly=foo', 'Invalid input: RootOnly=foo', 'Acceptable RootOnly values are YES and NO'],
  ['PriorityTier=70000', 'Invalid PriorityTier value: 70000'],
  ['MaxMemPerCPU=UNLIMITED', 'Invalid MaxMemPerCPU value: UNLIMITED'],
  ['DefMemPerNode=1G', 'Invalid DefMemPerNode value: 1G'],
  ['MaxCPUsPerNode=foo', 'Invalid MaxCPUsPerNode value: foo'],
  ['State=foo', 'Invalid input: State=foo', 'Acceptable State values are UP, DOWN, DRAIN and INACTIVE'],
];

describe('what is wrong is named in Slurm’s words', () => {
  for (const [setting, ...lines] of wrong) {
    test(setting, async () => {
      const err = [...lines.map((line) => `scontrol: error: ${line}`), 'slurm_update error: No error'];
      assert.deepEqual(await updated(setting), err);
    });
  }

  test('a node that is none', async () => {
    assert.deepEqual(await updated('Nodes=cpu01,nosuch'), [
      'slurm_update error: Invalid node name specified',
    ]);
  });

  test('what has no effect here is refused with its reason', async () => {
    for (const [key, why] of Object.entries(refusedPartitionKeys)) {
      const line = `scontrol: error: update of ${key} is not supported by this release: ${why}`;
      assert.deepEqual(await updated(`${key}=2`), [line]);
    }
    for (const mode of ['YES:2', 'FORCE']) {
      const [line] = (await updated(`OverSubscribe=${mode}`)) as readonly string[];
      assert.match(line ?? '', /OverSubscribe=.* is not supported by this release: jobs do not share CPUs/);
    }
  });
});
