import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IdMap } from '../../../../src/base/idmap.ts';
import { emptyConfig } from '../../../../src/model/config.ts';
import type { Request } from '../../../../src/model/request.ts';
import type { ClusterView } from '../../../../src/services/view.ts';
import { now, pending, running, share } from '../../builders.ts';
import { because, declaredView } from '../../declared.ts';
import { scontrol } from './queue.ts';

/* Refusals and answers as those of a real 22.05.8 to the same words. */

const cluster = declaredView();
const idle = declaredView({}, { isIdle: true });

async function told(line: string, shown = cluster, uid = 0): Promise<readonly [string, string, number]> {
  const { out, err, exitCode } = await scontrol(line.split(' '), shown, { uid });
  return [out, err, exitCode];
}

async function sent(line: string, shown: ClusterView = cluster): Promise<Request | undefined> {
  const told = await scontrol(line.split(' '), shown, { uid: 0 });
  assert.deepEqual([told.err, told.exitCode], ['', 0], line);
  return told.sent[0];
}

const invalidState = [
  'Invalid input: State=FOO',
  'Request aborted',
  'Valid states are: NoResp DRAIN FAIL FUTURE RESUME POWER_DOWN POWER_UP UNDRAIN',
  "Not all states are valid given a node's prior state",
];

const refusals: readonly (readonly [line: string, ...err: readonly string[]])[] = [
  ['update', 'too few arguments for update keyword'],
  [
    'update Foo=1',
    'No valid entity in update command',
    'Input line must include "NodeName", "PartitionName", "Reservation", "JobId", or "SlurmctldDebug"',
  ],
  [
    'update NodeName=gpu01 State=DRAIN',
    'You must specify a reason when DOWNING or DRAINING a node. Request denied',
  ],
  ['update NodeName=gpu01 State=FOO', ...invalidState],
  ['update NodeName=gpu01', 'No changes specified'],
  ['update NodeName=gpu01 Foo=1', 'Update of this parameter is not supported: Foo=1', 'Request aborted'],
  [
    'update NodeName=gpu01 Weight=abc',
    'scontrol: error: Weight value (abc) is not a valid number',
    'No changes specified',
  ],
  ['update NodeName=nosuch State=DRAIN Reason=x', 'slurm_update error: Invalid node name specified'],
  ['update NodeName= State=DRAIN Reason=x', 'slurm_update error: Invalid node name specified'],
  ['update NodeName=gpu03 State=RESUME', 'slurm_update error: Invalid node state specified'],
  ['update NodeName=gpu01 State=IDLE', 'slurm_update error: Invalid node state specified'],
  ['update NodeName=gpu03 State=POWER_DOWN', 'slurm_update error: Invalid node state specified'],
  [
    'update NodeName=gpu03 ActiveFeatures=zzz',
    'slurm_update error: Active features not subset of available features',
  ],
  // As a Slurm 22.05.8 was asked.
  ['create partition=gpu', 'Error creating the partition: Invalid partition name specified'],
  ['create partition=a,b', 'Error creating the partition: Invalid partition name specified'],
  ['create partition=p3 nodes=nosuch', 'Error creating the partition: Invalid node name specified'],
  ['create partitionname=default', 'scontrol: error: PartitionName cannot be "DEFAULT".'],
  ['create partitionname=', 'scontrol: error: PartitionName must be given.'],
  [
    'create partition=p4 foo=bar',
    'scontrol: error: Update of this parameter is not supported: foo=bar',
    '',
    'scontrol: error: Request aborted',
  ],
  ['create partition', 'scontrol: error: Invalid input: partition  Request aborted'],
  ['create partition nodes=gpu01', 'scontrol: error: Invalid input: partition  Request aborted'],
  ['create foo=1', 'scontrol: error: Invalid creation entity: foo=1'],
  ['delete partitionname=nosuch', 'delete_partition partitionname=nosuch: Invalid partition name specified'],
  ['delete partitionname nosuch', 'delete_partition partitionname: Invalid partition name specified'],
  ['delete foo=1', 'Invalid deletion entity: foo=1'],
  ['delete partition', "scontrol: error: Proper format is 'delete <ENTITY>=<ID>' or 'delete <ENTITY> <ID>'"],
  ['update PartitionName=nosuch State=DOWN', 'slurm_update error: Invalid partition name specified'],
  ['update PartitionName=gpu', 'scontrol: error: No changes specified'],
  [
    'update PartitionName=gpu State=FOO',
    'scontrol: error: Invalid input: State=FOO',
    'scontrol: error: Acceptable State values are UP, DOWN, DRAIN and INACTIVE',
    'slurm_update error: No error',
  ],
  [
    'update PartitionName=gpu Foo=1',
    'scontrol: error: Update of this parameter is not supported: Foo=1',
    '',
    'scontrol: error: Request aborted',
    'slurm_update error: No error',
  ],
  ['create', 'too few arguments for create keyword'],
  ['create foo=bar', 'scontrol: error: Invalid creation entity: foo=bar'],
  ['delete', 'too few arguments for delete keyword'],
  ['delete foo=1', 'Invalid deletion entity: foo=1'],
  [
    'delete ReservationName=nosuch',
    'delete_reservation ReservationName=nosuch: Requested reservation is invalid',
  ],
  ['ping x', 'too many arguments for keyword:ping'],
];

test('a reservation that keeps somebody out, and one that asks for features', async () => {
  const made = 'create reservation ReservationName=r StartTime=now Duration=60 Nodes=gpu03';
  for (const users of ['Users-=bob', 'Users=-bob']) {
    const request = await sent(`${made} ${users}`, idle);
    assert.ok(request?.name === 'setReservation');
    assert.deepEqual(request.reservation.users, ['-bob']);
  }
  const [, err] = await told(`${made} Users=bob Features=a100`, idle);
  assert.match(err, /Features=a100 of reservations is not supported by this release: name the nodes/);
});

describe('what cannot be is refused in Slurm’s words', () => {
  for (const [line, ...err] of refusals) {
    test(line, async () =>
      assert.deepEqual(await told(line), ['', err.map((one) => `${one}\n`).join(''), 1]),
    );
  }

  test('and what is the administrators’, to others', async () => {
    const refusal = async (line: string): Promise<string> => {
      const [out, err, exitCode] = await told(line, cluster, 2001);
      assert.deepEqual([out, exitCode], ['', 1]);
      return err;
    };
    const invalid = 'slurm_update error: Invalid user id\n';
    assert.equal(await refusal('update NodeName=gpu01 State=DRAIN Reason=x'), invalid);
    assert.equal(await refusal('update PartitionName=gpu State=DOWN'), invalid);
    assert.equal(await refusal('reconfigure'), 'slurm_reconfigure error: Invalid user id\n');
    assert.equal(
      await refusal('create reservation StartTime=now Duration=10 Users=alice Nodes=gpu03'),
      'Error creating the reservation: Invalid user id\n',
    );
    assert.equal(
      await refusal('delete ReservationName=r1'),
      'delete_reservation ReservationName=r1: Invalid user id\n',
    );
  });
});

describe('what is sent', () => {
  test('for nodes', async () => {
    assert.deepEqual(await sent('update nodename=gpu[01-02],gpu01 state=drai reason="x"'), {
      name: 'updateNode',
      nodes: ['gpu01', 'gpu02'],
      state: 'drain',
      reason: 'x',
    });
    assert.deepEqual(await sent('update NodeN=gpu03 Weight=5 Comment=hello Extra= Features=v100,new'), {
      name: 'updateNode',
      nodes: ['gpu03'],
      weight: 5,
      comment: 'hello',
      extra: '',
      features: ['v100', 'new'],
    });
    const drained = declaredView({ gpu03: { isDrained: true, ...because('x') } });
    for (const state of ['resume', 'idle', 'undrain']) {
      const request = { name: 'updateNode', nodes: ['gpu03'], state };
      assert.deepEqual(await sent(`update node=gpu03 State=${state}`, drained), request);
    }
  });

  test('for partitions that are made and taken away', async () => {
    assert.deepEqual(await sent('create partition=p1'), {
      ...{ name: 'updatePartition', partition: 'p1', isNew: true },
    });
    const words =
      'Nodes=gpu01,cpu01 Default=YES MaxTime=10 AllocNodes=ALL PreemptMode=OFF LLN=no GraceTime=0';
    assert.deepEqual(await sent(`create PartitionName=p2 ${words}`), {
      ...{ name: 'updatePartition', partition: 'p2', isNew: true },
      set: { nodes: ['gpu01', 'cpu01'], isDefault: true, maxTime: 10 },
    });
    for (const written of ['partitionname=cpu', 'part cpu']) {
      const request = { name: 'deletePartition', partition: 'cpu' };
      assert.deepEqual(await sent(`delete ${written}`, idle), request);
    }
  });

  test('but not for one that has jobs', async () => {
    const jobs = IdMap.of([[9, pending(9, { spec: { partition: 'cpu' } })]]);
    const used = { ...idle, cluster: { ...idle.cluster, jobs } };
    assert.deepEqual(await told('delete partition=cpu', used), [
      '',
      'delete_partition partition=cpu: Partition is in use\n',
      1,
    ]);
    assert.match((await told('delete partition=cpu', used, 2001))[1], /cpu: Invalid user id/);
    assert.match((await told('create partition=p9', used, 2001))[1], /^Error creating .*: Invalid user id/);
  });

  test('for partitions, and for the settings', async () => {
    const inactive = { name: 'updatePartition', partition: 'gpu', state: 'inact' };
    assert.deepEqual(await sent('update PartitionName=gpu State=INACTIVE'), inactive);
    assert.deepEqual(await sent('update PartitionName=gpu MaxTime=30 State=UP MaxNodes=UNLIMITED'), {
      name: 'updatePartition',
      partition: 'gpu',
      state: 'up',
      set: { maxTime: 30 },
      clear: ['maxNodes'],
    });
    assert.deepEqual(await sent('reconfig'), { name: 'reconfigure' });
    await assert.rejects(
      scontrol(['reconfigure'], cluster, { uid: 0, badSettings: 'cluster.yaml:1:1: no' }),
      /cluster\.yaml:1:1/,
    );
  });

  test('an update of a job is not one of these', async () => {
    const { sent } = await scontrol(['update', 'JobId=337', 'Comment=x']);
    assert.equal(sent[0]?.name, 'update');
  });
});

test('ping', async () => {
  assert.deepEqual(await told('ping'), ['Slurmctld(primary) at vm is UP\n', '', 0]);
  const none = { ...cluster, cluster: { ...cluster.cluster, nodes: new Map() } };
  assert.deepEqual(await told('ping', none), ['Slurmctld(primary) at vm is DOWN\n', '', 1]);
});

describe('reservations', () => {
  const wish = 'create reservation ReservationName=r StartTime=now Duration=10 Users=alice Nodes=gpu03';
  const made = { startTime: now, endTime: now + 600, nodes: ['gpu03'], users: ['alice'] };
  const known = (...all: readonly object[]): ClusterView => {
    const reservations = new Map(all.map((one) => ['name' in one ? String(one.name) : '', one as never]));
    return { ...idle, cluster: { ...idle.cluster, reservations } };
  };
  const faults: readonly (readonly [line: string, err: string])[] = [
    ['create reservation', 'A start time must be given.  No reservation created.'],
    ['create reservation StartTime=now', 'An end time or duration must be given.  No reservation created.'],
    [
      'create reservation StartTime=now Duration=5 Users=alice',
      'CoreCnt, Nodes, NodeCnt, BurstBuffer, Licenses or Watts must be specified.  No reservation created.',
    ],
    [
      'create reservation StartTime=now Duration=5 Nodes=gpu03',
      'Either Users/Groups and/or Accounts must be specified.  No reservation created.',
    ],
    [`${wish} EndTime=2020-01-01`, 'Start time cannot be after end time.  No reservation created.'],
    [`${wish} Foo=1`, 'Unknown parameter Foo=1.  No reservation created.'],
    [`${wish} Flags=FOO`, 'Error parsing flags FOO.  No reservation created.'],
    [`${wish} Duration=foo`, 'Invalid duration Duration=foo.  No reservation created.'],
    [`${wish} Flags=HOURLY`, 'flag HOURLY of reservations is not supported by this release'],
    [`${wish} CoreCnt=4`, 'CoreCnt of reservations is not supported by this release'],
  ];
  for (const [line, err] of faults) {
    test(line, async () => assert.deepEqual(await told(line, idle), ['', `scontrol: error: ${err}\n`, 1]));
  }

  test('the controller’s refusals', async () => {
    const refusal = async (line: string, shown = idle): Promise<string> => {
      const [, err, exitCode] = await told(line, shown);
      assert.equal(exitCode, 1);
      return err.replace('Error creating the reservation: ', '').trim();
    };
    assert.equal(await refusal(wish.replace('alice', 'nosuch')), 'Invalid user id');
    assert.equal(await refusal(wish.replace('gpu03', 'nosuch')), 'Invalid node name specified');
    assert.equal(await refusal(`${wish} PartitionName=nosuch`), 'Invalid partition name specified');
    assert.equal(await refusal(wish.replace('=now', '=2020-01-01')), 'Invalid time specified');
    assert.match(await refusal(wish.replace('=now', '=foo')), /^Invalid time specification \(pos=0\): foo\n/);
    const overlap = 'Requested reservation overlaps with another reservation';
    assert.equal(await refusal(wish, known({ name: 'x', ...made })), overlap);
    assert.equal(await refusal(wish.replace('gpu03', 'gpu01'), cluster), 'Requested nodes are busy');
    assert.equal(await refusal(wish.replace('Nodes=gpu03', 'NodeCnt=9')), 'Requested nodes are busy');
  });

  test('are made', async () => {
    const reservation = { name: 'r', ...made, flags: ['SPEC_NODES'] };
    assert.deepEqual(await sent(wish, idle), { name: 'setReservation', isNew: true, reservation });
    assert.equal((await told(wish, idle))[0], 'Reservation created: r\n');
    const named = wish.replace('ReservationName=r ', '');
    assert.equal((await told(named, idle))[0], 'Reservation created: alice_1\n');
    const overlapping = await sent(`${wish} Flags=OVERLAP,maint`, known({ name: 'x', ...made }));
    assert.deepEqual(overlapping?.name === 'setReservation' && overlapping.reservation.flags, [
      ...['MAINT', 'OVERLAP', 'SPEC_NODES'],
    ]);
    const all = await sent(wish.replace('gpu03', 'ALL').replace('10', 'infinite'), idle);
    assert.deepEqual(all?.name === 'setReservation' && all.reservation, {
      ...reservation,
      endTime: now + 365 * 86_400,
      nodes: ['cpu01', 'gpu01', 'gpu02', 'gpu03'],
      flags: ['SPEC_NODES', 'ALL_NODES'],
    });
    const some = await sent(
      wish.replace('Nodes=gpu03', 'NodeCnt=2 PartitionName=gpu'),
      known({ name: 'x', ...made }),
    );
    assert.deepEqual(some?.name === 'setReservation' && some.reservation.nodes, ['gpu01', 'gpu02']);
  });

  test('are not made over jobs that may still run then', async () => {
    const job = running(1, { shares: [share('gpu03')], spec: { timeLimit: 5 } });
    const shown = { ...idle, cluster: { ...idle.cluster, jobs: idle.cluster.jobs.set(1, job) } };
    assert.equal((await told(wish, shown))[2], 1);
    assert.equal((await told(`${wish} Flags=IGNORE_JOBS`, shown))[2], 0);
    assert.equal((await told(wish.replace('=now', '=now+6minutes'), shown))[2], 0);
  });

  test('are changed', async () => {
    const r = { name: 'r', ...made, users: ['alice', 'bob'], flags: ['MAINT', 'SPEC_NODES'] };
    const changed = async (words: string) => {
      const request = await sent(`update ReservationName=r ${words}`, known(r));
      assert.ok(request?.name === 'setReservation' && !request.isNew);
      const { reservation } = request;
      return Object.fromEntries(
        Object.entries(reservation).filter(
          ([key, value]) => JSON.stringify(value) !== JSON.stringify(r[key as keyof typeof r]),
        ),
      );
    };
    assert.deepEqual(await changed('Duration=30'), { endTime: now + 1800 });
    assert.deepEqual(await changed('Duration+=5'), { endTime: now + 900 });
    assert.deepEqual(await changed('Users-=bob'), { users: ['alice'] });
    assert.deepEqual(await changed('Users=root Accounts=proj'), { users: ['root'], accounts: ['proj'] });
    assert.deepEqual(await changed('Flags+=DAILY Flags-=MAINT'), { flags: ['MAINT', 'SPEC_NODES'].slice(1) });
    assert.deepEqual(await changed('Nodes=gpu01'), { nodes: ['gpu01'] });
    assert.deepEqual(await changed('NodeCnt=2'), { nodes: ['gpu01', 'gpu03'], flags: ['MAINT'] });
    assert.equal((await told('update ReservationName=r Duration=5', known(r)))[0], 'Reservation updated.\n');
    assert.deepEqual(await told('update ReservationName=nosuch Duration=5', known(r)), [
      '',
      'Error updating the reservation: Requested reservation is invalid\n' +
        'slurm_update error: Requested reservation is invalid\n',
      1,
    ]);
    assert.deepEqual(await told('update ReservationName=r Foo=1', known(r)), [
      '',
      'scontrol: error: Unknown parameter Foo=1.  No reservation update.\nslurm_update error: No error\n',
      1,
    ]);
  });

  test('are shown, and deleted', async () => {
    const r = {
      name: 'r1',
      ...made,
      nodes: ['gpu01', 'gpu02'],
      flags: ['MAINT', 'SPEC_NODES'],
    };
    assert.equal(
      (await told('show reservation', known(r)))[0],
      `\
ReservationName=r1 StartTime=2026-11-22T20:43:49 EndTime=2026-11-22T20:53:49 Duration=00:10:00
   Nodes=gpu[01-02] NodeCnt=2 CoreCnt=16 Features=(null) PartitionName=(null) Flags=MAINT,SPEC_NODES
   TRES=cpu=16
   Users=alice Groups=(null) Accounts=(null) Licenses=(null) State=ACTIVE BurstBuffer=(null) Watts=n/a
   MaxStartDelay=(null)

`,
    );
    for (const line of ['delete ReservationName=r1', 'delete res r1', 'delete reservation=r1']) {
      assert.deepEqual(await sent(line, known(r)), { name: 'deleteReservation', reservation: 'r1' });
    }
  });
});

describe('what there is of the cluster', () => {
  test('partitions and nodes as declared', async () => {
    const [page] = await told('-o show partition debug');
    assert.equal(
      page,
      'PartitionName=debug AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL ' +
        'AllocNodes=ALL Default=NO QoS=N/A ' +
        'DefaultTime=NONE DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO MaxNodes=1 ' +
        'MaxTime=00:10:00 MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED Nodes=cpu01,gpu03 PriorityJobFactor=1 ' +
        'PriorityTier=10 RootOnly=NO ReqResv=NO OverSubscribe=NO OverTimeLimit=NONE PreemptMode=OFF ' +
        'State=UP TotalCPUs=12 TotalNodes=2 SelectTypeParameters=NONE JobDefaults=(null) ' +
        'DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED ' +
        'TRES=cpu=12,mem=32000M,node=2,billing=12,gres/gpu=2,gres/gpu:v100=2\n',
    );
    assert.deepEqual(await told('show partition closed', cluster, 2001), [
      'Partition closed not found\n',
      '',
      1,
    ]);
    assert.match((await told('-a show partition closed', cluster, 2001))[0], /AllowGroups=root /);
    assert.match((await told('show node gpu03', cluster, 2001))[0], /\n {3}Partitions=gpu,debug \n/);
    assert.match((await told('show node gpu03', cluster, 0))[0], /\n {3}Partitions=gpu,debug,closed \n/);
  });

  test('a node that somebody took out of use', async () => {
    const shown = declaredView({
      gpu02: { isDrained: true, ...because('y'), comment: 'hello there', extra: 'ex', weight: 5 },
    });
    const [page] = await told('show node gpu02', shown);
    assert.match(page, /\n {3}State=MIXED\+DRAIN ThreadsPerCore=1 TmpDisk=0 Weight=5 /);
    assert.match(
      page,
      /\n {3}Reason=y \[root@2026-11-22T20:43:49\]\n {3}Comment=hello there\n {3}Extra=ex\n\n$/,
    );
  });

  test('one that is declared and never came', async () => {
    const nodes = new Map([...idle.cluster.nodes].filter(([name]) => name !== 'cpu01'));
    const [page] = await told('show node cpu01', { ...idle, cluster: { ...idle.cluster, nodes } });
    assert.match(
      page,
      /^NodeName=cpu01 CoresPerSocket=4 \n {3}CPUAlloc=0 CPUEfctv=8 CPUTot=8 CPULoad=N\/A\n/,
    );
    assert.match(page, /State=DOWN\+NOT_RESPONDING /);
    assert.match(page, /BootTime=None SlurmdStartTime=None\n {3}LastBusyTime=Unknown\n/);
  });

  test('switches and racks, where somebody said of nodes what they are plugged into', async () => {
    const { config = emptyConfig } = idle.cluster;
    const plugs: Readonly<Record<string, object>> = {
      gpu01: { rack: 'r1', switch: 's1' },
      gpu02: { rack: 'r1', switch: 's2' },
      cpu01: { rack: 'r2' },
    };
    const nodes = config.nodes.map((one) => ({ ...one, ...plugs[one.name] }));
    const wired = {
      ...idle,
      cluster: { ...idle.cluster, config: { ...config, nodes, policy: 'spread' as const } },
    };
    const lines = [
      'SwitchName=s1 Level=0 LinkSpeed=1 Nodes=gpu01 ',
      'SwitchName=s2 Level=0 LinkSpeed=1 Nodes=gpu02 ',
      'SwitchName=r2 Level=0 LinkSpeed=1 Nodes=cpu01 ',
      'SwitchName=r1 Level=1 LinkSpeed=1 Nodes=gpu[01-02] Switches=s[1-2] ',
    ];
    const text = (...shown: readonly (string | undefined)[]) => [
      shown.map((line) => `${line}\n`).join(''),
      '',
      0,
    ];
    assert.deepEqual(
      (await told('show topology', wired))[0].split('\n').toSorted(),
      ['', ...lines].toSorted(),
    );
    assert.deepEqual(await told('show topology s2', wired), text(lines[1]));
    assert.deepEqual(await told('show topology gpu01', wired), text(lines[0], lines[3]));
    const [, complaint] = await told('show topology nosuch', wired);
    assert.equal(
      complaint,
      'scontrol: error: Topology information contains no switch or node named nosuch\n',
    );
    const [page] = await told('show config', wired);
    assert.match(page, /\nSchedulerParameters {5}= bf_interval=30,mgpu_policy=spread\n/);
    assert.match(page, /\nTopologyPlugin {10}= topology\/tree\n/);
  });

  test('the rest', async () => {
    assert.deepEqual(await told('show licenses'), ['No licenses configured in Slurm.\n', '', 0]);
    assert.deepEqual(await told('show aliases'), ['gpu01 gpu02 gpu03 cpu01\n', '', 0]);
    assert.deepEqual(await told('show daemons'), ['slurmctld slurmd\n', '', 0]);
    assert.deepEqual(await told('show topology'), [
      '',
      'scontrol: error: No topology information available\n',
      0,
    ]);
    assert.deepEqual(await told('show federation'), ['', '', 0]);
    const config = { ...cluster.cluster.config, partitions: [], nodes: [], licenses: { matlab: 4 } };
    const licensed = { ...cluster, cluster: { ...cluster.cluster, config } };
    assert.equal(
      (await told('show lic', licensed))[0],
      'LicenseName=matlab\n    Total=4 Used=0 Free=4 Reserved=0 Remote=no\n',
    );
    assert.match(
      (await told('show config'))[0],
      /\nDefMemPerCPU {12}= 1000\n(?:.*\n)*MaxArraySize {12}= 1001\n/,
    );
  });
});

test('without a command, commands are read', async () => {
  const lines = [
    'ping',
    '',
    'show node nosuch',
    "update NodeName=gpu03 State=DRAIN Reason='two words'",
    'quit',
    'x',
  ];
  const { out, err, exitCode, sent } = await scontrol([], cluster, { uid: 0, lines });
  const update = "scontrol: update NodeName=gpu03 State=DRAIN Reason='two words'\n";
  assert.equal(
    out,
    'scontrol: ping\nSlurmctld(primary) at vm is UP\nscontrol: \n' +
      `scontrol: show node nosuch\nNode nosuch not found\n${update}scontrol: quit\n`,
  );
  assert.deepEqual([err, exitCode], ['', 1]);
  assert.deepEqual(sent, [{ name: 'updateNode', nodes: ['gpu03'], state: 'drain', reason: 'two words' }]);
  assert.equal((await scontrol([], cluster, { lines: [] })).out, 'scontrol: \n');
});
