import type { GpuCondition, GpuProcess } from '../../model/gpu.ts';
import { normalBusId } from '../../model/gpu.ts';
import {
  type AmdCard,
  type AmdState,
  amdUuid,
  at,
  fieldsOf,
  jsonIn,
  memoryMbOf,
  percentOf,
  textOf,
} from './amd-json.ts';
import { filledLines, oneLine, some, wholeNumber } from './fields.ts';

/** Reads `rocm-smi --showproductname --showbus --showuniqueid --showmeminfo vram --json`. */
export function parseRocmCards(output: string): readonly AmdCard[] | undefined {
  return cardEntries(output)?.map(({ index, field }) => {
    const names = ['card series', 'card model', 'device name'].map((key) => textOf(field(key)));
    // Some releases give the number of the device where others give its name.
    const model = names.find((name) => name !== undefined && !/^0x[0-9a-f]+$/i.test(name));
    return {
      index,
      ...some('model', model === undefined ? undefined : oneLine(model)),
      ...some('busId', normalBusId(textOf(field('pci bus')) ?? '')),
      ...some('uuid', amdUuid(field('unique id'))),
      ...some('memoryMb', memoryMbOf(field('vram total memory (b)'), 'B')),
    };
  });
}

/** Reads `rocm-smi --showbus --showuse --showmeminfo vram --json`. */
export function parseRocmStates(output: string): readonly AmdState[] | undefined {
  return cardEntries(output)?.map(({ index, field }) => ({
    index,
    ...some('busId', normalBusId(textOf(field('pci bus')) ?? '')),
    ...some('utilizationPercent', percentOf(field('gpu use (%)'))),
    ...some('memoryUsedMb', memoryMbOf(field('vram total used memory (b)'), 'B')),
  }));
}

/**
 * Reads `rocm-smi --showpidgpus`, the only place where this tool tells which GPU a process holds
 * (`--showpids` gives their count). Undefined if it cannot be read with certainty.
 */
export function parsePidGpus(output: string): ReadonlyMap<number, readonly number[]> | undefined {
  const lines = filledLines(output);
  const title = lines.findIndex((line) => /GPUs Indexed by PID/i.test(line));
  if (title === -1) return undefined;
  const result = new Map<number, number[]>();
  let gpus: number[] = [];
  let missing = 0;
  let isSaid = false;
  for (const line of lines.slice(title + 1)) {
    const head = /^PID (\d{1,15}) is using (\d{1,4}) DRM device\(s\):?\s*$/.exec(line.trim());
    if (head !== null) {
      if (missing !== 0) return undefined;
      gpus = [];
      missing = Number(head[2]);
      if (missing > 0) result.set(Number(head[1]), gpus);
    } else if (/^[\d\s]+$/.test(line) && missing > 0) {
      const numbers = line.trim().split(/\s+/).map(wholeNumber);
      missing -= numbers.length;
      gpus.push(...numbers.flatMap((number) => number ?? []));
    } else if (!/^=+/.test(line) && !/No KFD PIDs currently running/i.test(line)) return undefined;
    isSaid ||= head !== null || /No KFD PIDs/i.test(line);
  }
  return isSaid && missing === 0 ? result : undefined;
}

/**
 * Reads `rocm-smi --showpids --json`: `"PID4711": "python3, 1, 1048576, 0, 0"`. What cannot be read is left
 * out.
 */
export function parsePids(
  output: string,
): ReadonlyMap<number, { readonly name: string; readonly memoryMb?: number }> {
  const system = fieldsOf(at(jsonIn(output), 'system'));
  const entries = Object.entries(system).flatMap(([key, value]) => {
    const pid = wholeNumber(/^PID(\d+)$/.exec(key)?.[1]);
    const parts =
      textOf(value)
        ?.split(',')
        .map((part) => part.trim()) ?? [];
    if (pid === undefined || parts.length < 5) return [];
    // The name may hold commas; four numbers follow it.
    const name = oneLine(parts.slice(0, -4).join(', '));
    return [[pid, { name, ...some('memoryMb', memoryMbOf(parts.at(-3), 'B')) }] as const];
  });
  return new Map(entries);
}

/**
 * The processes on each GPU. A process on several has its memory counted over all, so that it says nothing of
 * one.
 */
export function rocmProcesses(
  pidGpus: ReadonlyMap<number, readonly number[]>,
  pids: ReturnType<typeof parsePids>,
): ReadonlyMap<number, GpuCondition['processes']> {
  const result = new Map<number, GpuProcess[]>();
  for (const [pid, gpus] of pidGpus) {
    const { name = 'unknown', memoryMb } = pids.get(pid) ?? {};
    for (const gpu of gpus) {
      const process = { pid, name, ...some('memoryMb', gpus.length === 1 ? memoryMb : undefined) };
      result.set(gpu, [...(result.get(gpu) ?? []), process]);
    }
  }
  return result;
}

interface CardEntry {
  readonly index: number;
  /** A field by its name in lower case: releases differ in capitals. */
  readonly field: (name: string) => unknown;
}

function cardEntries(output: string): readonly CardEntry[] | undefined {
  const json = jsonIn(output);
  if (json === undefined) return undefined;
  return Object.entries(fieldsOf(json)).flatMap(([key, value]) => {
    const index = wholeNumber(/^card(\d{1,4})$/.exec(key)?.[1]);
    if (index === undefined) return [];
    const fields = new Map(Object.entries(fieldsOf(value)).map(([name, one]) => [name.toLowerCase(), one]));
    return [{ index, field: (name: string) => fields.get(name) }];
  });
}
