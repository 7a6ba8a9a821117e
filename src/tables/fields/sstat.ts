import { formatHostlist } from '../../model/hostlist.ts';
import type { StepUsage } from '../../model/steprecord.ts';
import type { ColumnField } from '../columns.ts';
import { usageTexts } from './usage.ts';

/** A running step, with what its nodes measured of it last. */
export interface StatLine {
  /** As users know the job: `12`, `12_3`. */
  readonly jobId: string;
  readonly step: string;
  readonly ntasks: number;
  readonly nodes: readonly string[];
  /** Of its supervisors' tasks, where this is known. */
  readonly pids: string;
  readonly usage: StepUsage | undefined;
}

function used(name: string): (line: StatLine) => string {
  const text = usageTexts[name];
  return (line) => text?.(line.usage) ?? '';
}

/** The columns of sstat, all that 22.05 has, with their widths (captured: err.sstat), in the order of -e. */
export const sstatFields: readonly ColumnField<StatLine>[] = [
  { name: 'AveCPU', width: 10, get: used('AveCPU') },
  { name: 'AveCPUFreq', width: 10, get: () => '0' },
  { name: 'AveDiskRead', width: 12, get: used('AveDiskRead') },
  { name: 'AveDiskWrite', width: 12, get: used('AveDiskWrite') },
  { name: 'AvePages', width: 10, get: used('AvePages') },
  { name: 'AveRSS', width: 10, get: used('AveRSS') },
  { name: 'AveVMSize', width: 10, get: used('AveVMSize') },
  { name: 'ConsumedEnergy', width: 14, get: () => '0' },
  { name: 'ConsumedEnergyRaw', width: 17, get: () => '0' },
  { name: 'JobID', width: 12, side: 'left', get: (line) => `${line.jobId}.${line.step}` },
  { name: 'MaxDiskRead', width: 12, get: used('MaxDiskRead') },
  { name: 'MaxDiskReadNode', width: 15, get: used('MaxDiskReadNode') },
  { name: 'MaxDiskReadTask', width: 15, get: used('MaxDiskReadTask') },
  { name: 'MaxDiskWrite', width: 12, get: used('MaxDiskWrite') },
  { name: 'MaxDiskWriteNode', width: 16, get: used('MaxDiskWriteNode') },
  { name: 'MaxDiskWriteTask', width: 16, get: used('MaxDiskWriteTask') },
  { name: 'MaxPages', width: 8, get: used('MaxPages') },
  { name: 'MaxPagesNode', width: 12, get: used('MaxPagesNode') },
  { name: 'MaxPagesTask', width: 14, get: used('MaxPagesTask') },
  { name: 'MaxRSS', width: 10, get: used('MaxRSS') },
  { name: 'MaxRSSNode', width: 10, get: used('MaxRSSNode') },
  { name: 'MaxRSSTask', width: 10, get: used('MaxRSSTask') },
  { name: 'MaxVMSize', width: 10, get: used('MaxVMSize') },
  { name: 'MaxVMSizeNode', width: 14, get: used('MaxVMSizeNode') },
  { name: 'MaxVMSizeTask', width: 14, get: used('MaxVMSizeTask') },
  { name: 'MinCPU', width: 10, get: used('MinCPU') },
  { name: 'MinCPUNode', width: 10, get: used('MinCPUNode') },
  { name: 'MinCPUTask', width: 10, get: used('MinCPUTask') },
  { name: 'Nodelist', width: 20, get: ({ nodes }) => formatHostlist(nodes) },
  { name: 'NTasks', width: 8, get: ({ ntasks }) => String(ntasks) },
  { name: 'Pids', width: 20, get: ({ pids }) => pids },
  { name: 'ReqCPUFreq', width: 13, get: () => 'Unknown' },
  { name: 'ReqCPUFreqGov', width: 13, get: () => '0' },
  { name: 'ReqCPUFreqMax', width: 13, get: () => '0' },
  { name: 'ReqCPUFreqMin', width: 13, get: () => '0' },
  { name: 'TRESUsageInAve', width: 14, get: used('TRESUsageInAve') },
  { name: 'TRESUsageInMax', width: 14, get: used('TRESUsageInMax') },
  { name: 'TRESUsageInMaxNode', width: 18, get: used('TRESUsageInMaxNode') },
  { name: 'TRESUsageInMaxTask', width: 18, get: used('TRESUsageInMaxTask') },
  { name: 'TRESUsageInMin', width: 14, get: used('TRESUsageInMin') },
  { name: 'TRESUsageInMinNode', width: 18, get: used('TRESUsageInMinNode') },
  { name: 'TRESUsageInMinTask', width: 18, get: used('TRESUsageInMinTask') },
  { name: 'TRESUsageInTot', width: 14, get: used('TRESUsageInTot') },
  { name: 'TRESUsageOutAve', width: 15, get: used('TRESUsageOutAve') },
  { name: 'TRESUsageOutMax', width: 15, get: used('TRESUsageOutMax') },
  { name: 'TRESUsageOutMaxNode', width: 19, get: used('TRESUsageOutMaxNode') },
  { name: 'TRESUsageOutMaxTask', width: 19, get: used('TRESUsageOutMaxTask') },
  { name: 'TRESUsageOutMin', width: 15, get: used('TRESUsageOutMin') },
  { name: 'TRESUsageOutMinNode', width: 19, get: used('TRESUsageOutMinNode') },
  { name: 'TRESUsageOutMinTask', width: 19, get: used('TRESUsageOutMinTask') },
  { name: 'TRESUsageOutTot', width: 15, get: used('TRESUsageOutTot') },
];

/** The columns where no others are asked for. */
export const sstatFormat =
  'jobid,maxvmsize,maxvmsizenode,maxvmsizetask,avevmsize,maxrss,maxrssnode,maxrsstask,' +
  'averss,maxpages,maxpagesnode,maxpagestask,avepages,mincpu,mincpunode,mincputask,' +
  'avecpu,ntasks,avecpufreq,reqcpufreqmin,reqcpufreqmax,reqcpufreqgov,consumedenergy,' +
  'maxdiskread,maxdiskreadnode,maxdiskreadtask,avediskread,maxdiskwrite,' +
  'maxdiskwritenode,maxdiskwritetask,avediskwrite,tresusageinave,tresusageinmax,' +
  'tresusageinmaxnode,tresusageinmaxtask,tresusageinmin,tresusageinminnode,' +
  'tresusageinmintask,tresusageintot,tresusageoutave,tresusageoutmax,tresusageoutmaxnode,' +
  'tresusageoutmaxtask,tresusageoutmin,tresusageoutminnode,tresusageoutmintask,' +
  'tresusageouttot';
