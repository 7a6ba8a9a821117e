import type { Gpu, GpuCondition } from '../../model/gpu.ts';
import { gpuType } from '../../model/gpu.ts';
import type { GpuConditions } from '../../ports/gpus.ts';
import { type RunTool, type ToolResult, toolTrouble } from '../tool.ts';
import type { AmdCard, AmdState } from './amd-json.ts';
import { parseAmdMetric, parseAmdProcesses, parseAmdStatic } from './amd-smi.ts';
import { isAmdCardName } from './display-controllers.ts';
import { filledLines, oneLine, some } from './fields.ts';
import { parsePidGpus, parsePids, parseRocmCards, parseRocmStates, rocmProcesses } from './rocm-smi.ts';
import { matchGpu, unknownConditions, type VendorProbe, vanishedCondition } from './vendor.ts';

/** The processes on the GPU of this number. */
type Processes = (index: number) => GpuCondition['processes'];

/** Something read, or why it could not be. */
type Read<T> =
  | { readonly value: T; readonly problem?: never }
  | { readonly value?: never; readonly problem: string };

/** What differs between the two tools. */
interface AmdTool {
  readonly name: 'amd-smi' | 'rocm-smi';
  readonly cardArgs: readonly string[];
  readonly parseCards: (output: string) => readonly AmdCard[] | undefined;
  readonly stateArgs: readonly string[];
  readonly parseStates: (output: string) => readonly AmdState[] | undefined;
  readonly processes: (run: RunTool) => Promise<Read<Processes>>;
}

const amdSmi: AmdTool = {
  name: 'amd-smi',
  cardArgs: ['static', '--asic', '--bus', '--vram', '--json'],
  parseCards: parseAmdStatic,
  stateArgs: ['metric', '--usage', '--mem-usage', '--ecc', '--json'],
  parseStates: parseAmdMetric,
  async processes(run) {
    const lists = read(await run('amd-smi', ['process', '--json']), parseAmdProcesses);
    if (lists.problem !== undefined) return lists;
    return { value: (index) => lists.value.get(index) ?? 'unknown' };
  },
};

const rocmSmi: AmdTool = {
  name: 'rocm-smi',
  cardArgs: ['--showproductname', '--showbus', '--showuniqueid', '--showmeminfo', 'vram', '--json'],
  parseCards: parseRocmCards,
  stateArgs: ['--showbus', '--showuse', '--showmeminfo', 'vram', '--json'],
  parseStates: parseRocmStates,
  async processes(run) {
    const holders = read(await run('rocm-smi', ['--showpidgpus']), parsePidGpus);
    if (holders.problem !== undefined) return holders;
    if (holders.value.size === 0) return { value: () => [] };
    // Names and memory only: without them the GPU is held all the same.
    const details = await run('rocm-smi', ['--showpids', '--json']);
    const lists = rocmProcesses(holders.value, parsePids(details.stdout));
    return { value: (index) => lists.get(index) ?? [] };
  },
};

/** AMD's GPUs by amd-smi (the newer tool, which tells the processes of each GPU). */
export const amdSmiProbe = (run: RunTool): VendorProbe => amdProbe(run, amdSmi);

/** AMD's GPUs by rocm-smi, for releases without the other. */
export const rocmSmiProbe = (run: RunTool): VendorProbe => amdProbe(run, rocmSmi);

function amdProbe(run: RunTool, tool: AmdTool): VendorProbe {
  return {
    async inventory(previous) {
      const result = await run(tool.name, tool.cardArgs);
      const nothing = { source: tool.name, gpus: [], problems: [], ignored: [] };
      if (result.notFound) return { ...nothing, fate: 'missing' };
      const cards = read(result, tool.parseCards);
      if (cards.problem !== undefined) return { ...nothing, fate: 'broken', problems: [cards.problem] };
      const all = toGpus(cards.value, previous);
      const gpus = all.filter(({ isIntegrated }) => !isIntegrated).map(({ gpu }) => gpu);
      const integrated = all.filter(({ isIntegrated }) => isIntegrated).map(({ gpu }) => gpu);
      return {
        ...nothing,
        fate: gpus.length > 0 ? 'found' : 'none',
        gpus,
        ignored: integrated.map(({ index, model }) => `GPU ${index} (${model}) is integrated`),
      };
    },

    async conditions(known) {
      const states = read(await run(tool.name, tool.stateArgs), tool.parseStates);
      if (states.problem !== undefined) {
        const { problem } = states;
        return { source: tool.name, conditions: unknownConditions(known, problem), problems: [problem] };
      }
      return joinStates(known, tool.name, states.value, await tool.processes(run));
    },
  };
}

/** These tools may end with an error code beside a good answer, so that only the answer counts. */
function read<T>(result: ToolResult, parse: (output: string) => T | undefined): Read<T> {
  const trouble = toolTrouble(result);
  if (trouble !== undefined) return { problem: trouble };
  const value = parse(result.stdout);
  if (value !== undefined) return { value };
  const said = filledLines(`${result.stderr}\n${result.stdout}`)[0];
  const end = result.code === 0 ? 'printed no answer that can be read' : `ended with ${result.code}`;
  return { problem: oneLine(`${result.command} ${end}${said === undefined ? '' : `: ${said}`}`) };
}

interface Counted {
  readonly gpu: Gpu;
  readonly isIntegrated: boolean;
}

function toGpus(cards: readonly AmdCard[], previous: readonly Gpu[]): readonly Counted[] {
  const sorted = [...cards].sort((a, b) => a.index - b.index);
  return sorted.flatMap((card, place) => {
    if (sorted[place - 1]?.index === card.index) return [];
    const siblings = sorted.filter(({ uuid }) => uuid !== undefined && uuid === card.uuid);
    // Only the first partition of a card may have its name.
    const named = siblings.find((sibling) => sibling.model !== undefined);
    const model = card.model ?? named?.model ?? matchGpu(previous, card)?.model ?? 'unknown';
    const gpu: Gpu = {
      index: card.index,
      model,
      type: gpuType(model),
      vendor: 'amd',
      // Partitions share the identity of their card, which then names none of them.
      ...some('uuid', siblings.length > 1 ? undefined : card.uuid),
      ...some('busId', card.busId),
      ...some('memoryMb', card.memoryMb),
    };
    // Integrated GPUs have no identity; but neither have some cards, which then are known by their name.
    return { gpu, isIntegrated: card.uuid === undefined && !isAmdCardName(model) };
  });
}

function joinStates(
  known: readonly Gpu[],
  tool: AmdTool['name'],
  states: readonly AmdState[],
  processes: Read<Processes>,
): GpuConditions {
  const conditions = known.map((gpu): GpuCondition => {
    const state = states.find((one) => matchGpu(known, one)?.index === gpu.index);
    if (state === undefined) return vanishedCondition(gpu, tool);
    const held = processes.value?.(state.index) ?? 'unknown';
    const isSilent = state.utilizationPercent === undefined && state.memoryUsedMb === undefined;
    const unreadable = held === 'unknown' ? (processes.problem ?? 'its processes cannot be read') : undefined;
    return {
      index: gpu.index,
      health: isSilent ? 'unknown' : 'ok',
      ...some('reason', isSilent ? `${tool} has no value for it` : unreadable),
      processes: held,
      ...some('utilizationPercent', state.utilizationPercent),
      ...some('memoryUsedMb', state.memoryUsedMb),
      ...some('eccUncorrected', state.eccUncorrected),
    };
  });
  return { source: tool, conditions, problems: processes.problem === undefined ? [] : [processes.problem] };
}
