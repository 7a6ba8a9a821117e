import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sinfoFields } from '../../../../src/tables/fields/sinfo.ts';
import { squeueFields } from '../../../../src/tables/fields/squeue.ts';
import type { FieldRow } from '../../../../src/tables/format.ts';

function check<T>(fields: readonly FieldRow<T>[], letters: string, names: string): void {
  const own = fields.map(({ name }) => name.toLowerCase());
  assert.equal(new Set(own).size, own.length, 'a name is there twice');
  assert.deepEqual(own.sort(), names.toLowerCase().trim().split(/\s+/).sort());
  const written = fields.flatMap(({ letter }) => letter ?? []).sort();
  assert.deepEqual(written, [...letters].sort());
}

describe('the columns are those of Slurm 22.05, no more and no less', () => {
  test('squeue', () => {
    check(
      squeueFields,
      'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
      `Account AccrueTime admin_comment AllocNodes AllocSID ArrayJobID ArrayTaskID AssocID BatchFlag
      BatchHost BoardsPerNode BurstBuffer BurstBufferState Cluster ClusterFeature Command Comment
      Contiguous Container Cores CoreSpec cpus-per-task cpus-per-tres Deadline DelayBoot Dependency
      DerivedEC EligibleTime EndTime ExcNodes exit_code Feature GroupID GroupName HetJobID HetJobIDSet
      HetJobOffset JobArrayID JobID LastSchedEval Licenses MaxCPUs MaxNodes MCSLabel mem-per-tres
      MinCpus MinMemory MinTime MinTmpDisk Name Network Nice NodeList NTPerBoard NTPerCore NTPerNode
      NTPerSocket NumCPUs NumNodes NumTasks Origin OriginRaw OverSubscribe Partition PendingTime
      PreemptTime Prefer Priority PriorityLong Profile QOS Reason ReasonList Reboot ReqNodes ReqSwitch
      Requeue Reservation ResizeTime RestartCnt SchedNodes SCT SelectJobInfo SiblingsActive
      SiblingsActiveRaw SiblingsViable SiblingsViableRaw Sockets SPerBoard StartTime State
      StateCompact STDERR STDIN STDOUT SubmitTime system_comment Threads TimeLeft TimeLimit TimeUsed
      tres-alloc tres-bind tres-freq tres-per-job tres-per-node tres-per-socket tres-per-task UserID
      UserName Wait4Switch WCKey WorkDir`,
    );
  });

  test('sinfo', () => {
    check(
      sinfoFields,
      'abcdefghlmnoprstuvwzABCDEFGHILMNOPRSTUVXYZ',
      `AllocMem AllocNodes Available Cluster Comment Cores CPUs CPUsLoad CPUsState DefaultTime Disk
      Extra Features features_act FreeMem Gres GresUsed Groups MaxCPUsPerNode Memory NodeAddr NodeAI
      NodeAIOT NodeHost NodeList Nodes OverSubscribe Partition PartitionName Port PreemptMode
      PriorityJobFactor PriorityTier Reason Root Size SocketCoreThread Sockets StateCompact StateLong
      StateComplete Threads Time TimeStamp User UserLong Version Weight`,
    );
  });
});
