import type { Gpu, GpuCondition } from '../../model/gpu.ts';
import { normalBusId } from '../../model/gpu.ts';
import { type RunTool, type ToolResult, toolTrouble } from '../tool.ts';
import { some } from './fields.ts';
import { codeInfoRom, type NvidiaFailure, nvidiaFailure } from './nvidia-failure.ts';
import {
  cardColumns,
  cardColumnsOld,
  type NvidiaCard,
  type ProcessesByUuid,
  parseCards,
  parseComputeApps,
} from './nvidia-parse.ts';

export const tool = 'nvidia-smi';
const csv = '--format=csv,noheader,nounits';
const appQuery = '--query-compute-apps=gpu_uuid,pid,process_name,used_memory';

/** How many cards are looked for one by one where it is not known how many there are. */
const unknownCardsMax = 32;

/** A card that cannot be asked: what is known is where it is. */
export interface BrokenCard {
  readonly index: number;
  readonly busId?: string;
  readonly message: string;
}

export interface CardsAnswer {
  readonly cards: readonly NvidiaCard[];
  readonly broken: readonly BrokenCard[];
  readonly problems: readonly string[];
  /** `answered`: a card that is in neither list is not there. `failed`: nothing follows for such a card. */
  readonly fate: 'answered' | 'none' | 'failed' | 'missing';
}

/** Undefined stands for processes that cannot be read. */
export interface ProcessesAnswer {
  readonly byUuid?: ProcessesByUuid;
  readonly problem?: string;
}

interface NvidiaAsker {
  /** One call for all cards; one a card when a broken one spoils that. */
  cards(known: readonly Gpu[]): Promise<CardsAnswer>;
  /** Likewise, for the processes on these cards. */
  processes(cards: readonly NvidiaCard[]): Promise<ProcessesAnswer>;
}

/** Asks nvidia-smi. */
export function nvidiaAsker(run: RunTool): NvidiaAsker {
  /** Changes when this release turns out not to know the later columns. */
  let columns = cardColumns;

  async function askCards(known: readonly Gpu[]): Promise<CardsAnswer> {
    const result = await run(tool, [`--query-gpu=${columns.join(',')}`, csv]);
    if (result.notFound) return { cards: [], broken: [], problems: [], fate: 'missing' };
    const { cards, failure, trouble } = readCards(result, columns);
    if (trouble !== undefined) return { cards, broken: [], problems: [trouble], fate: 'failed' };
    if (failure?.kind === 'field' && columns !== cardColumnsOld) {
      columns = cardColumnsOld;
      return askCards(known);
    }
    if (failure?.kind === 'card') return askEachCard(failure, known.length);
    // A warning beside rows, such as the one about a damaged infoROM, does not make the rows wrong.
    const problems = failure === undefined ? [] : [failure.message];
    if (cards.length > 0) return { cards, broken: [], problems, fate: 'answered' };
    return {
      cards,
      broken: [],
      problems,
      fate: failure === undefined || failure.kind === 'none' ? 'none' : 'failed',
    };
  }

  async function askEachCard(first: NvidiaFailure, countKnown: number): Promise<CardsAnswer> {
    const cards: NvidiaCard[] = [];
    const broken: BrokenCard[] = [];
    const problems = [first.message];
    for (let index = 0; index < Math.max(countKnown, unknownCardsMax); index += 1) {
      const result = await run(tool, ['-i', `${index}`, `--query-gpu=${columns.join(',')}`, csv]);
      const { cards: found, failure, trouble } = readCards(result, columns);
      if (trouble !== undefined) return { cards, broken, problems: [...problems, trouble], fate: 'failed' };
      if (broken.some(({ busId }) => busId !== undefined && busId === brokenBy(failure).busId)) {
        // The same card spoils the calls for others too, so that nothing is known of any.
        return { cards: [], broken: [], problems, fate: 'failed' };
      }
      const card = found.find((one) => one.index === index);
      if (card !== undefined) cards.push(card);
      else if (failure?.kind === 'none') break;
      else if (failure?.kind === 'card')
        broken.push({ index, message: failure.message, ...brokenBy(failure) });
      else if (index >= countKnown) break;
      else broken.push({ index, message: failure?.message ?? `${tool} says nothing of GPU ${index}` });
    }
    return { cards, broken, problems, fate: cards.length + broken.length > 0 ? 'answered' : 'failed' };
  }

  async function askProcesses(cards: readonly NvidiaCard[]): Promise<ProcessesAnswer> {
    const all = readProcesses(await run(tool, [appQuery, csv]));
    if (all.failure?.kind !== 'card')
      return { ...some('byUuid', all.byUuid), ...some('problem', all.problem) };
    const byUuid = new Map<string, GpuCondition['processes']>();
    for (const { index, uuid } of cards) {
      const answer = readProcesses(await run(tool, ['-i', `${index}`, appQuery, csv]));
      if (answer.byUuid !== undefined) for (const [key, list] of answer.byUuid) byUuid.set(key, list);
      else if (uuid !== undefined) byUuid.set(uuid, 'unknown');
    }
    return { byUuid, ...some('problem', all.problem) };
  }

  return { cards: askCards, processes: askProcesses };
}

function readCards(
  result: ToolResult,
  columns: readonly string[],
): { readonly cards: readonly NvidiaCard[]; readonly failure?: NvidiaFailure; readonly trouble?: string } {
  const trouble = toolTrouble(result);
  if (trouble !== undefined) return { cards: [], trouble };
  const { cards, prose } = parseCards(result.stdout, columns);
  const text = [...prose, result.stderr].join('\n');
  return { cards, ...some('failure', nvidiaFailure(result.code ?? 0, text)) };
}

/** Rows count only if all went well: a list that broke off would make a held card look free. */
function readProcesses(result: ToolResult): ProcessesAnswer & { readonly failure?: NvidiaFailure } {
  const trouble = toolTrouble(result);
  if (trouble !== undefined) return { problem: trouble };
  const isWhole = result.code === 0 || result.code === codeInfoRom;
  const byUuid = isWhole ? parseComputeApps(result.stdout) : undefined;
  if (byUuid !== undefined) return { byUuid };
  const failure = nvidiaFailure(result.code ?? 0, `${result.stdout}\n${result.stderr}`);
  return {
    problem: failure?.message ?? `${tool} printed processes that cannot be read`,
    ...some('failure', failure),
  };
}

/** The card that a failure is about. */
function brokenBy(failure: NvidiaFailure | undefined): { readonly busId?: string } {
  const bus = /[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/i.exec(failure?.message ?? '')?.[0];
  return some('busId', bus === undefined ? undefined : normalBusId(bus));
}
