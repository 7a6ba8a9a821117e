import type { GpuCondition, GpuProcess } from '../../model/gpu.ts';
import { normalBusId } from '../../model/gpu.ts';
import {
  type AmdCard,
  type AmdState,
  amdUuid,
  at,
  countOf,
  jsonIn,
  listOf,
  memoryMbOf,
  percentOf,
  textOf,
} from './amd-json.ts';
import { oneLine, some } from './fields.ts';

/** Reads `amd-smi static --asic --bus --vram --json`. Undefined if it cannot be read. */
export function parseAmdStatic(output: string): readonly AmdCard[] | undefined {
  return entries(output)?.map(({ index, fields }) => {
    const model = textOf(at(fields, 'asic', 'market_name'));
    const size = at(fields, 'vram', 'size') ?? at(fields, 'vram', 'vram_size_mb');
    return {
      index,
      ...some('model', model === undefined ? undefined : oneLine(model)),
      ...some('busId', normalBusId(textOf(at(fields, 'bus', 'bdf')) ?? '')),
      ...some('uuid', amdUuid(at(fields, 'asic', 'asic_serial'))),
      ...some('memoryMb', memoryMbOf(size, 'MB')),
    };
  });
}

/** Reads `amd-smi metric --usage --mem-usage --ecc --json`. Undefined if it cannot be read. */
export function parseAmdMetric(output: string): readonly AmdState[] | undefined {
  return entries(output)?.map(({ index, fields }) => ({
    index,
    ...some('utilizationPercent', percentOf(at(fields, 'usage', 'gfx_activity'))),
    ...some('memoryUsedMb', memoryMbOf(at(fields, 'mem_usage', 'used_vram'), 'MB')),
    ...some('eccUncorrected', countOf(at(fields, 'ecc', 'total_uncorrectable_count'))),
  }));
}

/** Reads `amd-smi process --json`: by number of GPU. Undefined if it cannot be read. */
export function parseAmdProcesses(
  output: string,
): ReadonlyMap<number, GpuCondition['processes']> | undefined {
  const found = entries(output);
  return found && new Map(found.map(({ index, fields }) => [index, processesOf(fields)]));
}

function processesOf(entry: unknown): GpuCondition['processes'] {
  const said = at(entry, 'process_list');
  const list = listOf(said) ?? listOf(at(entry, 'processes'));
  if (list === undefined) return sayNone(said) ? [] : 'unknown';
  const processes = list.map(processOf);
  return processes.includes('unknown') ? 'unknown' : processes.filter((one) => typeof one === 'object');
}

function processOf(entry: unknown): GpuProcess | 'unknown' | 'none' {
  const inner = at(entry, 'process_info');
  // Idle is told by one entry whose information is a sentence. Any other sentence may be about a process.
  if (typeof inner === 'string') return sayNone(inner) ? 'none' : 'unknown';
  const info = inner ?? entry;
  const pid = countOf(at(info, 'pid'));
  if (pid === undefined) return 'unknown';
  const vram = at(info, 'memory_usage', 'vram_mem') ?? at(info, 'mem_usage');
  const memoryMb = memoryMbOf(vram, 'B');
  // A process that opened the driver is listed on every GPU; with nothing of its own there it holds no GPU.
  if (memoryMb === 0 && !memoryMbOf(at(info, 'memory_usage', 'gtt_mem'), 'B')) return 'none';
  return { pid, name: oneLine(textOf(at(info, 'name')) ?? 'unknown'), ...some('memoryMb', memoryMb) };
}

function sayNone(value: unknown): boolean {
  return /^no running process/i.test(textOf(value) ?? '');
}

/** Release 26 wraps its list in an object, older ones give it bare. */
function entries(
  output: string,
): readonly { readonly index: number; readonly fields: unknown }[] | undefined {
  const json = jsonIn(output);
  const list = listOf(json) ?? listOf(at(json, 'gpu_data'));
  return list?.flatMap((fields) => {
    const index = countOf(at(fields, 'gpu'));
    return index === undefined ? [] : [{ index, fields }];
  });
}
