import { MgpuError } from '../base/error.ts';
import { JsonFault, parseBounded } from '../base/json.ts';
import { checked, type Infer, int, list, object, oneOf } from '../base/schema.ts';
import type { ActiveJob } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import { exitRecordSchema } from '../model/runrecord.ts';
import { type StepUsage, stepUsageSchema } from '../model/steprecord.ts';
import type { Files } from '../ports/files.ts';
import type { JobRoom } from './layout.ts';
import { encodeText, replace } from './put.ts';

/*
 * What a node measured of a job's processes: one file a node in the job's room, replaced at each look. `main`
 * is the batch script, or step 0 of an interactive job.
 */

/** Which step's processes: its number, or the job's own. */
export type UsageOf = number | 'main';

const usageFileSchema = object(
  {
    mgpu: oneOf('usage'),
    format: int(1),
    attempt: int(1),
    steps: list(object({ step: int(0, limits.stepIdMax), usage: stepUsageSchema }), limits.stepsKept),
  },
  { main: stepUsageSchema },
);
export type UsageFile = Infer<typeof usageFileSchema>;

export async function writeUsage(
  files: Files,
  path: string,
  content: UsageFile,
  nonce: string,
): Promise<void> {
  const slash = path.lastIndexOf('/');
  const bytes = encodeText(`${JSON.stringify(content)}\n`);
  const options = { mode: 0o644, durable: false, nonce };
  await replace(files, path.slice(0, slash), path.slice(slash + 1), bytes, options);
}

/** What all nodes of an attempt measured, put together. */
export async function readUsage(
  files: Files,
  room: JobRoom,
  job: Pick<ActiveJob, 'attempt' | 'allocation'>,
): Promise<ReadonlyMap<UsageOf, StepUsage>> {
  const all = new Map<UsageOf, StepUsage>();
  const add = (of: UsageOf, usage: StepUsage): void => {
    const before = all.get(of);
    all.set(of, before === undefined ? usage : together(before, usage));
  };
  for (const { node } of job.allocation) {
    const file = await readOne(files, room.usage(node));
    if (file?.attempt !== job.attempt) continue;
    if (file.main !== undefined) add('main', file.main);
    for (const { step, usage } of file.steps) add(step, usage);
  }
  return all;
}

const bounds = { depthMax: limits.jsonDepth, valuesMax: limits.jsonValues };

/** A file that is spoilt counts as none: it lies in the user's room. */
async function readOne(files: Files, path: string): Promise<UsageFile | undefined> {
  try {
    const content = await files.read(path, limits.requestBytes);
    return content && checked(usageFileSchema, parseBounded(content.bytes, bounds), path);
  } catch (error) {
    if (error instanceof JsonFault || error instanceof MgpuError) return undefined;
    throw error;
  }
}

/** Two nodes' figures of one step: the larger of the largest, means by the number of tasks, sums. */
function together(one: StepUsage, two: StepUsage): StepUsage {
  const tasks = (one.tasks ?? 0) + (two.tasks ?? 0);
  const mean = (a = 0, b = 0): number =>
    tasks === 0 ? a : Math.round((a * (one.tasks ?? 0) + b * (two.tasks ?? 0)) / tasks);
  const isTwoRss = (two.maxRssKb ?? 0) > (one.maxRssKb ?? 0);
  const isTwoVm = (two.maxVmKb ?? 0) > (one.maxVmKb ?? 0);
  const isTwoCpu = (two.minCpuMs ?? Number.MAX_SAFE_INTEGER) < (one.minCpuMs ?? Number.MAX_SAFE_INTEGER);
  const rss = isTwoRss ? two : one;
  const vm = isTwoVm ? two : one;
  const cpu = isTwoCpu ? two : one;
  return {
    ...pick(rss, 'maxRssKb', 'maxRssNode', 'maxRssTask'),
    ...pick(vm, 'maxVmKb', 'maxVmNode', 'maxVmTask'),
    ...pick(cpu, 'minCpuMs', 'minCpuNode', 'minCpuTask'),
    tasks,
    aveRssKb: mean(one.aveRssKb, two.aveRssKb),
    aveVmKb: mean(one.aveVmKb, two.aveVmKb),
    maxPages: Math.max(one.maxPages ?? 0, two.maxPages ?? 0),
    avePages: mean(one.avePages, two.avePages),
    aveCpuMs: mean(one.aveCpuMs, two.aveCpuMs),
    userMs: (one.userMs ?? 0) + (two.userMs ?? 0),
    systemMs: (one.systemMs ?? 0) + (two.systemMs ?? 0),
    maxReadBytes: Math.max(one.maxReadBytes ?? 0, two.maxReadBytes ?? 0),
    aveReadBytes: mean(one.aveReadBytes, two.aveReadBytes),
    maxWriteBytes: Math.max(one.maxWriteBytes ?? 0, two.maxWriteBytes ?? 0),
    aveWriteBytes: mean(one.aveWriteBytes, two.aveWriteBytes),
    ...([one, two].some(({ maxGpuMemoryMb }) => maxGpuMemoryMb !== undefined) && {
      maxGpuMemoryMb: Math.max(one.maxGpuMemoryMb ?? 0, two.maxGpuMemoryMb ?? 0),
      aveGpuMemoryMb: mean(one.aveGpuMemoryMb, two.aveGpuMemoryMb),
      maxGpuPercent: Math.max(one.maxGpuPercent ?? 0, two.maxGpuPercent ?? 0),
      aveGpuPercent: mean(one.aveGpuPercent, two.aveGpuPercent),
    }),
  };
}

function pick<K extends keyof StepUsage>(usage: StepUsage, ...keys: readonly K[]): Pick<StepUsage, K> {
  return Object.fromEntries(
    keys.flatMap((key) => (usage[key] === undefined ? [] : [[key, usage[key]]])),
  ) as Pick<StepUsage, K>;
}

/** The processor time of a batch script and of all that it waited for, by its shim's record. */
export async function readShimTimes(
  files: Files,
  path: string,
): Promise<Pick<StepUsage, 'userMs' | 'systemMs'> | undefined> {
  try {
    const content = await files.read(path, limits.smallFileBytes);
    const exit = content && checked(exitRecordSchema, parseBounded(content.bytes, bounds), path);
    if (exit?.userTicks === undefined || exit.systemTicks === undefined) return undefined;
    return { userMs: exit.userTicks * msPerTick, systemMs: exit.systemTicks * msPerTick };
  } catch (error) {
    if (error instanceof JsonFault || error instanceof MgpuError) return undefined;
    throw error;
  }
}

const msPerTick = 10;
