import type { StepUsage } from '../../model/steprecord.ts';

/** What was measured of processes, as sacct and sstat print it; empty where nothing was. */

type Text = (usage: StepUsage | undefined, unit?: string) => string;

const units = ['K', 'M', 'G', 'T', 'P'] as const;

/** KiB as Slurm prints them: `1234K`, `1.50M`; in the unit that was asked for. */
export function sizeText(kb: number | undefined, unit?: string): string {
  if (kb === undefined) return '';
  if (kb === 0) return '0';
  const wanted = (units as readonly string[]).indexOf(unit ?? '');
  let place = Math.max(0, wanted);
  let amount = kb / 1024 ** place;
  // By itself a number grows a unit only where it stays whole.
  while (wanted < 0 && amount >= 1024 && amount % 1024 === 0 && place < units.length - 1) {
    amount /= 1024;
    place += 1;
  }
  return `${Number.isInteger(amount) ? amount : amount.toFixed(2)}${units[place]}`;
}

/** Bytes read or written, in MiB. */
function diskText(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  const mb = bytes / 2 ** 20;
  return mb === 0 ? '0' : `${mb.toFixed(2)}M`;
}

/** Whole seconds as hours, minutes and seconds. */
export function cpuText(ms: number | undefined): string {
  return ms === undefined ? '' : clock(Math.floor(ms / 1000));
}

/** With its thousandths where there are some and it is less than an hour, as sacct has it. */
export function fineCpuText(ms: number): string {
  const rest = ms % 1000;
  const seconds = Math.floor(ms / 1000);
  if (rest === 0 || seconds >= 3600) return clock(seconds);
  const [, minutes, second] = clock(seconds).split(':');
  return `${minutes}:${second}.${String(rest).padStart(3, '0')}`;
}

function clock(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const rest = seconds % 86_400;
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(two).join(':');
  return days > 0 ? `${days}-${time}` : time;
}

const numberText = (value: number | undefined): string => (value === undefined ? '' : String(value));

/** Processor time, if it is known by either way. */
function cpuMs(usage: StepUsage | undefined): number | undefined {
  if (usage?.userMs === undefined && usage?.systemMs === undefined) return undefined;
  return (usage.userMs ?? 0) + (usage.systemMs ?? 0);
}

/** The columns of sacct and sstat about it, by their names. */
export const usageTexts: Readonly<Record<string, Text>> = {
  AveCPU: (usage) => cpuText(usage?.aveCpuMs ?? cpuMs(usage)),
  AveDiskRead: (usage) => diskText(usage?.aveReadBytes),
  AveDiskWrite: (usage) => diskText(usage?.aveWriteBytes),
  AvePages: (usage) => numberText(usage?.avePages),
  AveRSS: (usage, unit) => sizeText(usage?.aveRssKb, unit),
  AveVMSize: (usage, unit) => sizeText(usage?.aveVmKb, unit),
  MaxDiskRead: (usage) => diskText(usage?.maxReadBytes),
  MaxDiskReadNode: (usage) => (usage?.maxReadBytes === undefined ? '' : (usage.maxRssNode ?? '')),
  MaxDiskReadTask: (usage) => (usage?.maxReadBytes === undefined ? '' : numberText(usage.maxRssTask)),
  MaxDiskWrite: (usage) => diskText(usage?.maxWriteBytes),
  MaxDiskWriteNode: (usage) => (usage?.maxWriteBytes === undefined ? '' : (usage.maxRssNode ?? '')),
  MaxDiskWriteTask: (usage) => (usage?.maxWriteBytes === undefined ? '' : numberText(usage.maxRssTask)),
  MaxPages: (usage) => numberText(usage?.maxPages),
  MaxPagesNode: (usage) => (usage?.maxPages === undefined ? '' : (usage.maxRssNode ?? '')),
  MaxPagesTask: (usage) => (usage?.maxPages === undefined ? '' : numberText(usage.maxRssTask)),
  MaxRSS: (usage, unit) => sizeText(usage?.maxRssKb, unit),
  MaxRSSNode: (usage) => usage?.maxRssNode ?? '',
  MaxRSSTask: (usage) => numberText(usage?.maxRssTask),
  MaxVMSize: (usage, unit) => sizeText(usage?.maxVmKb, unit),
  MaxVMSizeNode: (usage) => usage?.maxVmNode ?? '',
  MaxVMSizeTask: (usage) => numberText(usage?.maxVmTask),
  MinCPU: (usage) => cpuText(usage?.minCpuMs),
  MinCPUNode: (usage) => usage?.minCpuNode ?? '',
  MinCPUTask: (usage) => numberText(usage?.minCpuTask),
  TRESUsageInAve: (usage) =>
    tresText(usage?.aveCpuMs, usage?.aveRssKb, usage?.aveVmKb) +
    gpuText(usage?.aveGpuMemoryMb, usage?.aveGpuPercent),
  TRESUsageInMax: (usage) =>
    tresText(usage?.aveCpuMs, usage?.maxRssKb, usage?.maxVmKb) +
    gpuText(usage?.maxGpuMemoryMb, usage?.maxGpuPercent),
  TRESUsageInTot: (usage) =>
    tresText(cpuMs(usage), times(usage?.aveRssKb, usage?.tasks), times(usage?.aveVmKb, usage?.tasks)) +
    gpuText(times(usage?.aveGpuMemoryMb, usage?.tasks), times(usage?.aveGpuPercent, usage?.tasks)),
  TRESUsageOutAve: (usage) => outText(usage?.aveWriteBytes),
  TRESUsageOutMax: (usage) => outText(usage?.maxWriteBytes),
  TRESUsageOutTot: (usage) => outText(times(usage?.aveWriteBytes, usage?.tasks)),
};

function times(value: number | undefined, count = 1): number | undefined {
  return value === undefined ? undefined : value * count;
}

/** As the accounting prints tracked resources: `cpu=00:00:01,mem=1234K,vmem=5678K`. */
function tresText(ms: number | undefined, rssKb: number | undefined, vmKb: number | undefined): string {
  if (rssKb === undefined) return '';
  return [`cpu=${cpuText(ms ?? 0)}`, `mem=${sizeText(rssKb)}`, `vmem=${sizeText(vmKb ?? 0)}`].join(',');
}

/** Slurm 22.05 does not track the use of GPUs; newer releases add it in this form. */
function gpuText(memoryMb: number | undefined, percent: number | undefined): string {
  if (memoryMb === undefined) return '';
  return `,gres/gpumem=${sizeText(memoryMb * 1024)},gres/gpuutil=${percent ?? 0}`;
}

function outText(bytes: number | undefined): string {
  return bytes === undefined ? '' : `fs/disk=${bytes}`;
}
