import type { GpuCondition } from '../model/gpu.ts';
import { limits } from '../model/limits.ts';
import type { StepUsage } from '../model/steprecord.ts';

/** What one look told of a process. */
export interface ProcessSample {
  readonly pid: number;
  readonly step: number | undefined;
  readonly task: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly rssKb: number;
  readonly vmKb: number;
  readonly pages: number;
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly gpuMemoryMb: number;
  /** How busy the GPUs are that it is on: 100 for each. */
  readonly gpuPercent: number;
}

type Sums = Omit<ProcessSample, 'pid' | 'step' | 'task'>;

/** By `step/task`, the highest sums of a task's processes that were seen. */
export type Samples = ReadonlyMap<string, Sums>;

const none: Sums = {
  userMs: 0,
  systemMs: 0,
  rssKb: 0,
  vmKb: 0,
  pages: 0,
  readBytes: 0,
  writeBytes: 0,
  gpuMemoryMb: 0,
  gpuPercent: 0,
};
const names = Object.keys(none) as readonly (keyof Sums)[];

/** What a process has of GPUs, by its pid. */
export type GpuUse = ReadonlyMap<number, Pick<ProcessSample, 'gpuMemoryMb' | 'gpuPercent'>>;

/** What the processes have of these GPUs, as far as the driver tells. */
export function gpuUseOf(conditions: readonly GpuCondition[]): GpuUse {
  const use = new Map<number, Pick<ProcessSample, 'gpuMemoryMb' | 'gpuPercent'>>();
  for (const { processes, utilizationPercent = 0 } of conditions) {
    if (processes === 'unknown') continue;
    for (const { pid, memoryMb = 0 } of processes) {
      const { gpuMemoryMb, gpuPercent } = use.get(pid) ?? noGpu;
      use.set(pid, { gpuMemoryMb: gpuMemoryMb + memoryMb, gpuPercent: gpuPercent + utilizationPercent });
    }
  }
  return use;
}

export const noGpu = { gpuMemoryMb: 0, gpuPercent: 0 } as const;

/** The samples with one more look at all processes of a job on a node. */
export function addSample(samples: Samples, processes: readonly ProcessSample[]): Samples {
  const now = new Map<string, Sums>();
  for (const one of processes) {
    const key = `${one.step ?? 'main'}/${one.step === undefined ? 0 : one.task}`;
    now.set(
      key,
      combined(now.get(key) ?? none, one, (a, b) => a + b),
    );
  }
  const all = new Map(samples);
  for (const [key, sums] of now) all.set(key, combined(all.get(key) ?? none, sums, Math.max));
  return all;
}

function combined(one: Sums, two: Sums, how: (a: number, b: number) => number): Sums {
  return Object.fromEntries(names.map((name) => [name, how(one[name], two[name])])) as unknown as Sums;
}

/** What is told of them: of the job itself and of its steps, the newest if there are very many. */
export function sampledUsage(
  samples: Samples,
  node: string,
): {
  readonly main?: StepUsage;
  readonly steps: readonly { readonly step: number; readonly usage: StepUsage }[];
} {
  const byStep = new Map<string, { readonly task: number; readonly sums: Sums }[]>();
  for (const [key, sums] of samples) {
    const [step = '', task] = key.split('/');
    byStep.set(step, [...(byStep.get(step) ?? []), { task: Number(task), sums }]);
  }
  const main = byStep.get('main');
  const steps = [...byStep]
    .filter(([step]) => step !== 'main')
    .map(([step, tasks]) => ({ step: Number(step), usage: usageOf(tasks, node) }))
    .sort((a, b) => a.step - b.step)
    .slice(-limits.stepsKept);
  return { steps, ...(main !== undefined && { main: usageOf(main, node) }) };
}

function usageOf(tasks: readonly { readonly task: number; readonly sums: Sums }[], node: string): StepUsage {
  const most = (get: (sums: Sums) => number): { readonly value: number; readonly task: number } =>
    tasks.reduce((best, { task, sums }) => (get(sums) > best.value ? { value: get(sums), task } : best), {
      value: -1,
      task: 0,
    });
  const mean = (get: (sums: Sums) => number): number =>
    Math.round(tasks.reduce((sum, one) => sum + get(one.sums), 0) / Math.max(1, tasks.length));
  const cpu = (sums: Sums): number => sums.userMs + sums.systemMs;
  const least = most((sums) => -cpu(sums) + Number.MAX_SAFE_INTEGER);
  const rss = most((sums) => sums.rssKb);
  const vm = most((sums) => sums.vmKb);
  const total = (get: (sums: Sums) => number): number => tasks.reduce((sum, one) => sum + get(one.sums), 0);
  return {
    tasks: tasks.length,
    maxRssKb: rss.value,
    aveRssKb: mean((sums) => sums.rssKb),
    maxRssNode: node,
    maxRssTask: rss.task,
    maxVmKb: vm.value,
    aveVmKb: mean((sums) => sums.vmKb),
    maxVmNode: node,
    maxVmTask: vm.task,
    maxPages: most((sums) => sums.pages).value,
    avePages: mean((sums) => sums.pages),
    minCpuMs: Number.MAX_SAFE_INTEGER - least.value,
    aveCpuMs: mean(cpu),
    minCpuNode: node,
    minCpuTask: least.task,
    userMs: total((sums) => sums.userMs),
    systemMs: total((sums) => sums.systemMs),
    maxReadBytes: most((sums) => sums.readBytes).value,
    aveReadBytes: mean((sums) => sums.readBytes),
    maxWriteBytes: most((sums) => sums.writeBytes).value,
    aveWriteBytes: mean((sums) => sums.writeBytes),
    ...(most((sums) => sums.gpuMemoryMb + sums.gpuPercent).value > 0 && {
      maxGpuMemoryMb: most((sums) => sums.gpuMemoryMb).value,
      aveGpuMemoryMb: mean((sums) => sums.gpuMemoryMb),
      maxGpuPercent: most((sums) => sums.gpuPercent).value,
      aveGpuPercent: mean((sums) => sums.gpuPercent),
    }),
  };
}
