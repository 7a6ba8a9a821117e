import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limits } from '../../../../src/model/limits.ts';
import { node, now, pending, running, share, view } from '../../builders.ts';
import { nodes, out, queue, scontrol } from './queue.ts';

const running335 = `\
JobId=335 JobName=running
   UserId=alice(2001) GroupId=alice(2001) MCS_label=N/A
   Priority=4294901425 Nice=0 Account=proj QOS=normal
   JobState=RUNNING Reason=None Dependency=(null)
   Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:0
   RunTime=00:00:03 TimeLimit=00:10:00 TimeMin=N/A
   SubmitTime=2026-11-22T20:43:46 EligibleTime=2026-11-22T20:43:46
   AccrueTime=2026-11-22T20:43:46
   StartTime=2026-11-22T20:43:46 EndTime=2026-11-22T20:53:46 Deadline=N/A
   SuspendTime=None SecsPreSuspend=0 LastSchedEval=2026-11-22T20:43:46 Scheduler=Main
   Partition=main AllocNode:Sid=login:0
   ReqNodeList=(null) ExcNodeList=(null)
   NodeList=cpu01
   BatchHost=cpu01
   NumNodes=1 NumCPUs=2 NumTasks=2 CPUs/Task=1 ReqB:S:C:T=0:0:*:*
   TRES=cpu=2,mem=2000M,node=1,billing=2
   Socks/Node=* NtasksPerN:B:S:C=0:0:*:* CoreSpec=*
   MinCPUsNode=1 MinMemoryNode=0 MinTmpDiskNode=0
   Features=(null) DelayBoot=00:00:00
   OverSubscribe=OK Contiguous=0 Licenses=(null) Network=(null)
   Command=(null)
   WorkDir=/home/alice/w
   Comment=hello \n\
   StdErr=/dev/null
   StdIn=/dev/null
   StdOut=/dev/null
   Power=
   MgpuAttempt=1 MgpuNode=cpu01 MgpuHost=real.example.org
   MgpuAddrs=192.0.2.7,2001:db8::7
   MgpuPid=4711 MgpuBootId=b0071d
   MgpuGpus=2(GPU-2),3
   \n\
\n`;

describe('show job', () => {
  test('has Slurm’s keys in Slurm’s order, and then where it really ran', async () => {
    assert.equal(await out('show', 'job', '335'), running335);
    assert.equal(await out('show', 'job=335'), running335);
  });

  test('-o is the same on one line', async () => {
    assert.equal(
      await out('-o', 'show', 'job', '335'),
      `${running335.trimEnd().replaceAll('\n   ', ' ')} \n`,
    );
  });

  test('under Slurm’s name it is Slurm’s page alone', async () => {
    const { out: page } = await scontrol(['show', 'job', '335'], queue, { program: 'scontrol' });
    assert.equal(page, running335.replace(/( {3}Mgpu.*\n)+/, ''));
  });

  test('GPUs that were asked for by their indices stand among ours', async () => {
    const named = pending(1, { spec: { nodelist: ['n1'], nodeGpuIds: [{ node: 'n1', gpus: [0, 1, 3] }] } });
    const some = pending(2, { spec: { gpuIds: [0, 1] } });
    const waiting = view([], [named, some]);
    const { out: page } = await scontrol(['show', 'job'], waiting);
    assert.match(page, /\n {3}Power=\n {3}MgpuNodeGpuIds=n1:0-1,3\n/);
    assert.match(page, /\n {3}Power=\n {3}MgpuGpuIds=0-1\n/);
    assert.doesNotMatch((await scontrol(['show', 'job'], waiting, { program: 'scontrol' })).out, /Mgpu/);
  });

  test('all that a job may ask for', async () => {
    const spec = {
      nice: 5,
      qos: 'high',
      timeLimit: 10,
      timeMin: 5,
      deadline: now + 3600,
      beginTime: now + 60,
      memoryPerCpuMb: 1000,
      tmpPerNodeMb: 100,
      constraint: 'a100&nvlink',
      reservation: 'maint',
      exclusive: 'node',
      contiguous: true,
      licenses: [{ name: 'foo', count: 2 }],
      socketsPerNode: 1,
      coresPerSocket: 2,
      threadsPerCore: 1,
      ntasksPerNode: 2,
      ntasksPerSocket: 1,
      ntasksPerCore: 1,
      minCpusPerNode: 4,
      switches: { count: 1, waitSeconds: 300 },
      cpusPerGpu: 2,
      gpus: [{ count: 2, per: 'socket' }],
      mailTypes: ['BEGIN', 'END'],
    } as const;
    const job = { ...pending(5, { spec }), eligibleTime: now + 60 };
    const { out: page } = await scontrol(['show', 'job', '5'], view([], [job], { 5: 'BeginTime' }));
    for (const expected of [
      'Nice=5 Account=proj QOS=high\n',
      'RunTime=00:00:00 TimeLimit=00:10:00 TimeMin=00:05:00\n',
      'EligibleTime=2026-11-22T20:44:49\n   AccrueTime=2026-11-22T20:44:49\n',
      'StartTime=2026-11-22T20:44:49 EndTime=2026-11-22T20:54:49 Deadline=2026-11-22T21:43:49\n',
      ' CPUs/Task=1 ReqB:S:C:T=0:0:2:1\n',
      'Socks/Node=1 NtasksPerN:B:S:C=2:0:1:1 CoreSpec=*\n',
      'MinCPUsNode=4 MinMemoryCPU=1000M MinTmpDiskNode=100M\n',
      'Features=a100&nvlink DelayBoot=00:00:00\n   Reservation=maint\n',
      'OverSubscribe=NO Contiguous=1 Licenses=foo:2 Network=(null)\n',
      'Switches=1@00:05:00\n   Power=\n   CpusPerTres=gres:gpu:2\n   TresPerSocket=gres:gpu:2\n',
      '   MailUser=alice MailType=BEGIN,END\n   \n\n',
    ])
      assert.ok(page.includes(expected), `${expected}\n${page}`);
  });

  test('where no number of nodes was named, and the start is only planned', async () => {
    const job = pending(5, { spec: { nodes: { min: 1, max: limits.nodesPerJob } } });
    const shown = view([], [job], { 5: 'Resources' });
    const planned = { ...shown, plannedStarts: () => new Map([[5, { time: now + 9, nodes: ['cpu01'] }]]) };
    const { out: page } = await scontrol(['show', 'job', '5'], planned);
    assert.match(page, /NumNodes=1 NumCPUs=1 /);
    assert.match(page, /StartTime=Unknown EndTime=Unknown /);
  });

  test('what stands still, and what is held as it runs', async () => {
    const shares = [share('cpu01')];
    const still = { ...running(5, { shares }), suspendedTime: now - 1, suspendedSeconds: 1 };
    const { out: page } = await scontrol(['show', 'job', '5'], view(nodes, [still]));
    assert.match(page, /JobState=SUSPENDED Reason=None /);
    assert.match(page, /RunTime=00:00:01 /);
    assert.match(page, /SuspendTime=2026-11-22T20:43:48 SecsPreSuspend=1 /);
    const held = { ...running(5, { shares }), held: 'user' } as const;
    const { out: other } = await scontrol(['show', 'job', '5'], view(nodes, [held]));
    assert.match(other, /Priority=0 .*\n {3}JobState=RUNNING Reason=JobHeldUser /);
  });

  test('tasks that are held one by one', async () => {
    const array = { array: { tasks: [[1, 3]], throttle: 0 } } as const;
    const job = { ...pending(5, { spec: array, tasks: [[1, 3]] }), heldTasks: [[2, 2]] } as const;
    const pageOf = async (id: string) =>
      (await scontrol(['show', 'job', id], view([], [job], { 5: 'Resources' }))).out;
    const reasonOf = async (id: string) => /Reason=(\S+)/.exec(await pageOf(id))?.[1];
    assert.equal(await reasonOf('5'), 'Resources,JobHeldUser');
    assert.equal(await reasonOf('5_1'), 'Resources');
    assert.equal(await reasonOf('5_2'), 'JobHeldUser');
    assert.match(await pageOf('5_2'), / Priority=0 /);
    assert.match(await pageOf('5_1'), / Priority=4294\d+ /);
  });

  test('-d tells what is held on each node', async () => {
    const page = await out('-d', 'show', 'job', '336');
    assert.match(page, / ExitCode=0:0\n {3}DerivedExitCode=0:0\n {3}RunTime=/);
    assert.match(
      page,
      new RegExp(
        [
          'NumNodes=2 NumCPUs=4 NumTasks=4 CPUs/Task=1 ReqB:S:C:T=0:0:\\*:\\*',
          '   TRES=cpu=4,mem=4000M,node=2,billing=4,gres/gpu=8,gres/gpu:a100=8',
          '   Socks/Node=\\* NtasksPerN:B:S:C=0:0:\\*:\\* CoreSpec=\\*',
          '   JOB_GRES=gpu:a100:8',
          '     Nodes=gpu01 CPU_IDs=0-1,4 Mem=3000 GRES=gpu:a100:4\\(IDX:0-3\\)',
          '     Nodes=gpu02 CPU_IDs=0 Mem=1000 GRES=gpu:a100:4\\(IDX:0-3\\)',
          '   MinCPUsNode=1 ',
        ].join('\n'),
      ),
    );
    assert.match(page, /\n {3}Power=\n {3}TresPerNode=gres:gpu:4\n {3}MgpuAttempt=1\n {3}\n\n$/);
    assert.match(
      await out('-d', 'show', 'job', '335'),
      /\n {3}JOB_GRES=\(null\)\n {5}Nodes=cpu01 CPU_IDs=0-1 Mem=2000 GRES=\n/,
    );
  });

  test('of jobs that wait', async () => {
    const held = await out('show', 'job', '337');
    assert.match(held, /\n {3}Priority=0 .*\n {3}JobState=PENDING Reason=JobHeldUser Dependency/);
    assert.match(
      held,
      /EligibleTime=Unknown\n {3}AccrueTime=Unknown\n {3}StartTime=Unknown EndTime=Unknown /,
    );
    assert.match(
      held,
      /\n {3}ReqNodeList=\(null\) ExcNodeList=gpu02\n {3}NodeList=\n {3}NumNodes=1-1 NumCPUs=1 /,
    );
    assert.match(held, /MinMemoryNode=2G /);
    assert.match(
      held,
      /StdOut=\/home\/alice\/w\/slurm-337.out\n {3}Power=\n {3}GresEnforceBind=Yes\n {3}\n\n$/,
    );
    const waiting = await out('show', 'job', '339');
    assert.match(waiting, /BatchFlag=0 /);
    assert.match(waiting, /\n {3}NumNodes=2-2 NumCPUs=2 NumTasks=1 /);
    assert.match(waiting, /TRES=cpu=2,node=2,billing=2,gres\/gpu=4,gres\/gpu:a100=4\n/);
    assert.match(
      waiting,
      /Command=python\n {3}WorkDir=\/home\/alice\/w\n {3}Power=\n {3}TresPerJob=gres:gpu:a100:4\n {3}\n\n$/,
    );
  });

  test('of ended jobs', async () => {
    assert.match(
      await out('show', 'job', '348'),
      /JobState=FAILED Reason=RaisedSignal .*\n.*ExitCode=0:9\n {3}RunTime=00:00:02 /,
    );
    const cancelled = await out('show', 'job', '349');
    assert.match(cancelled, /RunTime=00:00:00 /);
    assert.match(cancelled, /StartTime=2026-11-22T20:43:48 EndTime=2026-11-22T20:43:48 /);
  });

  test('of arrays', async () => {
    const heads = async (...words: string[]): Promise<readonly string[]> =>
      (await out('show', 'job', ...words)).split('\n').filter((line) => line.startsWith('JobId'));
    assert.deepEqual(await heads('338'), [
      'JobId=338 ArrayJobId=338 ArrayTaskId=3-20%2 ArrayTaskThrottle=2 JobName=arr',
      'JobId=351 ArrayJobId=338 ArrayTaskId=2 ArrayTaskThrottle=2 JobName=arr',
      'JobId=350 ArrayJobId=338 ArrayTaskId=1 ArrayTaskThrottle=2 JobName=arr',
    ]);
    assert.deepEqual(await heads('338_1'), [
      'JobId=350 ArrayJobId=338 ArrayTaskId=1 ArrayTaskThrottle=2 JobName=arr',
    ]);
    assert.deepEqual(await heads('338_7'), [
      'JobId=338 ArrayJobId=338 ArrayTaskId=7 ArrayTaskThrottle=2 JobName=arr',
    ]);
    assert.match(await out('show', 'job', '0_1'), /^JobId=\d+ ArrayJobId=338 ArrayTaskId=1 /);
    assert.match(await out('show', 'job', '338_7'), /StdOut=\/home\/alice\/w\/slurm-338_7.out\n/);
    assert.equal((await heads('0')).length, 11);
  });

  test('that is not there', async () => {
    const error = async (...words: string[]) => {
      const { out: text, err, exitCode } = await scontrol(words);
      return [text, err, exitCode];
    };
    const unknown = 'slurm_load_jobs error: Invalid job id specified\n';
    assert.deepEqual(await error('show', 'job', '999'), ['', unknown, 1]);
    assert.deepEqual(await error('-Q', 'show', 'job', '999'), ['', '', 1]);
    assert.deepEqual(await error('show', 'job', '0_99'), ['Job 0_99 not found\n', '', 1]);
    assert.deepEqual(await error('show', 'job', '338_99'), ['Job 338_99 not found\n', '', 1]);
    assert.deepEqual(await error('show', 'job', 'abc'), [
      '',
      'scontrol_print_job error: Invalid job id specified\n',
      1,
    ]);
    assert.deepEqual((await scontrol(['show', 'job'], view([], []))).out, 'No jobs in the system\n');
  });

  test('never prints a name as it is', async () => {
    const hostile = view(nodes, [
      pending(1, { spec: { name: 'x\nJobState=COMPLETED', comment: '\u001b[2J' } }),
    ]);
    const { out: page } = await scontrol(['show', 'job', '1'], hostile);
    assert.match(page, /^JobId=1 JobName=x\\nJobState=COMPLETED\n/);
    assert.match(page, /\n {3}Comment=\\x1b\[2J \n/);
  });
});

describe('show node', () => {
  test('has Slurm’s keys in Slurm’s order', async () => {
    assert.equal(
      await out('show', 'node', 'gpu01'),
      `\
NodeName=gpu01 Arch=x86_64 CoresPerSocket=4 \n\
   CPUAlloc=3 CPUEfctv=8 CPUTot=8 CPULoad=5.21
   AvailableFeatures=a100,nvlink
   ActiveFeatures=a100,nvlink
   Gres=gpu:a100:4
   NodeAddr=192.0.2.1 NodeHostName=gpu01.example.org Version=22.05.8
   OS=Linux 6.1.0 \n\
   RealMemory=32000 AllocMem=3000 FreeMem=20545 Sockets=2 Boards=1
   State=MIXED ThreadsPerCore=1 TmpDisk=0 Weight=1 Owner=N/A MCS_label=N/A
   Partitions=main \n\
   BootTime=None SlurmdStartTime=2026-11-22T20:40:29
   LastBusyTime=2026-11-22T20:43:46
   CfgTRES=cpu=8,mem=32000M,billing=8,gres/gpu=4,gres/gpu:a100=4
   AllocTRES=cpu=3,mem=3000M,gres/gpu=4,gres/gpu:a100=4
   CapWatts=n/a
   CurrentWatts=0 AveWatts=0
   ExtSensorsJoules=n/s ExtSensorsWatts=0 ExtSensorsTemp=n/s

`,
    );
  });

  test('with -d come ours behind them', async () => {
    assert.match(
      await out('-d', 'show', 'node', 'gpu01'),
      new RegExp(
        ' {3}MgpuVersion=0\\.1\\.0\n {3}MgpuAddrs=192\\.0\\.2\\.1\n {3}MgpuBootId=b0071d00-.*\n' +
          ' {3}MgpuGpus=0\\(GPU-0\\),1\\(GPU-1\\),2\\(GPU-2\\),3\\(GPU-3\\)\n\n$',
      ),
    );
  });

  test('-d tells which GPUs are in use', async () => {
    assert.match(
      await out('-d', 'show', 'node', 'gpu02'),
      /\n {3}Gres=gpu:a100:4\n {3}GresDrain=N\/A\n {3}GresUsed=gpu:a100:4\(IDX:0-3\)\n/,
    );
    assert.match(
      await out('-d', 'show', 'node', 'cpu01'),
      /\n {3}Gres=\(null\)\n {3}GresDrain=N\/A\n {3}GresUsed=gpu:0\n/,
    );
    const idle = (await scontrol(['-do', 'show', 'node'], view(nodes.slice(0, 1), []))).out;
    assert.match(idle, / GresUsed=gpu:a100:0\(IDX:N\/A\) /);
    assert.match(idle, / AllocTRES= CapWatts=n\/a /);
    assert.equal(idle.split('\n').length, 2);
  });

  test('of nodes that are out of use, or have a GPU that is', async () => {
    const trouble = { index: 1, kind: 'busy', reason: 'pid 4711' } as const;
    const lost = node('a', { addresses: [] }, { presence: 'lost', gpuTroubles: [trouble] });
    const { out: page } = await scontrol(['-d', 'show', 'nodes'], view([lost], []));
    assert.match(page, /State=DOWN\+NOT_RESPONDING /);
    assert.match(page, /\n {3}NodeAddr=a.example.org /);
    assert.match(page, /\n {3}Reason=Not responding \[mgpu@2026-11-22T20:42:09\]\n/);
    assert.match(page, /\n {3}MgpuGpuTrouble=1:busy:pid 4711\n\n$/);
  });

  test('by name', async () => {
    const names = async (...words: string[]) => {
      const { out: text, exitCode } = await scontrol(['-o', 'show', 'node', ...words]);
      return [
        text
          .split('\n')
          .map((line) => line.split(' Arch')[0])
          .join(' '),
        exitCode,
      ];
    };
    assert.deepEqual(await names('gpu[01-02]'), ['NodeName=gpu01 NodeName=gpu02 ', 0]);
    assert.deepEqual(await names('cpu01,nosuch'), ['NodeName=cpu01 Node nosuch not found ', 1]);
    assert.deepEqual(await names(), ['NodeName=cpu01 NodeName=gpu01 NodeName=gpu02 ', 0]);
    assert.equal((await scontrol(['show', 'node'], view([], []))).out, 'No nodes in the system\n');
  });
});

describe('show partition', () => {
  const lines = [
    'PartitionName=main',
    'AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL',
    'AllocNodes=ALL Default=YES QoS=N/A',
    'DefaultTime=NONE DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO',
    'MaxNodes=UNLIMITED MaxTime=UNLIMITED MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED',
    'Nodes=cpu01,gpu[01-02]',
    'PriorityJobFactor=1 PriorityTier=1 RootOnly=NO ReqResv=NO OverSubscribe=NO',
    'OverTimeLimit=NONE PreemptMode=OFF',
    'State=UP TotalCPUs=24 TotalNodes=3 SelectTypeParameters=NONE',
    'JobDefaults=(null)',
    'DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED',
    'TRES=cpu=24,mem=96000M,node=3,billing=24,gres/gpu=8,gres/gpu:a100=8',
  ];

  test('has Slurm’s keys in Slurm’s order', async () => {
    assert.equal(await out('show', 'partition', 'main'), `${lines.join('\n   ')}\n\n`);
    assert.equal(await out('-o', 'show', 'part'), `${lines.join(' ')}\n`);
    assert.equal(await out('show', 'partitions=main'), `${lines.join('\n   ')}\n\n`);
  });

  test('one that is not there', async () => {
    const told = await scontrol(['show', 'partition', 'nosuch']);
    assert.deepEqual([told.exitCode, told.out, told.err], [1, 'Partition nosuch not found\n', '']);
  });
});

describe('show reservation', () => {
  test('there are none', async () => {
    assert.equal(await out('show', 'reservations'), 'No reservations in the system\n');
    const told = await scontrol(['show', 'res', 'x']);
    assert.deepEqual([told.exitCode, told.out], [1, 'Reservation x not found\n']);
  });
});

describe('show config', () => {
  test('what programs look for, in Slurm’s form', async () => {
    const page = await out('show', 'config');
    assert.match(page, /^Configuration data as of 2026-11-22T20:43:49\n/);
    assert.match(page, /^ClusterName {13}= lab$/m);
    assert.match(page, /^MinJobAge {15}= 300 sec$/m);
    assert.match(page, /^SLURM_VERSION {11}= 22\.05\.8$/m);
    assert.match(page, /^MaxArraySize {12}= 100001$/m);
    assert.match(page, /^SlurmUser {15}= alice\(2001\)$/m);
    assert.match(page, /^JobAcctGatherFrequency {2}= 15$/m);
    assert.match(page, /^AllowSpecResourcesUsage = No$/m);
    assert.ok(page.endsWith('\n\nSlurmctld(primary) at vm is UP\n'));
  });
});

test('an entity may be named as its record begins', async () => {
  for (const name of ['node', 'partition']) {
    const plain = await scontrol(['show', name, name === 'node' ? 'gpu01' : 'main']);
    const written = await scontrol(['show', `${name}name=${name === 'node' ? 'gpu01' : 'main'}`]);
    assert.match(plain.out, /Name=(?:gpu01|main)/);
    assert.equal(written.out, plain.out);
  }
  assert.match((await scontrol(['show', 'ReservationName=none'])).out, /^Reservation none not found/);
});

test('-v tells of when the records are, and how many', async () => {
  const { out } = await scontrol(['-v', 'show', 'partition', 'main']);
  assert.match(out, /^last_update_time 2026-11-\d\dT[\d:]+, records=1\nPartitionName=main\n/);
  assert.doesNotMatch((await scontrol(['show', 'partition', 'main'])).out, /last_update_time/);
});

test('a step of a job that nobody knows', async () => {
  const { err, exitCode } = await scontrol(['show', 'step', '99999.0']);
  assert.deepEqual([err, exitCode], ['slurm_get_job_steps error: Invalid job id specified\n', 1]);
});

test('help names the commands', async () => {
  const { out } = await scontrol(['help']);
  for (const words of ['Valid <COMMAND> values are:', 'reconfigure  ', 'version      ', 'pidinfo PID '])
    assert.ok(out.includes(words), words);
});
