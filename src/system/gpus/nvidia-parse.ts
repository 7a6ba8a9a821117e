import type { GpuCondition, GpuProcess, MigDevice } from '../../model/gpu.ts';
import { normalBusId } from '../../model/gpu.ts';
import { filledLines, noValueWords, oneLine, some, splitColumns, textValue, wholeNumber } from './fields.ts';

/** The columns asked for. Only `name` may hold commas. */
const baseColumns = ['index', 'uuid', 'name', 'memory.total', 'memory.used', 'utilization.gpu', 'pci.bus_id'];
/** Not known to every release. */
const laterColumns = ['mig.mode.current', 'ecc.errors.uncorrected.volatile.total'];

export const cardColumns = [...baseColumns, ...laterColumns];
/** What every release knows, with the columns in the same places. */
export const cardColumnsOld = baseColumns;

/** One card as `--query-gpu` tells of it. Absent is what it had no value for. */
export interface NvidiaCard {
  readonly index: number;
  readonly uuid?: string;
  readonly model?: string;
  readonly busId?: string;
  readonly memoryMb?: number;
  readonly memoryUsedMb?: number;
  readonly utilizationPercent?: number;
  readonly eccUncorrected?: number;
  readonly migOn: boolean;
  /** Present if a column tells that the card is ill. */
  readonly illness?: { readonly health: 'unknown' | 'failed'; readonly reason: string };
}

interface NvidiaCards {
  readonly cards: readonly NvidiaCard[];
  /** The lines that are no rows: messages of a tool that prints them on stdout too. */
  readonly prose: readonly string[];
}

/** Reads `--query-gpu=<columns> --format=csv,noheader,nounits`. */
export function parseCards(stdout: string, columns: readonly string[]): NvidiaCards {
  const cards = new Map<number, NvidiaCard>();
  const prose: string[] = [];
  for (const line of filledLines(stdout)) {
    const card = parseCard(line, columns);
    if (card === undefined || cards.has(card.index)) prose.push(line);
    else cards.set(card.index, card);
  }
  return { cards: [...cards.values()], prose };
}

function parseCard(line: string, columns: readonly string[]): NvidiaCard | undefined {
  const before = columns.indexOf('name');
  const values = splitColumns(line, { before, after: columns.length - before - 1 });
  if (values === undefined) return undefined;
  const index = wholeNumber(values[0]);
  if (index === undefined) return undefined;
  const [, uuid, model, memoryMb, memoryUsedMb, utilizationPercent, bus, migMode, eccUncorrected] = values;
  const illness = cardIllness(values, columns);
  return {
    index,
    migOn: migMode === 'Enabled',
    ...some('uuid', textValue(uuid)),
    ...some('model', textValue(model)),
    ...some('busId', normalBusId(bus ?? '')),
    ...some('memoryMb', wholeNumber(memoryMb)),
    // A card that needs a reset may still print that nothing is used.
    ...(illness === undefined && some('memoryUsedMb', wholeNumber(memoryUsedMb))),
    ...(illness === undefined && some('utilizationPercent', wholeNumber(utilizationPercent))),
    ...some('eccUncorrected', wholeNumber(eccUncorrected)),
    ...some('illness', illness),
  };
}

/**
 * `[N/A]` and its kin are no illness: a MIG card has no utilisation, and some cards have no memory of their
 * own.
 */
function cardIllness(values: readonly string[], columns: readonly string[]): NvidiaCard['illness'] {
  const words = values.map((value) => noValueWords(value) ?? '');
  const failed = words.find((word) => /requires reset|is lost|fallen off/i.test(word));
  if (failed !== undefined) return { health: 'failed', reason: oneLine(failed) };
  const column = columns.find(
    (name, place) => essentialColumns.has(name) && /unknown error/i.test(words[place] ?? ''),
  );
  return column === undefined ? undefined : { health: 'unknown', reason: `Unknown Error in ${column}` };
}

const essentialColumns = new Set(['uuid', 'name', 'memory.total', 'memory.used']);

/** By card: the processes on it, or `unknown` if one of its rows cannot be read. */
export type ProcessesByUuid = ReadonlyMap<string, GpuCondition['processes']>;

/**
 * Reads `--query-compute-apps=gpu_uuid,pid,process_name,used_memory --format=csv,noheader,nounits`.
 * Undefined if a row does not even tell its card: then no card is known to be free.
 */
export function parseComputeApps(stdout: string): ProcessesByUuid | undefined {
  const result = new Map<string, GpuProcess[] | 'unknown'>();
  for (const line of filledLines(stdout)) {
    if (/^gpu_uuid\s*,|^WARNING:/i.test(line)) continue;
    const values = splitColumns(line, { before: 2, after: 1 });
    const uuid = textValue(values?.[0]);
    if (values === undefined || uuid === undefined || !uuidForm.test(uuid)) return undefined;
    const pid = wholeNumber(values[1]);
    const list = result.get(uuid) ?? [];
    if (pid === undefined || list === 'unknown') {
      result.set(uuid, 'unknown');
      continue;
    }
    list.push({ pid, name: textValue(values[2]) ?? 'unknown', ...some('memoryMb', wholeNumber(values[3])) });
    result.set(uuid, list);
  }
  return result;
}

const uuidForm = /^(?:GPU|MIG)-\S+$/;

interface MigCard {
  readonly index: number;
  readonly uuid: string;
  readonly mig: readonly MigDevice[];
}

/**
 * Reads `nvidia-smi -L`: MIG devices are indented under their card. Lines of another shape are passed over.
 */
export function parseList(stdout: string): readonly MigCard[] {
  const cards: { index: number; uuid: string; mig: MigDevice[] }[] = [];
  let current: MigDevice[] | undefined;
  for (const line of filledLines(stdout)) {
    const card = /^GPU (\d{1,4}): .*\(UUID: ([^\s()]+)\)\s*$/.exec(line);
    const device = /^\s+MIG (\S+)\s+Device\s+\d+: \(UUID: ([^\s()]+)\)\s*$/.exec(line);
    if (card !== null) {
      current = [];
      cards.push({ index: Number(card[1]), uuid: card[2] ?? '', mig: current });
    } else if (device !== null) {
      const profile = device[1] ?? '';
      current?.push({ uuid: device[2] ?? '', profile, ...some('memoryMb', profileMemoryMb(profile)) });
    } else if (!/^\s/.test(line)) {
      // The message about a broken card: what is indented below is not its neighbour's.
      current = undefined;
    }
  }
  return cards;
}

/** `1c.3g.40gb` and `1g.10gb+me` promise 40 and 10 GiB. */
function profileMemoryMb(profile: string): number | undefined {
  const gigabytes = wholeNumber(/\.(\d{1,4})gb\b/.exec(profile)?.[1]);
  return gigabytes === undefined ? undefined : gigabytes * 1024;
}
