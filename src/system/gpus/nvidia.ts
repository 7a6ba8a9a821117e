import type { Gpu, GpuCondition } from '../../model/gpu.ts';
import { gpuType } from '../../model/gpu.ts';
import type { GpuConditions } from '../../ports/gpus.ts';
import type { RunTool, ToolResult } from '../tool.ts';
import { some } from './fields.ts';
import { type BrokenCard, type CardsAnswer, nvidiaAsker, type ProcessesAnswer, tool } from './nvidia-ask.ts';
import { type NvidiaCard, type ProcessesByUuid, parseList } from './nvidia-parse.ts';
import {
  matchGpu,
  unknownConditions,
  type VendorInventory,
  type VendorProbe,
  vanishedCondition,
} from './vendor.ts';

/** NVIDIA's GPUs by nvidia-smi. */
export function nvidiaProbe(run: RunTool): VendorProbe {
  const ask = nvidiaAsker(run);
  return {
    async inventory(previous) {
      const answer = await ask.cards(previous);
      const { cards, broken } = answer;
      const list = cards.some(({ migOn }) => migOn) ? await run(tool, ['-L']) : undefined;
      const all = [
        ...cards.map((card) => cardGpu(card, previous)),
        ...broken.map((card) => brokenGpu(card, previous)),
      ].map((gpu) => (list === undefined ? gpu : withMig(gpu, cards, list)));
      const gpus = all.filter((gpu) => !isDisplayOnly(gpu)).sort((a, b) => a.index - b.index);
      const unused = gpus.filter(({ mig }) => mig?.length === 0);
      return {
        source: tool,
        fate: inventoryFate(answer.fate, gpus.length, previous.length),
        gpus,
        problems: [
          ...answer.problems,
          ...unused.map(({ index }) => `GPU ${index} has MIG on and no MIG devices: no job can use it`),
        ],
        ignored: all
          .filter(isDisplayOnly)
          .map(({ index, model }) => `GPU ${index} (${model}) serves a display only`),
      };
    },

    async conditions(known) {
      const answer = await ask.cards(known);
      if (answer.fate === 'missing') return failedAnswer(known, [`${tool} is not on PATH any more`]);
      if (answer.fate === 'failed' && answer.cards.length === 0) return failedAnswer(known, answer.problems);
      return joinAnswers(known, answer, await ask.processes(answer.cards));
    },
  };
}

/**
 * An answer that broke off tells of some cards, which is better than nothing but worse than what was known.
 */
function inventoryFate(
  fate: CardsAnswer['fate'],
  count: number,
  countPrevious: number,
): VendorInventory['fate'] {
  if (fate === 'missing') return 'missing';
  if (fate === 'failed' && (count === 0 || countPrevious > 0)) return 'broken';
  return count > 0 ? 'found' : 'none';
}

function cardGpu(card: NvidiaCard, previous: readonly Gpu[]): Gpu {
  const before = matchGpu(previous, card);
  const model = card.model ?? before?.model ?? 'unknown';
  return {
    index: card.index,
    model,
    type: gpuType(model),
    vendor: 'nvidia',
    ...some('uuid', card.uuid ?? before?.uuid),
    ...some('busId', card.busId ?? before?.busId),
    ...some('memoryMb', card.memoryMb ?? before?.memoryMb),
  };
}

/** A card that broke keeps what was known of it, so that its number does not go to another one. */
function brokenGpu(card: BrokenCard, previous: readonly Gpu[]): Gpu {
  const before = matchGpu(previous, card);
  if (before !== undefined) return { ...before, index: card.index };
  return { index: card.index, model: 'unknown', type: '', vendor: 'nvidia', ...some('busId', card.busId) };
}

function withMig(gpu: Gpu, cards: readonly NvidiaCard[], list: ToolResult): Gpu {
  if (cards.find(({ index }) => index === gpu.index)?.migOn !== true) return gpu;
  const entry = parseList(list.stdout).find(({ uuid }) => uuid === gpu.uuid);
  return entry === undefined ? gpu : { ...gpu, mig: entry.mig };
}

/** Such a card is in some desk-side machines beside the ones for computing. */
function isDisplayOnly({ model }: Gpu): boolean {
  return /\bDGX Display\b/i.test(model);
}

function failedAnswer(known: readonly Gpu[], problems: readonly string[]): GpuConditions {
  const reason = problems[0] ?? `${tool} lists no GPU`;
  return { source: tool, conditions: unknownConditions(known, reason), problems };
}

function joinAnswers(
  known: readonly Gpu[],
  answer: CardsAnswer,
  { byUuid, problem }: ProcessesAnswer,
): GpuConditions {
  const problems = [...answer.problems, ...(problem === undefined ? [] : [problem])];
  const byIndex = new Map<number, GpuCondition>();
  for (const card of answer.cards) {
    const gpu = matchGpu(known, card);
    if (gpu === undefined) problems.push(`GPU ${card.index} is new: restart the daemon to use it`);
    else byIndex.set(gpu.index, cardCondition(gpu, card, byUuid, problem));
  }
  for (const card of answer.broken) {
    const gpu = matchGpu(known, card);
    if (gpu === undefined) continue;
    byIndex.set(gpu.index, {
      index: gpu.index,
      health: 'failed',
      reason: card.message,
      processes: 'unknown',
    });
  }
  const missing = (gpu: Gpu): readonly GpuCondition[] =>
    answer.fate === 'failed'
      ? unknownConditions([gpu], answer.problems.at(-1) ?? `${tool} failed`)
      : [vanishedCondition(gpu, tool)];
  return {
    source: tool,
    conditions: known.flatMap((gpu) => byIndex.get(gpu.index) ?? missing(gpu)),
    problems: [...new Set(problems)],
  };
}

function cardCondition(
  gpu: Gpu,
  card: NvidiaCard,
  byUuid: ProcessesByUuid | undefined,
  problem: string | undefined,
): GpuCondition {
  const processes = byUuid === undefined ? 'unknown' : gpuProcesses(card.uuid ?? gpu.uuid, gpu, byUuid);
  const unreadable = processes === 'unknown' ? (problem ?? 'its processes cannot be read') : undefined;
  return {
    index: gpu.index,
    health: card.illness?.health ?? 'ok',
    ...some('reason', card.illness?.reason ?? unreadable),
    processes,
    ...some('utilizationPercent', card.utilizationPercent),
    ...some('memoryUsedMb', card.memoryUsedMb),
    ...some('eccUncorrected', card.eccUncorrected),
  };
}

/** Processes on a MIG device are told under the device or under its card, by release. */
function gpuProcesses(
  uuid: string | undefined,
  { mig = [] }: Gpu,
  byUuid: ProcessesByUuid,
): GpuCondition['processes'] {
  if (uuid === undefined) return 'unknown';
  const uuids = [uuid, ...mig.map((device) => device.uuid)];
  const lists = uuids.map((one) => byUuid.get(one) ?? []);
  return lists.includes('unknown') ? 'unknown' : lists.flatMap((list) => (list === 'unknown' ? [] : list));
}
